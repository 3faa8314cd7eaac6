"""The five source documents are read as a person reads them: record, notes, every section."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from documents.text import Reading, read_text

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "tests/cases/seeds").glob("*.json"))


def expected(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((ROOT / f"tests/cases/seeds/{name}.json").read_text("utf-8"))
    return table


def reading(name: str) -> Reading:
    (path,) = (ROOT / "seeds").glob(f"{name}_*.txt")
    return read_text(path.read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_record_of_a_seed_is_read(name: str) -> None:
    record = reading(name).record
    for field, value in expected(name)["record"].items():
        read = getattr(record, field)
        if field == "issuers":
            read = list(read)
        elif field.endswith("_date"):
            read = read.isoformat() if read else None
        assert read == value, field


@pytest.mark.parametrize("name", NAMES)
def test_every_section_of_a_seed_is_found_with_its_first_and_last_words(name: str) -> None:
    sections = [
        [s.anchor, s.level, s.kind.value, s.number, s.heading,
         s.text[:12].split("\n")[0], s.text[-12:].split("\n")[-1]]
        for s in reading(name).sections
    ]  # fmt: skip
    assert sections == expected(name)["sections"]


@pytest.mark.parametrize("name", NAMES)
def test_the_notes_of_a_seed_are_taken_out_of_its_text(name: str) -> None:
    found = reading(name)
    notes = [[note.mark, note.text[:8], note.text[-8:]] for note in found.footnotes]
    assert notes == expected(name)["footnotes"]
    text = "".join(section.text for section in found.sections)
    assert all(note.text not in text for note in found.footnotes)


def test_a_part_has_its_own_numbering_and_anchors_stay_unique() -> None:
    for name in NAMES:
        anchors = [section.anchor for section in reading(name).sections]
        assert len(anchors) == len(set(anchors))
    assert {"p1-1-2", "p2-1-2"} <= {section.anchor for section in reading("000").sections}
