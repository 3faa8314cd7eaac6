"""Measures the order of ordinary searches on judged questions, and what each rule gives to it.

    PORTAL_DATA=FOLDER python -m bench.ranking [--choose] [--unjudged]

FOLDER is a portal with the seeds and policy-dev loaded. `judged/queries.tsv` has the questions,
`judged/grades.tsv` a grade for every document that any of the rankings tried showed among its
first (3 what was looked for, 2 it says much of it, 1 it mentions it or is superseded, 0 neither).
What nobody graded counts 0. Every second question is for choosing weights (tuned), the others
only measure. Prints nDCG@10 (gain 2^grade - 1), the share of first places with a grade of 3 and
of 2 at least, and the mean reciprocal rank of the first 3.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from math import log2
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from search_indexes.engine import queries  # noqa: E402
from search_indexes.finder import find  # noqa: E402
from search_indexes.query import parse_query  # noqa: E402
from search_indexes.request import SearchRequest  # noqa: E402

JUDGED = Path(__file__).parent / "judged"
DEPTH = 10

Grades = dict[str, dict[str, int]]
Rules = dict[str, Any]
Figures = tuple[float, ...]

NAMES = ("nDCG@10", "first is 3", "first is 2+", "MRR of 3", "judged")


def main() -> None:
    """Measures the rules in force, each of them left out, and with --choose many others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true", help="try weights on the tuned half")
    parser.add_argument("--unjudged", action="store_true", help="list what is shown but not graded")
    options = parser.parse_args()
    asked, grades = _asked(), _grades()
    if options.unjudged:
        _list_unjudged(asked, grades)
    if options.choose:
        _choose(asked, grades)
        return
    for label, rules in _trials():
        _say(label, _measured(asked, grades, rules))


def _trials() -> Iterator[tuple[str, Rules]]:
    alone = {"text": 1.0, "headings": 0.0, "context": 0.0}
    nowhere = dict.fromkeys(queries.STANDING, 0.0)
    without = {"closeness": 0.0, "title": 0.0, "recency": 0.0}
    yield "BM25 over words of the text alone", {"words": alone, "standing": nowhere, **without}
    yield "BM25F: text, headings, title", {"standing": nowhere, **without}
    yield "and what stands as typed", without
    yield "and closeness", {"title": 0.0, "recency": 0.0}
    yield "and the title itself", {"recency": 0.0}
    yield "and recency: what the portal does", {}


def _choose(asked: dict[str, str], grades: Grades) -> None:
    """The best weights on the tuned half, one kind after another, twice over."""
    ways: dict[str, list[Any]] = {
        "words": [
            {"text": 1.0, "headings": h, "context": c}
            for h, c in product((0.5, 1.0, 1.5, 2.0, 3.0), (0.25, 0.5, 1.0, 1.5, 2.0, 3.0))
        ],
        "standing": [
            {"section": s, "title": t, "issuer": i, "ref_no": 1.0}
            for s, t, i in product((0.25, 0.5, 1.0, 1.5), (0.5, 1.0, 2.0, 3.0, 4.0), (0.5, 1.0))
        ],
        "closeness": [0.0, 0.1, 0.2, 0.3, 0.5, 0.8],
        "title": [0.0, 1.0, 2.0, 3.0, 5.0],
        "recency": [0.0, 0.05, 0.1, 0.15, 0.2, 0.3],
    }
    chosen: Rules = {}
    half = _halves(asked)["tuned"]
    for name, values in [*ways.items(), *ways.items()]:
        scored = [(_mean(half, grades, {**chosen, name: value})[0], value) for value in values]
        chosen[name] = max(scored, key=lambda pair: pair[0])[1]
        _say(f"{name} {chosen[name]}", _measured(asked, grades, chosen))


def _measured(asked: dict[str, str], grades: Grades, rules: Rules) -> dict[str, Figures]:
    return {label: _mean(half, grades, rules) for label, half in _halves(asked).items()}


def _halves(asked: dict[str, str]) -> dict[str, dict[str, str]]:
    every = list(asked.items())
    return {"tuned": dict(every[0::2]), "held out": dict(every[1::2])}


def _mean(half: dict[str, str], grades: Grades, rules: Rules) -> Figures:
    with _ruled(rules):
        rows = [_figures(_found(text), grades[name]) for name, text in half.items()]
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))


def _figures(found: list[str], graded: dict[str, int]) -> Figures:
    ideal = sorted(graded.values(), reverse=True)[:DEPTH]
    shown = [graded.get(name, 0) for name in found]
    best = next((1 / place for place, grade in enumerate(shown, start=1) if grade == 3), 0.0)
    known = sum(name in graded for name in found) / (len(found) or 1)
    first = shown[0] if shown else 0
    return _gain(shown) / _gain(ideal), float(first == 3), float(first >= 2), best, known


def _gain(grades: list[int]) -> float:
    return sum(float(2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def _found(text: str) -> list[str]:
    page = find(SearchRequest(parse_query(text), page_size=DEPTH))
    hits = page.documents or (page.nearest.documents if page.nearest else ())
    return [hit.id for hit in hits[:DEPTH]]


@contextmanager
def _ruled(rules: Rules) -> Iterator[None]:
    """The engine with other weights."""
    words, standing = dict(queries.WORD_FIELDS), dict(queries.STANDING)
    closeness, title = queries.CLOSENESS, queries.TITLE_ITSELF
    queries.WORD_FIELDS.update(rules.get("words", {}))
    queries.STANDING.update(rules.get("standing", {}))
    queries.CLOSENESS = rules.get("closeness", closeness)
    queries.TITLE_ITSELF = rules.get("title", title)
    try:
        with override_settings(SEARCH_RECENCY=rules.get("recency", settings.SEARCH_RECENCY)):
            yield
    finally:
        queries.WORD_FIELDS.update(words)
        queries.STANDING.update(standing)
        queries.CLOSENESS, queries.TITLE_ITSELF = closeness, title


def _list_unjudged(asked: dict[str, str], grades: Grades) -> None:
    for name, text in asked.items():
        for found in _found(text):
            if found not in grades[name]:
                print(name, text, found, sep="\t")  # noqa: T201


def _asked() -> dict[str, str]:
    lines = (JUDGED / "queries.tsv").read_text("utf-8").splitlines()
    asked: dict[str, str] = dict(line.split("\t") for line in lines)
    return asked


def _grades() -> Grades:
    grades: Grades = defaultdict(dict)
    for line in (JUDGED / "grades.tsv").read_text("utf-8").splitlines():
        query, document, grade = line.split("\t")
        grades[query][document] = int(grade)
    return grades


def _say(label: str, measured: dict[str, Figures]) -> None:
    print(label)  # noqa: T201
    for half, figures in measured.items():
        shown = "  ".join(f"{name} {value:.3f}" for name, value in zip(NAMES, figures, strict=True))
        print(f"  {half:8} {shown}")  # noqa: T201


if __name__ == "__main__":
    main()
