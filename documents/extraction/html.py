"""Reads the body of a government web page, without the site around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from documents.extraction.errors import NoText
from documents.extraction.html_notes import take_notes, without_signs
from documents.extraction.page_record import is_record, page_record
from documents.extraction.plain import decode_text, with_warnings
from documents.text.values import Cell, NoteMark, Paragraph, Source, Span, Table

# Where the usual publishing platforms (UCAP, TRS, the Shanghai city sites) put the document.
_BODIES = (
    "#UCAP-CONTENT", "#ivs_content", ".TRS_Editor", ".trs_editor_view", "#zoom", "#Zoom",
    ".Article_content", ".article-content", ".pages_content", ".xxgk_content", ".content",
    "article", "main", "body",
)  # fmt: skip
_DROPPED = (
    "script, style, noscript, template, iframe, object, embed, svg, form, button, select, nav, "
    "header, footer, head, .share, .breadcrumb, .bread, .crumbs, [hidden]"
)
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5",
        "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_ENOUGH = 100  # characters; a body with fewer is an empty shell, and the next place is tried
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_CENTRED_STYLE = re.compile(r"text-align:\s*center", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_MAX_DEPTH = 200


def read_html(data: bytes) -> Source:
    """The paragraphs and tables of a page's document; nothing it refers to is ever fetched.

    The declared charset is tried first, GB2312 and GBK as GB18030. Raises ``NoText`` for a page
    without text and ``UnsupportedFormat`` for binary content.
    """
    declared = _declared(data)
    text = declared if declared is not None else decode_text(data).text
    tree = LexborHTMLParser(text)
    record = page_record(tree)
    for node in tree.css(_DROPPED):
        if node.tag not in {"html", "body"}:
            node.decompose()
    footnotes = take_notes(tree)
    builder = _Builder(without_signs if footnotes else lambda text: (text, ()))
    body = _body(tree)
    if body is not None:
        builder.walk(body, 0)
    builder.close()
    if not builder.blocks:
        raise NoText("网页里没有文字。请在浏览器里另存为 .pdf 或复制成 .docx 后再上传。")
    blocks = (*(Paragraph(line) for line in record), *builder.blocks)
    source = Source("html", blocks, footnotes)
    return source if declared is not None else with_warnings(source, decode_text(data))


def _declared(data: bytes) -> str | None:
    """The text by the page's own charset, where it names one that its bytes agree with."""
    match = _CHARSET.search(data[:4096])
    if match is None or b"\0" in data[:4096]:
        return None
    name = match[1].decode("ascii").lower()
    try:
        return data.decode("gb18030" if name in {"gb2312", "gbk", "x-gbk"} else name)
    except (LookupError, ValueError):
        return None


def _body(tree: LexborHTMLParser) -> LexborNode | None:
    for selector in _BODIES:
        for node in tree.css(selector):
            if len("".join(node.text().split())) >= _ENOUGH:
                return node
    return tree.body


class _Builder:
    """Collects blocks while the tree is walked."""

    def __init__(self, read: Callable[[str], tuple[str, tuple[NoteMark, ...]]]) -> None:
        self._read = read
        self.blocks: list[Paragraph | Table] = []
        self._pieces: list[tuple[str, bool]] = []
        self._outline: int | None = None
        self._centred = False

    def walk(self, node: LexborNode, depth: int, bold: bool = False, centred: bool = False) -> None:
        """Read ``node``; its text is ``bold`` and ``centred`` as what it stands in."""
        if depth > _MAX_DEPTH:  # no page is built so on purpose: its text is kept, flat
            self._add(node.text(separator=""), bold, centred)
            return
        tag = node.tag
        if tag == "-text":
            self._add(node.text_content or "", bold, centred)
            return
        style = (node.attributes or {}).get("style") or ""
        align = (node.attributes or {}).get("align") or ""
        bold = bold or tag in {"b", "strong", "th"} or bool(_BOLD_STYLE.search(style))
        centred = (
            centred or tag == "center" or align == "center" or bool(_CENTRED_STYLE.search(style))
        )
        if tag == "table" and _is_data(node):
            self.close()
            if not is_record(node):  # that one is read for itself
                self.blocks.append(self._table(node))
            return
        if tag in _BLOCKS:
            self.close()
        heading = re.fullmatch(r"h([1-6])", tag or "")
        if heading:
            self._outline = int(heading[1])
        for child in node.iter(include_text=True):
            self.walk(child, depth + 1, bold, centred)
        if tag in _BLOCKS:
            self.close()

    def close(self) -> None:
        """End the paragraph that is open, if it holds anything."""
        text = ""
        spans: list[Span] = []
        notes: list[NoteMark] = []
        for piece, bold in self._pieces:
            words, marks = self._read(piece if text else piece.lstrip())
            notes += (NoteMark(len(text) + mark.at, mark.note) for mark in marks)
            if bold and words.strip():
                start = len(text)
                if spans and spans[-1].end == start:
                    start = spans.pop().start
                spans.append(Span(start, len(text) + len(words)))
            text += words
        text = text.rstrip()
        if text.strip("\u3000 "):
            bold_ranges = tuple(Span(s.start, min(s.end, len(text))) for s in spans)
            self.blocks.append(
                Paragraph(
                    text,
                    outline=self._outline,
                    bold=bold_ranges,
                    centred=self._centred,
                    notes=tuple(notes),
                )
            )
        self._pieces, self._outline, self._centred = [], None, False

    def _table(self, node: LexborNode) -> Table:
        rows = (tuple(map(self._cell, row.css("td, th"))) for row in node.css("tr"))
        return Table(tuple(row for row in rows if row))

    def _cell(self, node: LexborNode) -> Cell:
        text, notes = self._read(_BLANKS.sub(" ", node.text(separator="")).strip())
        return Cell(text, _span(node, "colspan"), _span(node, "rowspan"), notes)

    def _add(self, text: str, bold: bool, centred: bool) -> None:
        words = _BLANKS.sub(" ", text)
        if not words.strip() and not self._pieces:
            return
        self._pieces.append((words, bold))
        self._centred = self._centred or centred


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data: one that holds tables or paragraphs only lays the page out."""
    if len(table.css("table")) > 1:
        return False
    cells = table.css("td, th")
    return len(cells) > 1 and max(len(cell.css("p")) for cell in cells) <= 3


def _span(node: LexborNode, name: str) -> int:
    written = (node.attributes or {}).get(name) or "1"
    return min(max(int(written), 1), 100) if written.isascii() and written.isdigit() else 1
