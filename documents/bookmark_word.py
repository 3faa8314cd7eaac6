"""Writes bookmarks as a Word file."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document as WordDocument
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Pt

from documents.bookmark_export import Exported
from documents.text.characters import repair

FONTS = {
    "Normal": "宋体",
    "Heading 1": "黑体",
    "Heading 2": "黑体",
    "Title": "黑体",
    "Quote": "楷体",
}


def as_docx(rows: Sequence[Exported], title: str) -> bytes:
    """A file whose headings make an outline: documents, and in them the marked sections."""
    word = WordDocument()
    _set_fonts(word)
    word.core_properties.title = repair(title)[:255]
    word.core_properties.author = ""
    word.add_heading(repair(title), 0)
    document = None
    for row in rows:
        if row.document != document:
            document = row.document
            word.add_heading(repair(row.source), 1)
        _add(word, row)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_fonts(word: Word) -> None:
    for name, font in FONTS.items():
        style = word.styles[name]
        style.font.name = "Times New Roman"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), font)
        # Theme fonts would win over the named ones.
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    word.styles["Normal"].font.size = Pt(12)
    word.styles["Quote"].font.italic = False


def _add(word: Word, row: Exported) -> None:
    word.add_heading(repair(row.heading), 2)
    if row.changed:
        word.add_paragraph().add_run("原文已变动，下面是收藏时的摘录。").bold = True
    if row.bookmark.quote:
        word.add_paragraph(repair(row.bookmark.quote), style="Quote")
    for sign, text in row.footnotes:
        word.add_paragraph(repair(f"原注{sign}：{text}"))
    if row.bookmark.note:
        word.add_paragraph("笔记：" + repair(row.bookmark.note))
    for label, names in (("标签", row.tags), ("书签夹", row.folders)):
        if names:
            word.add_paragraph(f"{label}：{repair('、'.join(names))}")
    word.add_paragraph(row.url)
