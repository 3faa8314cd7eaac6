"""A web page reads as the document on it, without the site around it."""

from __future__ import annotations

import pytest

from documents.extraction import NoText
from documents.extraction.html import read_html
from documents.text.values import Cell, Paragraph, Span, Table

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
