"""A web page reads as the document on it, without the site around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documents.extraction import NoText, extract_file
from documents.extraction.html import read_html
from documents.text import Reading, read_source
from documents.text.values import Cell, Footnote, NoteMark, Paragraph, Span, Table

BODY = "<p>各街道、镇：</p>" + "<p>为加快推进科技创新，现就有关事项通知如下。</p>" * 8


def page(inside: str, head: str = '<meta charset="utf-8">') -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}<title>标题</title></head><body>{inside}</body></html>"
    )


def texts(html: str, encoding: str = "utf-8") -> list[str]:
    return [b.text for b in read_html(html.encode(encoding)).blocks if isinstance(b, Paragraph)]


def test_only_the_document_is_read() -> None:
    around = "<nav>首页 &gt; 政策</nav><div class=share>分享到</div>"
    read = texts(page(f"{around}<div id=zoom>{BODY}</div><footer>版权所有</footer>"))
    assert read[0] == "各街道、镇："
    assert len(read) == 9


def test_scripts_styles_and_hidden_text_are_gone() -> None:
    hostile = "<script>alert(1)</script><style>p{}</style><svg><text>x</text></svg><p hidden>藏</p>"
    assert texts(page(f"<article>{hostile}{BODY}</article>"))[0] == "各街道、镇："


def test_headings_bold_centring_and_line_breaks_are_kept() -> None:
    html = (
        "<h2>一、总体要求</h2><p align=center><b>工作</b>总结</p>"
        f"<div style='font-weight: bold'>重点</div>甲<br>乙{BODY}"
    )
    blocks = read_html(page(html).encode()).blocks
    assert blocks[0] == Paragraph("一、总体要求", outline=2)
    assert blocks[1] == Paragraph("工作总结", bold=(Span(0, 2),), centred=True)
    assert blocks[2] == Paragraph("重点", bold=(Span(0, 2),))
    assert [b.text for b in blocks[3:5] if isinstance(b, Paragraph)] == ["甲", "乙"]


def test_a_table_of_data_is_a_table_and_a_table_for_layout_is_not() -> None:
    data = "<table><tr><th>指标<td>值<tr><td colspan=2>合计</table>"
    layout = f"<table><tr><td><table><tr><td>{BODY}</td></tr></table></td></tr></table>"
    blocks = read_html(page(data + layout).encode()).blocks
    assert blocks[0] == Table(((Cell("指标"), Cell("值")), (Cell("合计", columns=2),)))
    assert len(blocks) == 10


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gb18030", ""), ("utf-16", ""), ("gbk", "utf-8")],
)
def test_the_charset_is_found_even_when_it_is_wrong_or_missing(
    encoding: str, declared: str
) -> None:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    assert texts(page(BODY, head if declared else ""), encoding)[0] == "各街道、镇："


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(NoText):
        read_html(page("<img src=x>").encode())


def test_deep_nesting_does_no_harm() -> None:
    read = texts(page("<div>" * 3000 + "深" + BODY))
    assert "深" in "".join(read)


PAGE = """<html><head><meta charset="utf-8">
<meta name="ArticleTitle" content="关于印发要点的通知"></head>
<body><table><tr><td>索 引 号：</td><td>SY-1</td><td>发文机关：</td><td>某区科学技术委员会</td></tr>
<tr><td>发文字号</td><td>某科〔2025〕3号</td><td>成文日期</td><td>2025-03-02</td></tr>
<tr><td>主题词</td><td></td><td>有效性：</td><td>有效</td></tr></table>
<div id="ivs_content"><p>各有关单位：</p><p>%s</p>%s</div></body></html>"""
TEXT = "现将要点印发给你们，请认真贯彻执行。" * 8


def record_page(tmp_path: Path, end: str = "") -> Reading:
    path = tmp_path / "页面.html"
    path.write_text(PAGE % (TEXT, end), encoding="utf-8")
    return read_source(extract_file(path))


def test_the_record_a_site_prints_gives_what_the_document_does_not(tmp_path: Path) -> None:
    reading = record_page(tmp_path)
    record = reading.record
    assert (record.title, record.ref_no) == ("关于印发要点的通知", "某科〔2025〕3号")
    assert (record.issuers, str(record.written_date)) == (("某区科学技术委员会",), "2025-03-02")
    found = {each.field: each.lines for each in reading.found}
    assert {name: found[name] for name in ("issuers", "ref_no", "written_date", "title")} == {
        "issuers": (2,), "ref_no": (3,), "written_date": (4,), "title": (6,),
    }  # fmt: skip
    assert reading.sections[0].text == TEXT


def test_what_the_document_says_itself_goes_before_the_record(tmp_path: Path) -> None:
    reading = record_page(tmp_path, "<p>某区科学技术协会</p><p>2025年3月5日</p>")
    assert reading.record.issuers == ("某区科学技术协会",)
    assert str(reading.record.written_date) == "2025-03-05"
    found = {each.field: each.lines for each in reading.found}
    assert (found["issuers"], found["written_date"]) == ((9,), (10,))


def test_a_table_of_the_document_is_no_record(tmp_path: Path) -> None:
    table = "<table><tr><td>名称</td><td>数量</td></tr><tr><td>项目</td><td>3</td></tr></table>"
    path = tmp_path / "页面.html"
    path.write_text(f"<div id=zoom><p>{TEXT}</p>{table}</div>", encoding="utf-8")
    blocks = extract_file(path).blocks
    assert [type(block).__name__ for block in blocks] == ["Paragraph", "Table"]


WORD = """
<p>新增企业<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>三百家<a href="#_ftn2"
name="_ftnref2">[2]</a>。</p><table><tr><td>指标</td><td>增速<a href="#_ftn2"
name="_ftnref3">[2]</a> </td></tr></table><div><hr><div id="ftn1"><p><a href="#_ftnref1"
name="_ftn1">[1]</a> 指<b>高新</b>企业。</p></div><div id="ftn2"><p><a
href="#_ftnref2" name="_ftn2">[2]</a>见公报。</p></div></div>"""
MARKDOWN = """
<p>新增企业<sup id="fnref:1"><a href="#fn:1">1</a></sup>三百家<sup id="fnref:2"><a
href="#fn:2">2</a></sup>。</p>
<ol><li id="fn:1"><p>指高新企业。<a href="#fnref:1">↩</a></p></li>
<li id="fn:2"><p>见公报。<a href="#fnref:2">↩</a></p></li></ol>"""
TWICE = """
<p>甲企业<a id="r1" href="#n">*</a>增长，乙企业<a id="r2" href="#n">*</a>持平。</p>
<p id="n"><a href="#r1">↩1</a> <a href="#r2">↩2</a> 见公报。</p>"""


@pytest.mark.parametrize("written", [WORD, MARKDOWN], ids=["Word", "Markdown"])
def test_notes_that_link_to_their_marks_are_taken_out_with_their_places(written: str) -> None:
    source = read_html(page(f"<article>{BODY}{written}</article>").encode())
    *_, last = [block for block in source.blocks if isinstance(block, Paragraph)]

    assert source.footnotes == (Footnote("1", "指高新企业。"), Footnote("2", "见公报。"))
    assert (last.text, last.notes) == ("新增企业三百家。", (NoteMark(4, 0), NoteMark(7, 1)))
    for table in (block for block in source.blocks if isinstance(block, Table)):
        assert table.rows == ((Cell("指标"), Cell("增速", notes=(NoteMark(2, 1),))),)


def test_a_note_with_two_marks_loses_both_ways_back() -> None:
    source = read_html(page(f"<article>{BODY}{TWICE}</article>").encode())

    assert source.footnotes == (Footnote("*", "见公报。"),)
    assert source.blocks[-1] == Paragraph(
        "甲企业增长，乙企业持平。", notes=(NoteMark(3, 0), NoteMark(9, 0))
    )


@pytest.mark.parametrize(
    "written",
    [
        '<p><a href="#s1" id="t1">一</a></p><h2 id="s1"><a href="#t1">回</a>总则</h2><p>正文。</p>',
        '<p>见<a href="#s1" id="t1">表1</a>。</p><p>如前文<a id="s1" href="#t1">所述</a>。</p>',
        '<p>见<a href="#s1">注1</a>。</p><p id="s1">没有返回链接的一段。</p>',
        '<p>见<a href="#">1</a>、<a href="#无">2</a>。</p>',
        '<div id="a"><a href="#r">回</a><p id="b"><a href="#r">1</a></p></div>',
        '<p>甲\U000f0000<a href="#n" id="r">1</a></p><p id="n">乙<a href="#r">1</a></p>',
    ],
)
def test_other_links_within_a_page_are_text(written: str) -> None:
    source = read_html(page(f"<article>{BODY}{written}</article>").encode())

    assert source.footnotes == ()
    assert not any(block.notes for block in source.blocks if isinstance(block, Paragraph))
    shown = "".join(block.text for block in source.blocks if isinstance(block, Paragraph))
    words = re.sub(r"<[^>]+>", "", written)
    assert shown.endswith(words)


def test_a_note_inside_a_note_is_read_with_it() -> None:
    nested = '<p>甲<a href="#a" id="r">1</a>乙<a href="#b" id="s">2</a></p>'
    nested += '<ul><li id="a">外<a href="#r">1</a><p id="b">内<a href="#s">2</a></p></li></ul>'
    source = read_html(page(f"<article>{BODY}{nested}</article>").encode())
    assert source.footnotes == (Footnote("1", "外内2"),)
    assert isinstance(source.blocks[-1], Paragraph)
    assert source.blocks[-1].text == "甲乙2"
