"""A Word document reads as it prints."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from documents.extraction import Damaged, Encrypted, LimitExceeded, UnsupportedFormat
from documents.extraction.docx import read_docx
from documents.extraction.docx.numerals import numeral
from documents.text.values import Cell, Footnote, NoteMark, Paragraph, Span, Table
from tests.extraction.build import docx, level, numbered, numbering, package, paragraph, run

CASES = json.loads((Path(__file__).parents[1] / "cases" / "word_numerals.json").read_text("utf-8"))
CHINESE = numbering(
    level(0, "chineseCountingThousand", "%1、", '<w:suff w:val="nothing"/>'),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "(%4)"),
)


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_docx(data).blocks if isinstance(block, Paragraph)]


def only(data: bytes) -> Paragraph:
    (block,) = read_docx(data).blocks
    assert isinstance(block, Paragraph)
    return block


@pytest.mark.parametrize(("script", "number", "printed"), CASES)
def test_a_list_number_is_written_in_its_script(script: str, number: int, printed: str) -> None:
    assert numeral(number, script) == printed


def test_automatic_numbers_are_printed_as_text() -> None:
    body = "".join(
        [
            numbered("总体要求"), numbered("指导思想", 1), numbered("基本原则", 1),
            numbered("坚持创新", 2), numbered("细则", 3), numbered("重点任务"),
            numbered("强化供给", 1),
        ]
    )  # fmt: skip
    assert texts(docx(body, numbering=CHINESE)) == [
        "一、总体要求", "（一）指导思想", "（二）基本原则", "1. 坚持创新", "(1) 细则",
        "二、重点任务", "（一）强化供给",
    ]  # fmt: skip


def test_a_chapter_number_keeps_its_space() -> None:
    lists = numbering(level(0, "chineseCountingThousand", "第%1章"), level(1, "decimal", "%1.%2"))
    body = numbered("总则") + numbered("目的", 1)
    assert texts(docx(body, numbering=lists)) == ["第一章 总则", "一.1 目的"]


def test_a_legal_level_prints_digits_throughout() -> None:
    lists = numbering(
        level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")
    )
    assert texts(docx(numbered("甲") + numbered("乙", 1), numbering=lists)) == ["一、甲", "1.1 乙"]


def test_lists_of_one_abstract_list_count_on_and_an_override_starts_anew() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    lists = numbering(level(0, "chineseCounting", "%1、"), nums=nums)
    body = numbered("a") + numbered("b", num=2) + numbered("c", num=3) + numbered("d", num=3)
    assert texts(docx(body, numbering=lists)) == ["一、a", "二、b", "一、c", "二、d"]


def test_a_number_comes_through_the_chain_of_styles() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:name w:val="标题 1"/><w:pPr>'
        '<w:outlineLvl w:val="0"/><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="own"><w:name w:val="一级"/>'
        '<w:basedOn w:val="base"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="sub"><w:name w:val="heading 2"/><w:pPr>'
        '<w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    linked = numbering(
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="base"/>'),
        level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="sub"/>'),
    )
    body = (
        paragraph("总体要求", '<w:pStyle w:val="own"/>')
        + paragraph("主要目标", '<w:pStyle w:val="sub"/>')
        + paragraph("不编号", '<w:pStyle w:val="own"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    blocks = read_docx(docx(body, styles=styles, numbering=linked)).blocks
    assert [(b.text, b.outline, b.style) for b in blocks if isinstance(b, Paragraph)] == [
        ("一、总体要求", 1, "一级"), ("（一）主要目标", 2, "heading 2"), ("不编号", 1, "一级"),
    ]  # fmt: skip


def test_bullets_print_no_number_and_an_empty_item_still_counts() -> None:
    lists = numbering(level(0, "decimal", "%1."), level(1, "bullet", "\uf06c"))
    body = numbered("甲") + numbered("", 0) + numbered("点", 1) + numbered("丙")
    assert texts(docx(body, numbering=lists)) == ["1. 甲", "点", "3. 丙"]


def test_tracked_deletions_are_gone_and_insertions_stay() -> None:
    body = paragraph(
        run("全面")
        + "<w:del><w:r><w:delText>不</w:delText></w:r></w:del>"
        + f"<w:ins>{run('加快')}</w:ins>"
        + f"<w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('推进')}</w:moveTo>"
        + run("隐藏", "<w:vanish/>")
        + "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    )
    source = read_docx(docx(body))
    assert [b.text for b in source.blocks if isinstance(b, Paragraph)] == ["全面加快推进"]
    assert [w.code for w in source.warnings] == ["tracked-changes"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    body = paragraph("前半", "<w:rPr><w:del/></w:rPr>") + paragraph("后半")
    assert texts(docx(body)) == ["前半后半"]


def test_bold_comes_from_runs_and_from_styles() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="b"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="c"><w:rPr><w:b/></w:rPr></w:style>'
    )
    mixed = paragraph(run("加快建设。", "<w:b/>") + run(" ") + run("要点", "<w:b/>") + run("正文"))
    assert only(docx(mixed)).bold == (Span(0, 8),)
    styled = paragraph(run("标题") + run("轻", '<w:b w:val="0"/>'), '<w:pStyle w:val="b"/>')
    assert only(docx(styled, styles=styles)).bold == (Span(0, 2),)
    toggled = paragraph(run("正") + run("重", '<w:rStyle w:val="c"/>'))
    assert only(docx(toggled, styles=styles)).bold == (Span(1, 2),)


def test_a_wholly_bold_paragraph_has_a_bold_number() -> None:
    mark = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = paragraph(run("要求", "<w:b/>"), mark)
    assert only(docx(body, numbering=CHINESE)).bold == (Span(0, 4),)


def test_centring_line_breaks_and_tabs_are_kept() -> None:
    body = paragraph(
        "<w:r><w:t>关于印发</w:t><w:br/><w:t>规划的</w:t><w:tab/><w:t>通知</w:t></w:r>",
        '<w:jc w:val="center"/>',
    )
    read = only(docx(body))
    assert (read.text, read.centred) == ("关于印发\n规划的\t通知", True)


def test_footnotes_stand_apart_from_the_text() -> None:
    body = paragraph(run("新设企业") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run("增长。"))
    body += paragraph(run("尾") + '<w:r><w:endnoteReference w:id="1"/></w:r>')
    notes = (
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph(run("根据年报。"))}</w:footnote>'
    )
    ends = f'<w:endnote w:id="1">{paragraph(run("见附表。"))}</w:endnote>'
    source = read_docx(docx(body, footnotes=notes, endnotes=ends))
    assert [b.text for b in source.blocks if isinstance(b, Paragraph)] == ["新设企业增长。", "尾"]
    assert source.footnotes == (Footnote("1", "根据年报。"), Footnote("i", "见附表。"))
    assert [b.notes for b in source.blocks if isinstance(b, Paragraph)] == [
        (NoteMark(4, 0),),
        (NoteMark(1, 1),),
    ]


def test_the_mark_of_a_note_keeps_its_place_in_a_cell_and_behind_an_automatic_number() -> None:
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    lost = '<w:r><w:footnoteReference w:id="9"/></w:r>'
    cells = f"<w:tc>{paragraph('指标')}{paragraph(run('增速') + mark)}</w:tc>"
    cells += f"<w:tc>{paragraph(run('百分比') + lost)}</w:tc>"
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = paragraph(run("总则") + mark, numbered) + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    notes = f'<w:footnote w:id="2">{paragraph(run("根据年报。"))}</w:footnote>'
    head, table = read_docx(docx(body, footnotes=notes, numbering=numbering)).blocks
    assert isinstance(head, Paragraph)
    assert isinstance(table, Table)
    assert (head.text, head.notes) == ("一、总则", (NoteMark(4, 0),))
    # The second cell refers to a note that the file does not hold.
    assert table.rows[0] == (Cell("指标\n增速", notes=(NoteMark(5, 0),)), Cell("百分比"))


def test_a_table_gives_each_merged_cell_once() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    head = cell("指标", '<w:gridSpan w:val="2"/>') + cell("责任", '<w:vMerge w:val="restart"/>')
    body = (
        f"<w:tbl><w:tr>{head}</w:tr>"
        f"<w:tr>{cell('甲')}{cell('乙')}{cell('', '<w:vMerge/>')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('删')}</w:tr>"
        "</w:tbl>"
    )
    (table,) = read_docx(docx(body)).blocks
    assert table == Table(
        ((Cell("指标", columns=2), Cell("责任", rows=2)), (Cell("甲"), Cell("乙")))
    )


def test_a_frame_of_one_cell_is_text_and_not_a_table() -> None:
    body = (
        f"<w:tbl><w:tr><w:tc>{paragraph('一、正文')}{paragraph('二、正文')}</w:tc></w:tr></w:tbl>"
    )
    assert texts(docx(body)) == ["一、正文", "二、正文"]


def test_a_text_box_is_read_once_above_its_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('上海市人民政府文件')}</w:txbxContent>"
    drawing = (
        "<mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wp:anchor>{box}</wp:anchor></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    body = paragraph(f"<w:r>{drawing}</w:r>" + run("沪府〔2025〕1号"))
    assert texts(docx(body)) == ["上海市人民政府文件", "沪府〔2025〕1号"]


def test_pages_are_those_that_word_marked() -> None:
    body = (
        paragraph("第一页")
        + paragraph("<w:r><w:lastRenderedPageBreak/><w:t>第二页</w:t></w:r>")
        + paragraph("仍在")
    )
    source = read_docx(docx(body))
    assert [b.page for b in source.blocks] == [1, 2, 2]
    assert source.pages == 2
    assert read_docx(docx(paragraph("无标记"))).pages is None


def test_breaks_that_the_author_set_are_counted_where_word_left_no_marks() -> None:
    broken = paragraph('<w:r><w:br w:type="page"/></w:r>')
    body = (
        paragraph("通知")
        + broken
        + paragraph("附件", "<w:pageBreakBefore/>")
        + paragraph("附表", "<w:sectPr/>")
        + paragraph("续", '<w:sectPr><w:type w:val="continuous"/></w:sectPr>')
        + paragraph("完")
    )
    source = read_docx(docx(body))
    assert [block.page for block in source.blocks] == [1, 3, 3, 4, 4]
    assert source.pages is None
    marked = paragraph("<w:r><w:lastRenderedPageBreak/><w:t>第二页</w:t></w:r>")
    both = read_docx(docx(paragraph("第一页") + broken + marked))
    assert [block.page for block in both.blocks] == [1, 2]


def test_content_controls_links_and_strict_files_are_read() -> None:
    link = paragraph(f"<w:hyperlink>{run('附件')}</w:hyperlink>")
    assert texts(docx(f"<w:sdt><w:sdtContent>{link}</w:sdtContent></w:sdt>")) == ["附件"]
    strict = package(
        {
            "word/document.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">'
            "<w:body><w:p><w:r><w:t>严格</w:t></w:r></w:p></w:body></w:document>"
        }
    )
    assert texts(strict) == ["严格"]


def test_the_main_part_is_found_through_its_relationship() -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="/word/document2.xml"/></Relationships>'
    )
    inner = docx(paragraph("正文"))
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        document = archive.read("word/document.xml")
    assert texts(package({"_rels/.rels": relations, "word/document2.xml": document})) == ["正文"]


BROKEN = [
    ({"word/document.xml": "<w:document"}, Damaged),
    ({"word/document.xml": "<x/>"}, Damaged),
    ({"word/other.xml": "<x/>"}, Damaged),
    ({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, Damaged),
    ({"word/document.xml": "<x/>", "../evil.xml": "<x/>"}, Damaged),
    ({"word/document.xml": "<x/>", "word/vbaProject.bin": b"macro"}, UnsupportedFormat),
    ({"word/document.xml": b" " * (30 << 20)}, LimitExceeded),
    ({"word/document.xml": "<x/>"} | {f"word/{n}.xml": "" for n in range(5001)}, LimitExceeded),
]


@pytest.mark.parametrize(("members", "refusal"), BROKEN)
def test_a_broken_or_hostile_package_is_refused(
    members: dict[str, str | bytes], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        read_docx(package(members))


def test_a_doctype_in_utf16_is_refused_too() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    with pytest.raises(Damaged):
        read_docx(package({"word/document.xml": xml}))


def test_an_encrypted_package_is_said_to_be_encrypted() -> None:
    data = bytearray(docx(paragraph("通知")))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1  # the encryption bit of the first member, in the directory
    with pytest.raises(Encrypted):
        read_docx(bytes(data))


def test_sizes_in_the_headers_are_not_believed() -> None:
    data = bytearray(package({"word/document.xml": b" " * (30 << 20)}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(signature)
        data[at + offset : at + offset + 4] = (100).to_bytes(4, "little")
    with pytest.raises((LimitExceeded, Damaged)):
        read_docx(bytes(data))
