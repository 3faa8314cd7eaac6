"""Page images are found, recognised one by one, and put among the pages that have text."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader

from documents.extraction import (
    Damaged,
    NoText,
    ToolMissing,
    assemble,
    dump_source,
    extract_file,
    load_source,
    ocr,
    ocr_installed,
    pages_needing_ocr,
    recognise_page,
)
from documents.extraction.recognised import (
    Box,
    Stroke,
    fold_punctuation,
    lines_of_boxes,
    warnings_of,
)
from documents.text.values import Line, Source
from tests.extraction.build import Pdf, docx, paragraph
from tests.formats.paper import FACES, MISSING

A4 = (595.0, 842.0)
needs_ocr = pytest.mark.skipif(not ocr_installed(), reason="the OCR set is not here")
NIGHTLY = pytest.mark.nightly
needs_fonts = pytest.mark.skipif(bool(MISSING), reason="no fonts to draw with")
TEXT = (
    "关于印发规划的通知",
    "各镇人民政府、各有关单位：",
    "现将规划印发给你们，请认真执行。",
    "特此通知。",
)


def page_image(turn: int = 0, *, ink: int = 0, seal: bool = False) -> Image.Image:
    """A page of 1240 by 1754 pixels with four lines of text."""
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    if seal:  # black print shows through a seal's ink
        draw.ellipse((250, 540, 560, 850), outline=(220, 30, 30), width=8)
    path, index = FACES["body"]
    for at, text in enumerate(TEXT):
        font = ImageFont.truetype(str(path), 44, index=index)
        draw.text((200, 300 + 90 * at), text, font=font, fill=(ink, ink, ink))
    return image.rotate(turn, expand=True)


def scan(*images: Image.Image) -> bytes:
    pdf = Pdf()
    for image in images:
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=85)
        pdf.canvas.setPageSize((image.width * 0.48, image.height * 0.48))
        pdf.canvas.drawImage(ImageReader(packed), 0, 0, image.width * 0.48, image.height * 0.48)
        pdf.page()
    return pdf.bytes()


def blank() -> Image.Image:
    return Image.new("RGB", (620, 877), (230, 230, 230))


def mixed() -> bytes:
    """A page of text, a page image, a page of text."""
    pdf = Pdf().text(90, 100, "这一页有文字，是文字层里的。").page()
    pdf.canvas.drawImage(ImageReader(blank()), 0, 0, *A4)
    return pdf.page().text(90, 100, "这一页也有").bytes()


def file(folder: Path, data: bytes, name: str = "扫描.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def texts(source: Source) -> list[str]:
    return [block.text for block in source.blocks if isinstance(block, Line)]


def test_pages_that_are_images_are_named(tmp_path: Path) -> None:
    assert pages_needing_ocr(file(tmp_path, mixed())) == (2,)


def test_an_image_in_strips_is_one_page_image(tmp_path: Path) -> None:
    pdf = Pdf()
    for at in range(8):
        pdf.canvas.drawImage(ImageReader(blank()), 0, at * 105, 595, 105)
    assert pages_needing_ocr(file(tmp_path, pdf.bytes())) == (1,)


def test_a_seal_or_a_half_page_figure_needs_no_ocr(tmp_path: Path) -> None:
    pdf = Pdf().text(90, 100, "特此通知")
    pdf.canvas.drawImage(ImageReader(blank()), 100, 100, 300, 400)
    assert pages_needing_ocr(file(tmp_path, pdf.bytes())) == ()


def test_a_text_layer_of_rare_characters_is_noise(tmp_path: Path) -> None:
    noise = "".join(chr(0x4E00 + 331 * at % 20000) for at in range(120))
    pdf = Pdf()
    for at in range(6):
        pdf.text(90, 100 + 30 * at, noise[20 * at : 20 * at + 20])
    assert pages_needing_ocr(file(tmp_path, pdf.bytes())) == (1,)


def test_other_formats_need_no_ocr(tmp_path: Path) -> None:
    assert pages_needing_ocr(file(tmp_path, docx(paragraph("通知")), "通知.docx")) == ()


def test_without_the_ocr_set_the_refusal_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda part: None)
    path = file(tmp_path, mixed())
    with pytest.raises(ToolMissing, match="make install-ocr"):
        recognise_page(path, 2)
    with pytest.raises(ToolMissing, match="make install-ocr"):
        extract_file(path, ocr=True)


@pytest.mark.parametrize(
    ("read", "folded"),
    [
        ("(一)总体要求", "（一）总体要求"),
        ("（一)总体要求", "（一）总体要求"),
        ("基金（机构)不断", "基金（机构）不断"),
        ("青科委[2025]1号", "青科委〔2025〕1号"),
        ("〔2015]43号）,按照", "〔2015〕43号），按照"),
        ('开展"两区一园"建设', "开展“两区一园”建设"),
        ("增长10.5%(含税),其中", "增长10.5%（含税），其中"),
        ("ISO 9001(2015), GB/T 9704", "ISO 9001(2015), GB/T 9704"),
        ("2021:30", "2021:30"),
        ("维护权威”一一“宪法进园区”", "维护权威”——“宪法进园区”"),
        ("一一提升能级", "——提升能级"),
        ("目标与指标一一对应", "目标与指标一一对应"),
    ],
)
def test_punctuation_beside_chinese_is_full_width(read: str, folded: str) -> None:
    assert fold_punctuation(read) == folded


def box(text: str, x: float, y: float, size: tuple[float, float], lean: float = 0) -> Box:
    width, height = size
    drop = width * math.tan(math.radians(lean))
    corners = [(x, y), (x + width, y + drop), (x + width, y + drop + height), (x, y + height)]
    return Box(text, 0.99, corners)


def test_boxes_of_one_row_are_one_line_and_carry_the_type_size() -> None:
    lines = lines_of_boxes(
        [
            box("2026年2月14日印发", 380, 700, (112, 20)),
            box("闵行区科学技术委员会", 80, 701, (140, 20)),
            box("深化科技体制机制创新加快塑造区域发展新格局", 80, 100, (336, 22)),
        ],
        3,
        A4,
    )
    assert [line.text for line in lines] == [
        "深化科技体制机制创新加快塑造区域发展新格局",
        "闵行区科学技术委员会 2026年2月14日印发",
    ]
    assert lines[0].size == pytest.approx(16, abs=0.5)
    assert (lines[0].page, lines[0].x0) == (3, 80)


def test_a_leaning_page_is_set_straight() -> None:
    words = "深化科技体制机制创新加快塑造区域新格局"
    rows = [box(words, 80, 100 + 29 * at, (304, 22), 2) for at in range(9)]
    rows.append(box("一", 400, 332 + 320 * math.tan(math.radians(2)), (16, 16), 2))
    lines = lines_of_boxes(rows, 1, A4)
    assert len(lines) == 9
    assert lines[8].text.endswith("一")


def test_a_page_read_in_doubt_says_so_and_names_itself() -> None:
    (warning,) = warnings_of(4, 0.84)
    assert warning.code == "ocr-uncertain"
    assert "第 4 页" in warning.message
    assert warnings_of(4, 0.97) == warnings_of(4, None) == ()


def test_recognised_pages_take_their_place_among_the_others(tmp_path: Path) -> None:
    page = Source(
        "pdf", (Line("由图像识别", page=1, y=100.0),), pages=1, warnings=warnings_of(2, 0.5)
    )
    assert load_source(dump_source(page)) == page
    source = assemble(file(tmp_path, mixed()), {2: page})
    assert texts(source) == ["这一页有文字，是文字层里的。", "由图像识别", "这一页也有"]
    assert [block.page for block in source.blocks] == [1, 2, 3]
    assert [warning.code for warning in source.warnings] == ["ocr-pages", "ocr-uncertain"]


def test_a_scan_of_blank_pages_is_no_text(tmp_path: Path) -> None:
    path = file(tmp_path, scan(blank()))
    with pytest.raises(NoText, match="识别"):
        assemble(path, {1: Source("pdf", (), pages=1)})


@needs_ocr
@needs_fonts
def test_a_scan_is_read_page_by_page_with_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = file(tmp_path, scan(page_image(), blank()))
    source = extract_file(path, ocr=True, progress=lambda done, of: told.append((done, of)))
    assert texts(source) == list(TEXT)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert "ocr-pages" in [warning.code for warning in source.warnings]


@needs_ocr
@needs_fonts
@pytest.mark.parametrize("turn", [90, *(pytest.param(t, marks=NIGHTLY) for t in (180, 270))])
def test_a_page_scanned_on_its_side_or_head_reads_upright(turn: int, tmp_path: Path) -> None:
    assert texts(recognise_page(file(tmp_path, scan(page_image(turn))), 1)) == list(TEXT)


@needs_ocr
@needs_fonts
@pytest.mark.nightly
@pytest.mark.parametrize(("ink", "seal"), [(150, False), (0, True)])
def test_faint_print_and_a_seal_are_read_through(ink: int, seal: bool, tmp_path: Path) -> None:
    path = file(tmp_path, scan(page_image(ink=ink, seal=seal)))
    assert [line for line in texts(recognise_page(path, 1)) if line in TEXT] == list(TEXT)


@needs_ocr
def test_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="没有第 9 页"):
        recognise_page(file(tmp_path, mixed()), 9)


def test_a_sentence_in_heavier_strokes_is_a_lead() -> None:
    words = "以高质量党建引领。建立健全党建工作体系。"
    boxes = [
        replace(
            box(words, 80, 100 + 29 * at, (304, 22)),
            strokes=(Stroke(0, 9, 1.36 if at == 5 else 1.05), Stroke(9, 20, 1.06)),
        )
        for at in range(9)
    ]
    lines = lines_of_boxes(boxes, 1, A4)
    assert lines[5].text == "**以高质量党建引领。**建立健全党建工作体系。"
    assert {line.text for line in lines} == {words, lines[5].text}


def test_the_last_short_line_of_a_paragraph_has_the_size_of_the_others() -> None:
    words = "各镇人民政府、街道办事处，区政府各委、办、局，各有关单"
    boxes = [box(words, 80, 400 + 29 * at, (424, 22)) for at in range(4)]
    lines = lines_of_boxes([*boxes, box("位：", 78, 516, (27, 30))], 1, A4)
    assert lines[0].size is not None
    assert lines[4].size is not None
    assert lines[4].size < 1.15 * lines[0].size
