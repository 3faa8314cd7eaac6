"""How well a collection of real documents is read: outline, title, date, issuer and number."""

from __future__ import annotations

import gzip
import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from documents.text import read_text
from documents.text.measure import figures, judge, table

CASES = Path(__file__).parents[1] / "cases"
CORPUS = Path(__file__).parents[3] / "shared/corpora/policy-dev/documents.jsonl.gz"
SAMPLE = 150


@lru_cache(maxsize=1)
def documents() -> list[dict[str, Any]]:
    if not CORPUS.exists():
        pytest.skip(
            f"no corpus of policy documents at {CORPUS.parent.name}/: clone it beside the project"
        )
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


FLOORS = {
    "outline": 0.99, "title": 0.97, "date": 0.95, "issuer": 0.95, "number": 0.95, "effective": 0.95,
}  # fmt: skip


def assert_at_least(found: dict[str, tuple[int, int]]) -> None:
    for name, floor in FLOORS.items():
        right, asked = found.get(name, (0, 0))
        assert asked == 0 or right / asked >= floor, f"{name} is below {floor:.0%}:\n{table(found)}"


def test_a_sample_of_real_documents_is_read_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(judge(each) for each in random.Random(9704).sample(documents(), SAMPLE))
    with capsys.disabled():
        print(f"\n{table(found)}")
    assert_at_least(found)


@pytest.mark.nightly
def test_all_real_documents_are_read_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(judge(each) for each in documents())
    with capsys.disabled():
        print(f"\n{table(found)}")
    assert_at_least(found)


def test_the_judged_sample_of_headings_stays_as_judged() -> None:
    """True sections are still found with their number; false headings do not come back."""
    rows = json.loads((CASES / "headings_sample.json").read_text("utf-8"))["rows"]
    texts = {document["id"]: document["text"] for document in documents()}
    readings = {each: read_text(texts[each]) for each in sorted({row[1] for row in rows})}
    assert len(rows) == 800
    for _, document, anchor, _, _, number, begins, verdict, _ in rows:
        found = {section.anchor: section for section in readings[document].sections}
        section = found.get(anchor)
        if verdict == "false":
            assert section is None or (section.heading or "")[:24] != begins, (document, anchor)
            continue
        assert section is not None, (document, anchor)
        assert section.number == number, (document, anchor)
        assert (section.heading or "")[:24] == (begins or ""), (document, anchor)


STATUTES: dict[str, Any] = json.loads((CASES / "statutes.json").read_text("utf-8"))


@pytest.mark.parametrize("name", STATUTES, ids=lambda name: STATUTES[name]["title"])
def test_a_statute_has_its_divisions_and_every_article_once(name: str) -> None:
    table_ = STATUTES[name]
    (text,) = (document["text"] for document in documents() if document["id"] == name)
    sections = [s for s in read_text(text).sections if s.number and s.number[0] == "第"]
    divisions = [
        [s.number, "".join((s.heading or "").split())]
        for s in sections
        if s.number and s.number[-1] in "编章节"
    ]
    articles = [s.number for s in sections if s.number and "条" in s.number]
    assert divisions == table_["divisions"]
    assert (len(articles), articles[-1]) == (table_["articles"], table_["last"])
    assert [n for n in articles if n and "之" in n][:60] == table_["branches"]
