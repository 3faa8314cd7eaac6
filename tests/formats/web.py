"""Puts a manuscript on the pages of the platforms that government sites are built with."""

from __future__ import annotations

from html import escape

from tests.formats.manuscript import Block, Kind, Manuscript

_NAVIGATION = (
    '<div class="top"><a href="/">首页</a><a href="/xxgk/">政务公开</a><a href="/hd/">互动交流</a>'
    "</div>"
)
_FOOTER = (
    '<div class="footer"><p>主办：某某区人民政府办公室　网站标识码：3100000000</p>'
    "<p>沪ICP备00000000号　版权所有　未经书面授权禁止使用</p></div>"
)
_SHARE = '<div class="share">分享到：<a>微信</a><a>微博</a>【字体：大 中 小】【打印】【关闭】</div>'


def trs(manuscript: Manuscript) -> str:
    """TRS WCM: the text in ``TRS_Editor``, between a breadcrumb and related links."""
    body = "".join(_paragraph(block, "　　") for block in manuscript.blocks)
    return _page(
        manuscript,
        f'<div class="wz">当前位置：<a>首页</a> &gt; <a>政务公开</a> &gt; 正文</div>'
        f'{_record(manuscript)}<h1 class="title">{escape(_title(manuscript))}</h1>'
        f'<div class="info">发布时间：2025-04-02　来源：区科委　浏览次数：<span>120</span></div>'
        f'<div class="view TRS_UEDITOR trs_paper_default trs_web"><div class="TRS_Editor">'
        f"<style>.TRS_Editor P{{line-height:2}}</style>{body}</div></div>"
        f'<div class="xgwj"><h3>相关文件</h3><ul><li><a>关于某事的解读</a></li></ul></div>',
    )


def ucap(manuscript: Manuscript) -> str:
    """UCAP: a layout table, the record table above, the text in ``#UCAP-CONTENT``."""
    body = "".join(_paragraph(block, "") for block in manuscript.blocks)
    return _page(
        manuscript,
        f'<div class="BreadcrumbNav">首页 &gt; 政策 &gt; 文件库</div>{_record(manuscript)}'
        f'<table width="100%"><tr><td><div class="pages_content"><div id="UCAP-CONTENT">{body}'
        f"</div></div></td></tr></table><div>责任编辑：某某</div>",
    )


def ivs(manuscript: Manuscript) -> str:
    """The Shanghai city sites: ``#ivs_content``, spans in paragraphs, breaks inside them."""
    body = "".join(
        f"<p><span>&emsp;&emsp;</span><span>{_words(block)}</span></p>"
        for block in manuscript.blocks
        if block.kind is not Kind.PAGE
    )
    return _page(
        manuscript,
        f'<div class="crumbs"><a>首页</a>/<a>要闻</a></div><h2 id="ivs_title">'
        f"{escape(_title(manuscript))}<small>(2025-04-02)</small></h2>"
        f'<div class="Article_content"><div id="ivs_content">{body}</div></div>',
    )


PLATFORMS = {"trs": trs, "ucap": ucap, "ivs": ivs}


def _page(manuscript: Manuscript, inside: str) -> str:
    title = escape(_title(manuscript))
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2025-04-02">'
        f"<title>{title}_某某区人民政府</title><script>var a = 1 < 2;</script></head><body>"
        f"{_NAVIGATION}{inside}{_SHARE}{_FOOTER}</body></html>"
    )


def _title(manuscript: Manuscript) -> str:
    return manuscript.reading.record.title or ""


def _record(manuscript: Manuscript) -> str:
    """The record that sites print above a document (GB/T 33480, 政府信息公开目录)."""
    record = manuscript.reading.record
    rows = (
        ("索 引 号：", "SY0000001-2025-001", "主题分类：", "科技、教育\\科技"),
        ("发文机关：", "、".join(record.issuers), "成文日期：", str(record.written_date or "")),
        ("标　　题：", record.title or "", "发文字号：", record.ref_no or ""),
    )
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table class="bd1"><tbody>{cells}</tbody></table>'


def _paragraph(block: Block, indent: str) -> str:
    if block.kind is Kind.PAGE:
        return "<p>&nbsp;</p>"
    if block.kind in {Kind.LETTERHEAD, Kind.REF_NO, Kind.TITLE}:
        return f'<p align="center" style="text-align:center">{_words(block)}</p>\n'
    if block.kind in {Kind.SIGNATURE, Kind.DATE}:
        return f'<p style="text-align: right">{_words(block)}</p>\n'
    lead = indent if block.kind is Kind.BODY else ""
    return f"<p>{lead}{_words(block)}</p>\n"


def _words(block: Block) -> str:
    made = escape(block.number)
    for run in block.runs:
        words = escape(run.text)
        made += f"<strong>{words}</strong>" if run.bold else words
    return made
