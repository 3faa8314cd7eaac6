"""A PDF's text layer reads as its printed lines."""

from __future__ import annotations

import zlib

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader

from documents.extraction import Damaged, Encrypted, NoText
from documents.extraction.pdf import read_pdf
from documents.text.values import Cell, Line, Table
from tests.extraction.build import SONG, Pdf, raw_pdf, stream

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def lines(data: bytes) -> list[Line]:
    return [block for block in read_pdf(data).blocks if isinstance(block, Line)]


def texts(data: bytes) -> list[str]:
    return [line.text for line in lines(data)]


def one_page(content: bytes, entries: bytes = b"") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    page += b"/Resources<</Font<</F 5 0 R>>>>" + entries + b">>"
    return raw_pdf(CATALOGUE, PAGES, page, stream(content), FONT)


def picture() -> ImageReader:
    from PIL import Image  # noqa: PLC0415  only two tests draw

    return ImageReader(Image.new("L", (60, 80), 200))


def test_a_line_carries_its_place_from_the_top_left() -> None:
    (line,) = lines(Pdf().text(90, 100, "关于印发规划的通知", size=16).bytes())
    assert line.text == "关于印发规划的通知"
    assert (line.page, line.x0, line.y, line.size) == (1, 90.0, 100.0, 16.0)
    assert line.x1 == pytest.approx(90 + 9 * 16, abs=1)
    assert (line.page_width, line.page_height) == (595.3, 841.9)


def test_lines_come_from_top_to_bottom_whatever_order_they_were_drawn_in() -> None:
    pdf = Pdf().text(90, 300, "第三行").text(90, 100, "第一行").text(90, 200, "第二行")
    pdf.page().text(90, 100, "第二页")
    assert texts(pdf.bytes()) == ["第一行", "第二行", "第三行", "第二页"]
    assert [line.page for line in lines(Pdf().page().text(9, 9, "甲").bytes())] == [2]


def test_characters_drawn_one_by_one_make_one_line() -> None:
    pdf = Pdf()
    for at, char in enumerate("深化科技体制机制创新"):
        pdf.text(90 + at * 16, 100 + (at % 2) * 0.4, char)
    assert texts(pdf.bytes()) == ["深化科技体制机制创新"]


def test_text_printed_three_times_to_look_bold_is_read_once() -> None:
    pdf = Pdf()
    for shift in (0, 0.4, 0.8):
        pdf.text(90 + shift, 100, "工作总结")
    pdf.text(90, 130, "人人民民")
    assert texts(pdf.bytes()) == ["工作总结", "人人民民"]


def test_a_slanted_watermark_is_left_out() -> None:
    pdf = Pdf().text(90, 100, "第一行正文").text(90, 130, "第二行正文")
    pdf.canvas.saveState()
    pdf.canvas.translate(150, 600)
    pdf.canvas.rotate(45)
    pdf.canvas.setFont(SONG, 60)
    pdf.canvas.drawString(0, 0, "内部资料")
    pdf.canvas.restoreState()
    assert texts(pdf.bytes()) == ["第一行正文", "第二行正文"]


def test_a_large_pale_watermark_is_left_out_and_pale_text_of_usual_size_stays() -> None:
    pdf = Pdf().text(90, 100, "第一行正文").text(90, 130, "第二行正文")
    pdf.canvas.setFillGray(0.9)
    pdf.text(90, 160, "浅色正文").text(90, 400, "草稿", size=80)
    assert texts(pdf.bytes()) == ["第一行正文", "第二行正文", "浅色正文"]


def test_a_raised_note_mark_stays_in_its_line() -> None:
    pdf = Pdf().text(90, 100, "新设企业").text(154, 94, "1", size=8).text(160, 100, "增长")
    pdf.text(90, 118, "紧接着的一行")
    assert texts(pdf.bytes()) == ["新设企业1增长", "紧接着的一行"]


def test_a_title_set_letter_by_letter_is_one_word() -> None:
    assert texts(Pdf().text(200, 100, "通知", 22, spacing=0).bytes()) == ["通知"]
    assert texts(Pdf().text(200, 100, "工作总结", 22, spacing=30).bytes()) == ["工作总结"]


