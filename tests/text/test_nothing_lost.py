"""Every character of a source ends in exactly one section, element, note, or the noise."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from documents.text import SectionKind, read_text, source_of_text
from documents.text.characters import repair
from documents.text.reading import trace
from tests.text.test_policy_corpus import documents

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("0*.txt"))
# An opening bracket whose closing one ends the heading; marks of Markdown, its rules and tables.
ENDINGS = set("【[〔：:、")
MARKUP = set("*#|-—_=~─━")


def letters(text: str) -> Counter[str]:
    return Counter("".join(repair(text).split()))


def balance(text: str) -> tuple[Counter[str], Counter[str], int]:
    """(lost, doubled, number of headings and notes) of reading ``text``."""
    found = trace(source_of_text(text))
    out: Counter[str] = Counter()
    for section in found.reading.sections:
        own_title = section.kind is SectionKind.PART  # as printed it is an element
        out += letters(
            (section.number or "")
            + ("" if own_title else section.heading or "")
            + (section.ending or "")
            + section.text
        )
    for element in found.reading.elements:
        out += letters(element.text)
    for note in found.reading.footnotes:
        out += letters(note.mark + note.text)
    for dropped in found.noise:
        out += letters(dropped)
    source = letters(text)
    marks = sum((letters(note.mark) for note in found.reading.footnotes), Counter[str]())
    return source - out - marks, out - source, len(found.reading.sections)


def assert_kept(text: str, name: str) -> None:
    lost, doubled, headings = balance(text)
    lost = Counter({sign: times for sign, times in lost.items() if sign not in MARKUP})
    assert not doubled, f"{name}: {doubled}"
    assert set(lost) <= ENDINGS, f"{name}: {lost}"
    assert sum(lost.values()) <= 2 * headings, f"{name}: {lost}"


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_every_character_of_a_seed_is_kept_once(path: Path) -> None:
    assert_kept(path.read_text(encoding="utf-8"), path.name)


def test_every_character_of_real_documents_is_kept_once() -> None:
    for document in random.Random(33480).sample(documents(), 150):
        assert_kept(document["text"], document["id"])


def test_cut_up_and_shuffled_text_is_kept_too() -> None:
    chance = random.Random(7)
    lines = [line for path in SEEDS for line in path.read_text(encoding="utf-8").splitlines()]
    for _ in range(60):
        chosen = chance.sample(lines, chance.randint(1, 80))
        text = "\n".join(line[: chance.randint(0, 60)] for line in chosen)
        lost, doubled, _ = balance(text)
        assert not doubled, text
        assert set(lost) <= ENDINGS | MARKUP, (lost, text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\f\n", "\0", "（", "**", "# ", "第", "一、", "1.", "|", "\ud800"]
)
def test_odd_text_is_read_without_an_error(text: str) -> None:
    assert read_text(text).sections
