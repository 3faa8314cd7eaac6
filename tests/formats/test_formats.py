"""A document gives the same sections in whatever format it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.extraction import ocr_installed
from tests.formats.compare import compare, folded
from tests.formats.made import (
    FLOOR,
    MAKERS,
    SCAN_FLOOR,
    compared,
    compared_scan,
    document,
    missing_for,
    read_back,
)
from tests.formats.manuscript import NAMES
from tests.formats.paper import MISSING

NOTED = "003"
"""The source document that has footnotes."""


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_document_gives_its_sections_in_every_format(
    name: str, kind: str, tmp_path: Path
) -> None:
    if missing := missing_for(kind):
        pytest.skip(missing)
    found = compared(name, kind, tmp_path)
    assert found.share >= FLOOR, (found.missing[:3], found.extra[:3])


@pytest.mark.parametrize("kind", ["PDF", "DOCX, automatic numbers"])
def test_the_marks_of_notes_stand_behind_the_words_they_were_set_behind(
    kind: str, tmp_path: Path
) -> None:
    if missing := missing_for(kind):
        pytest.skip(missing)
    made = document(NOTED)
    runs = [run for block in made.blocks for run in block.runs]
    set_behind = {run.note: folded(run.text)[-12:] for run in runs if run.note}
    suffix, make = MAKERS[kind]
    reading = read_back(make(NOTED), suffix, tmp_path)
    texts = {section.anchor: section.text for section in reading.sections}
    found = {
        note.mark: folded(texts[place.anchor].split("\n")[place.paragraph - 1][: place.offset])
        for note in reading.footnotes
        for place in note.places
    }
    assert len(set_behind) == 5
    assert {mark: words[-12:] for mark, words in found.items()} == set_behind


def test_a_document_is_not_equal_to_another() -> None:
    assert compare(document("000").reading, document("001").reading).share == 0


@pytest.mark.skipif(not ocr_installed(), reason="the OCR set is not here")
@pytest.mark.skipif(bool(MISSING), reason="no fonts to print with")
@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_a_scan_gives_nine_sections_in_ten(name: str, tmp_path: Path) -> None:
    found = compared_scan(name, tmp_path)
    assert found.share >= SCAN_FLOOR, (found.missing[:3], found.extra[:3])