def test_a_wide_gap_in_a_line_is_kept_as_a_space() -> None:
    pdf = Pdf().text(90, 100, "青浦区科委").text(300, 100, "青浦区科协")
    pdf.text(90, 130, "Hello").text(140, 130, "world")
    assert texts(pdf.bytes()) == ["青浦区科委\u3000青浦区科协", "Hello world"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_shown_turned_reads_upright(turn: int) -> None:
    content = {
        90: b"BT /F 20 Tf 0 1 -1 0 100 100 Tm (first) Tj ET"
        b" BT /F 20 Tf 0 1 -1 0 200 100 Tm (second) Tj ET",
        180: b"BT /F 20 Tf -1 0 0 -1 500 100 Tm (first) Tj ET"
        b" BT /F 20 Tf -1 0 0 -1 500 200 Tm (second) Tj ET",
        270: b"BT /F 20 Tf 0 -1 1 0 300 700 Tm (first) Tj ET"
        b" BT /F 20 Tf 0 -1 1 0 200 700 Tm (second) Tj ET",
    }[turn]
    read = lines(one_page(content, b"/Rotate %d" % turn))
    assert [line.text for line in read] == ["first", "second"]
    assert [line.x0 for line in read] == [100.0, 100.0]
    assert read[0].page_width == (600.0 if turn == 180 else 800.0)


def test_a_wide_table_printed_along_the_page_reads_from_left_to_right() -> None:
    content = (
        b"BT /F 20 Tf 0 1 -1 0 100 100 Tm (first line) Tj ET"
        b" BT /F 20 Tf 0 1 -1 0 200 100 Tm (second line) Tj ET"
    )
    read = lines(one_page(content))
    assert [line.text for line in read] == ["first line", "second line"]
    assert (read[0].page_width, read[0].page_height) == (800.0, 600.0)


def test_the_size_is_the_printed_one() -> None:
    (line,) = lines(one_page(b"BT /F 1 Tf 12 0 0 12 100 700 Tm (scaled) Tj ET"))
    assert line.size == 12.0


def test_a_scan_is_refused_with_the_cure() -> None:
    pdf = Pdf()
    pdf.canvas.drawImage(picture(), 0, 0, 595, 842)
    with pytest.raises(NoText, match="请上传带文字的版本"):
        read_pdf(pdf.text(290, 820, "— 1 —").bytes())


def test_pages_that_are_only_images_are_named() -> None:
    pdf = Pdf().text(90, 100, "这一页有文字").page()
    pdf.canvas.drawImage(picture(), 0, 0, 595, 842)
    source = read_pdf(pdf.page().text(90, 100, "这一页也有").bytes())
    assert source.pages == 3
    (warning,) = source.warnings
    assert warning.code == "scanned-pages"
    assert "第 2 页" in warning.message


def test_a_seal_makes_no_scan() -> None:
    pdf = Pdf().text(90, 100, "特此通知")
    pdf.canvas.drawImage(picture(), 300, 500, 90, 90)
    assert texts(pdf.bytes()) == ["特此通知"]


def test_an_empty_page_is_no_text() -> None:
    with pytest.raises(NoText):
        read_pdf(Pdf().page().bytes())


def test_a_text_layer_without_meaning_is_refused() -> None:
    glyphs = "".join(chr(0xE000 + at) for at in range(40))
    cmap = "".join(f"<{at + 33:02x}> <{ord(char):04x}>\n" for at, char in enumerate(glyphs))
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"40 beginbfchar\n{cmap}endbfchar endcmap end end"
    ).encode()
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    page += b"/Resources<</Font<</F 5 0 R>>>>>>"
    content = b"BT /F 12 Tf 50 700 Td <%s> Tj ET" % bytes(range(33, 73)).hex().encode()
    data = raw_pdf(CATALOGUE, PAGES, page, stream(content), font, stream(to_unicode))
    with pytest.raises(NoText, match="乱码"):
        read_pdf(data)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_half_a_pdf_is_damaged(share: float) -> None:
    data = Pdf().text(90, 100, "关于印发规划的通知").bytes()
    cut = data[: int(len(data) * share)].replace(b"endobj", b"")
    with pytest.raises(Damaged):
        read_pdf(b"%PDF-1.4\n" + cut[:200])


@pytest.mark.parametrize(("user", "opens"), [("", True), ("secret", False)])
def test_only_a_password_for_opening_is_a_hindrance(user: str, opens: bool) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: PLC0415

    pdf = Pdf()
    pdf.canvas._doc.encrypt = StandardEncryption(user, "owner", canCopy=0, canPrint=0)
    data = pdf.text(90, 100, "限制打印的通知").bytes()
    if opens:
        assert texts(data) == ["限制打印的通知"]
    else:
        with pytest.raises(Encrypted, match="密码"):
            read_pdf(data)


def test_a_compressed_page_reads_like_a_plain_one() -> None:
    body = zlib.compress(b"BT /F 12 Tf 50 700 Td (compressed) Tj ET")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    page += b"/Resources<</Font<</F 5 0 R>>>>>>"
    data = raw_pdf(CATALOGUE, PAGES, page, stream(body, b"/Filter/FlateDecode"), FONT)
    assert texts(data) == ["compressed"]


LEFT_COLUMN, RIGHT_COLUMN = 80, 312


