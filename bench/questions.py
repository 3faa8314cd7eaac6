"""Measures whole questions on STARD's: recall and nDCG of `find --batch` for both halves.

Builds a scratch portal with every article as a document of one section and asks all questions
of it four times: by plain BM25 over the words of the text, by the portal without the work an
answer is part of, without single characters, and as it is. Prints two lines each: the questions
in even places were used for tuning, those in odd ones not.

    python bench/questions.py ../shared/corpora/stard-dev FOLDER
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from math import log2
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = 2000
DEPTH = 100

Ask = Callable[[str], list[str]]
Run = dict[str, list[str]]
Relevant = dict[str, set[str]]


def main() -> None:
    """Parses the command line, builds what is missing, asks and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder with corpus, queries and qrels")
    parser.add_argument("folder", type=Path, help="the scratch portal; kept for the next time")
    options = parser.parse_args()
    os.environ["PORTAL_DATA"] = str(options.folder.resolve())
    _manage("migrate", "-v0")
    _setup()
    if not (options.folder / "built").exists():
        _build(options.corpus)
        (options.folder / "built").touch()
    for label, ask in _ways():
        began = time.process_time()
        run = {name: ask(text) for name, text in _queries(options.corpus)}
        seconds = (time.process_time() - began) / len(run)
        print(f"{label}: {len(run)} questions, {seconds:.3f} s of CPU each")  # noqa: T201
        _report(options.corpus, run)


def _ways() -> Iterator[tuple[str, Ask]]:
    """What is measured, by name: the best DEPTH documents for a question."""
    from search_indexes import questions  # noqa: PLC0415 - after Django

    yield "plain BM25 over words, text alone", _plain
    share = questions.WORK_SHARE
    questions.WORK_SHARE = 0.0
    yield "without the work", _portal
    questions.WORK_SHARE = share
    share = questions.SINGLES_SHARE
    questions.SINGLES_SHARE = 0.0
    yield "without single characters", _portal
    questions.SINGLES_SHARE = share
    yield "what the portal does", _portal


def _portal(question: str) -> list[str]:
    from search_indexes.finder import best_matches  # noqa: PLC0415

    return [match.id for match in best_matches(question, DEPTH)]


def _plain(question: str) -> list[str]:
    from haystack import connections  # noqa: PLC0415
    from whoosh import query  # noqa: PLC0415

    from search_indexes.analysis import words  # noqa: PLC0415
    from search_indexes.engine.values import Selection  # noqa: PLC0415

    tree = query.Or([query.Term("text", word) for word in words(question)])
    answer = connections["default"].get_backend().answer(tree, Selection(end=DEPTH))
    return [found.card.shown["id"] for found in answer.documents]


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], check=True)  # noqa: S603


def _setup() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415 - the folder must be known before the settings are read

    django.setup()


def _build(corpus: Path) -> None:
    with gzip.open(corpus / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        while some := list(islice(rows, BATCH)):
            _add(some)
    _manage("reindex")


def _add(rows: list[dict[str, Any]]) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from documents.models import Document, Section, Status  # noqa: PLC0415

    now = timezone.now()
    documents = Document.objects.bulk_create(
        Document(
            public_id=row["doc_id"],
            slug=row["doc_id"].lower(),
            title=row["title"],
            status=Status.PUBLISHED,
            published_at=now,
            version_hash=hashlib.sha256(row["text"].encode()).hexdigest(),
        )
        for row in rows
    )
    Section.objects.bulk_create(
        Section(
            document=document,
            order=0,
            anchor="p1",
            level=1,
            kind="part",
            text=row["text"],
            fingerprint=document.version_hash,
        )
        for document, row in zip(documents, rows, strict=True)
    )


def _report(corpus: Path, run: Run) -> None:
    relevant: Relevant = defaultdict(set)
    for line in (corpus / "qrels.tsv").read_text("utf-8").splitlines():
        query, _, document, _ = line.split()
        relevant[query].add(document)
    names = list(run)
    for label, half in (("tuned on", names[0::2]), ("not tuned on", names[1::2])):
        figures = [_figures(run.get(name, []), relevant[name]) for name in half]
        means = [sum(column) / len(half) for column in zip(*figures, strict=True)]
        shown = "  ".join(f"{n} {v:.3f}" for n, v in zip(("R@10", "R@100", "nDCG@10"), means))  # noqa: B905
        print(f"  {label:13} {shown}")  # noqa: T201


def _queries(corpus: Path) -> Iterator[tuple[str, str]]:
    with (corpus / "queries.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            yield str(record["query_id"]), record["text"]


def _figures(found: list[str], wanted: set[str]) -> tuple[float, float, float]:
    gain = sum(1 / log2(place + 2) for place, each in enumerate(found[:10]) if each in wanted)
    best = sum(1 / log2(place + 2) for place in range(min(10, len(wanted))))
    recall = [len(wanted & set(found[:depth])) / len(wanted) for depth in (10, 100)]
    return recall[0], recall[1], gain / best


if __name__ == "__main__":
    main()
