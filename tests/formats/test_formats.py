"""A document gives the same sections in whatever format it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.extraction import ocr_installed
from tests.formats.compare import compare
from tests.formats.made import (
    FLOOR,
    MAKERS,
    SCAN_FLOOR,
    compared,
    compared_scan,
    document,
    missing_for,
)
from tests.formats.manuscript import NAMES
from tests.formats.paper import MISSING

SMALLEST = "002"


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_document_gives_its_sections_in_every_format(
    name: str, kind: str, tmp_path: Path
) -> None:
    if missing := missing_for(kind):
        pytest.skip(missing)
    found = compared(name, kind, tmp_path)
    assert found.share >= FLOOR, (found.missing[:3], found.extra[:3])


def test_a_document_is_not_equal_to_another() -> None:
    assert compare(document("000").reading, document("001").reading).share == 0


@pytest.mark.skipif(not ocr_installed(), reason="the OCR set is not here")
@pytest.mark.skipif(bool(MISSING), reason="no fonts to print with")
@pytest.mark.parametrize(
    "name",
    [
        SMALLEST,
        *(pytest.param(name, marks=pytest.mark.nightly) for name in NAMES if name != SMALLEST),
    ],
)
def test_a_scan_gives_nine_sections_in_ten(name: str, tmp_path: Path) -> None:
    found = compared_scan(name, tmp_path)
    assert found.share >= SCAN_FLOOR, (found.missing[:3], found.extra[:3])