def two_columns(shift: float = 0) -> Pdf:
    pdf = Pdf().text(200, 60, "科技创新工作要点")
    for at in range(8):
        pdf.text(LEFT_COLUMN, 100 + 20 * at, f"左栏第{at}行科技创新工作要点", 12)
        pdf.text(RIGHT_COLUMN, 100 + shift + 20 * at, f"右栏第{at}行科技创新工作要点", 12)
    return pdf


@pytest.mark.parametrize("shift", [0, 7])
def test_two_columns_are_read_one_after_the_other(shift: float) -> None:
    read = texts(two_columns(shift).bytes())
    assert read[0] == "科技创新工作要点"
    assert [text[:4] for text in read[1:]] == [
        *(f"左栏第{at}" for at in range(8)),
        *(f"右栏第{at}" for at in range(8)),
    ]


def test_a_line_across_the_page_parts_its_columns() -> None:
    pdf = two_columns().text(LEFT_COLUMN, 280, "横贯全页的一行文字把上下两部分分开，" * 2, 12)
    for at in range(8):
        pdf.text(LEFT_COLUMN, 310 + 20 * at, f"左下第{at}行科技创新工作要点", 12)
        pdf.text(RIGHT_COLUMN, 310 + 20 * at, f"右下第{at}行科技创新工作要点", 12)
    order = "".join(dict.fromkeys(text[:2] for text in texts(pdf.bytes())))
    assert order == "科技左栏右栏横贯左下右下"


def test_short_entries_side_by_side_stay_in_their_rows() -> None:
    pdf = Pdf()
    for at in range(10):
        pdf.text(LEFT_COLUMN, 100 + 20 * at, f"事项{at}" + "长名称" * (3 * (at == 0)), 12)
        pdf.text(RIGHT_COLUMN, 100 + 20 * at, f"单位{at}" + "长名称" * (3 * (at == 0)), 12)
    assert [text[:3] for text in texts(pdf.bytes())] == [f"事项{at}" for at in range(10)]


ROWS, COLUMNS = (130, 160, 190, 250), (80, 160, 360, 500)


def ruled(*, upright: bool = True) -> Pdf:
    """A table of three rows whose first column is one cell in the lower two."""
    pdf = Pdf().text(80, 100, "任务分工表")
    height = A4[1]
    for y in ROWS:
        pdf.canvas.line(COLUMNS[1 if y == 190 else 0], height - y, COLUMNS[-1], height - y)
    for x in COLUMNS if upright else ():
        pdf.canvas.line(x, height - ROWS[0], x, height - ROWS[-1])
    words = (
        (85, 150, "序号"), (165, 150, "任务"), (365, 150, "单位"), (85, 215, "1"),
        (165, 180, "建设平台"), (365, 180, "科委"), (165, 210, "完善创新服务"),
        (165, 230, "体系建设"), (365, 215, "发改委"),
    )  # fmt: skip
    for x, y, word in words:
        pdf.text(x, y, word, 12)
    return pdf.text(80, 290, "表后的文字。")


def test_a_ruled_table_is_a_table_with_its_merged_cells_once() -> None:
    before, table, after = read_pdf(ruled().bytes()).blocks
    assert isinstance(before, Line)
    assert isinstance(after, Line)
    assert (before.text, after.text) == ("任务分工表", "表后的文字。")
    assert table == Table(
        (
            (Cell("序号"), Cell("任务"), Cell("单位")),
            (Cell("1", rows=2), Cell("建设平台"), Cell("科委")),
            (Cell("完善创新服务体系建设"), Cell("发改委")),
        ),
        page=1,
    )


def test_rules_without_columns_make_no_table() -> None:
    blocks = read_pdf(ruled(upright=False).bytes()).blocks
    assert all(isinstance(block, Line) for block in blocks)


def test_a_table_of_thin_bars_is_a_table_and_a_box_around_words_is_none() -> None:
    pdf = Pdf()
    for x, y, width, height in (
        (80, 700, 200, 0.5), (80, 670, 200, 0.5), (80, 640, 200, 0.5),
        (80, 640, 0.5, 60), (180, 640, 0.5, 60), (280, 640, 0.5, 60),
    ):  # fmt: skip
        pdf.canvas.rect(x, y, width, height, stroke=0, fill=1)
    pdf.canvas.rect(80, 400, 300, 60)
    for x, y, word in ((90, 155, "甲"), (190, 155, "乙"), (90, 185, "丙"), (190, 185, "丁")):
        pdf.text(x, y, word, 12)
    table, framed = read_pdf(pdf.text(90, 410, "框里的话").bytes()).blocks
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["甲", "乙"], ["丙", "丁"]]
    assert isinstance(framed, Line)
    assert framed.text == "框里的话"
