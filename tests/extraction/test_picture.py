"""A page of any PDF becomes a picture of bounded size, or a refusal; never a dead server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from documents.extraction import Damaged, ExtractionError
from documents.extraction.picture import (
    MAX_PIXELS,
    MAX_SIDE,
    NoSuchPage,
    png_of,
    render_page,
    size_within,
)
from tests.extraction.build import Pdf, raw_pdf, stream


def drawn(data: bytes, tmp_path: Path, page: int = 1, width: int = 600) -> Image.Image:
    file = tmp_path / "a.pdf"
    file.write_bytes(data)
    return Image.open(io.BytesIO(render_page(file, page, width)))


def test_a_page_is_drawn_at_the_wanted_width(tmp_path: Path) -> None:
    picture = drawn(Pdf().text(90, 100, "通知", size=40).bytes(), tmp_path)

    assert picture.width == 600
    assert picture.height == pytest.approx(849, abs=2)
    dark = sum(picture.convert("L").histogram()[:100])
    assert 100 < dark < 20_000


def test_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for number in (0, 2, -1):
        with pytest.raises(NoSuchPage):
            drawn(Pdf().text(90, 100, "通知").bytes(), tmp_path, page=number)


def test_what_is_no_pdf_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        drawn(b"%PDF-1.7\nnothing", tmp_path)


def test_a_hostile_page_ends_in_a_refusal_or_a_small_picture(tmp_path: Path) -> None:
    loop = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14000 14000000]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>",
        stream(b"/X Do"),
        stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
               b"/Resources<</XObject<</X 5 0 R>>>>"),
    )  # fmt: skip
    try:
        picture = drawn(loop, tmp_path)
    except ExtractionError:
        return
    assert picture.width * picture.height <= MAX_PIXELS


@pytest.mark.parametrize(
    ("width", "height"), [(595, 842), (1, 200_000), (200_000, 1), (200_000, 200_000), (3, 4)]
)
def test_no_page_is_drawn_larger_than_the_cap(width: float, height: float) -> None:
    scale = size_within(width, height, 1200)

    assert width * scale <= 1200 + 1e-6
    assert height * scale <= MAX_SIDE + 1e-6
    assert width * height * scale**2 <= MAX_PIXELS * 1.0001


def test_pixels_come_back_from_the_png() -> None:
    pixels = bytes([255, 0, 0, 0, 255, 0, 9, 9]) + bytes([0, 0, 255, 1, 2, 3, 9, 9])
    picture = Image.open(io.BytesIO(png_of(pixels, 2, 2, 8)))
    assert picture.tobytes() == bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3])
