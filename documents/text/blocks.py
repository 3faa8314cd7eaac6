"""The blocks that pass between the steps of reading, and how plain text becomes source blocks."""

from __future__ import annotations

import re
from typing import NamedTuple

from documents.text.characters import repair
from documents.text.values import Cell, Line, NoteMark, Paragraph, Source, Span, Table


class Block(NamedTuple):
    """A line or a paragraph on its way through reading.

    ``whole`` is true for a paragraph that needs no reflow, ``line`` is the 1-based number of its
    source block, ``after_break`` tells that a page begins with it, ``after_rule`` that a printed
    rule stands before it, ``short`` that it ends before the right margin of a hard-wrapped text.
    ``notes`` are the marks taken out of ``text``, in order; they move along when it is cut.
    """

    text: str
    line: int
    whole: bool = False
    page: int | None = None
    after_break: bool = False
    after_rule: bool = False
    short: bool = False
    outline: int | None = None
    style: str | None = None
    centred: bool = False
    bold: tuple[Span, ...] = ()
    x0: float | None = None
    x1: float | None = None
    y: float | None = None
    size: float | None = None
    page_width: float | None = None
    page_height: float | None = None
    table: bool = False
    font: str | None = None
    notes: tuple[NoteMark, ...] = ()

    def but(self, **changes: object) -> Block:
        """A copy with other values."""
        return self._replace(**changes)  # type: ignore[arg-type]


_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t\u3000]*(?=[^#\s])(.*?)[ \t#]*$")
_RULE = re.compile(r"^ {0,3}(?:-{3,}|\*{3,}|_{3,}|={3,}|(?:- ){2,}-|—{6,}|─{3,}|━{3,})\s*$")
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_TABLE_RULE = re.compile(r"^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*|\*\*")
_WORD = re.compile(r"\S+")
_LINE_BREAK = re.compile(r"\r\n?|\n|\u2028|\u2029|\x85|\x0b")


def source_of_text(text: str, format: str = "txt") -> Source:  # noqa: A002 - the field's name
    """Splits plain text or Markdown into source blocks, for :func:`documents.text.read_source`.

    One :class:`Line` a printed line, blank lines included; a form feed begins a page. Markdown
    headings become paragraphs with an ``outline``, pipe tables become tables, ``**`` stays in
    the lines until reflow has put the paragraphs together (a bold run may cross a line's end).
    """
    blocks: list[Line | Paragraph | Table] = []
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        where = number if len(pages) > 1 else None
        rows: list[str] = []
        for raw in _LINE_BREAK.split(page):
            if "|" in raw and _TABLE_ROW.match(raw):
                rows.append(raw)
                continue
            if rows:
                blocks.extend(_table(rows, where))
                rows = []
            heading = _HEADING.match(raw) if raw.lstrip().startswith("#") else None
            if heading:
                clean = heading.group(2).replace("**", "")
                blocks.append(Paragraph(clean, page=where, outline=len(heading.group(1))))
            else:
                blocks.append(Line(raw, page=where))
        blocks.extend(_table(rows, where))
    return Source(format=format, blocks=tuple(blocks), pages=len(pages) if len(pages) > 1 else None)


def _table(rows: list[str], page: int | None) -> list[Line | Paragraph | Table]:
    if len(rows) < 2 or not any(_TABLE_RULE.match(row) for row in rows):
        return [Line(row, page=page) for row in rows]
    kept = [row.strip().strip("|").split("|") for row in rows if not _TABLE_RULE.match(row)]
    return [Table(tuple(tuple(Cell(c.strip()) for c in row) for row in kept), page=page)]


def is_rule(text: str) -> bool:
    """Whether a line is a printed or Markdown rule."""
    return _RULE.match(text) is not None


def blocks_of(source: Source) -> list[Block]:
    """All blocks of ``source`` as working blocks; a table gives one block a row."""
    blocks: list[Block] = []
    for number, block in enumerate(source.blocks, start=1):
        if isinstance(block, Table):
            for row in block.rows:
                text = "\t".join(" ".join(cell.text.split()) for cell in row)
                notes = _row_notes(row) if any(cell.notes for cell in row) else ()
                blocks.append(
                    Block(repair(text), number, True, block.page, table=True, notes=notes)
                )
        elif isinstance(block, Paragraph):
            blocks.extend(_paragraph(block, number))
        else:
            blocks.append(_line(block, number))
    return blocks


def _row_notes(row: tuple[Cell, ...]) -> tuple[NoteMark, ...]:
    """The marks of a row's cells, counted in the text of the whole row."""
    notes, at = [], 0
    for cell in row:
        words = repair(" ".join(cell.text.split()))
        for mark in cell.notes:
            before = len("".join(repair(cell.text[: mark.at]).split()))
            notes.append(NoteMark(at + behind(words, before), mark.note))
        at += len(words) + 1
    return tuple(notes)


def behind(text: str, count: int) -> int:
    """The offset behind the first ``count`` characters of ``text`` that are not white space."""
    at = 0
    for word in _WORD.finditer(text):
        if count <= 0:
            break
        at = min(word.start() + count, word.end())
        count -= word.end() - word.start()
    return at


def moved(notes: tuple[NoteMark, ...], by: int, length: int) -> tuple[NoteMark, ...]:
    """``notes`` when ``by`` characters come before them, within a text of ``length``."""
    return tuple(NoteMark(min(max(mark.at + by, 0), length), mark.note) for mark in notes)


def _line(line: Line, number: int) -> Block:
    text = repair(line.text).replace("\u3000", " ") if line.text.isspace() else repair(line.text)
    if line.x0 is None and not line.bold and line.font is None:
        return Block(text, number, page=line.page)  # a line of a text file
    return Block(
        text, number, page=line.page, x0=line.x0, x1=line.x1, y=line.y, size=line.size,
        page_width=line.page_width, page_height=line.page_height,
        bold=(Span(0, len(text)),) if line.bold and text else (), font=line.font,
    )  # fmt: skip


def _paragraph(paragraph: Paragraph, number: int) -> list[Block]:
    made, at = [], 0
    for piece in paragraph.text.split("\n"):
        spans = tuple(
            Span(max(s.start - at, 0), min(s.end - at, len(piece)))
            for s in paragraph.bold
            if s.start < at + len(piece) and s.end > at
        )
        text = repair(piece)
        notes = tuple(
            NoteMark(len(repair(piece[: mark.at - at])), mark.note)
            for mark in paragraph.notes
            if at <= mark.at <= at + len(piece)
        )
        made.append(
            Block(text, number, True, paragraph.page, outline=paragraph.outline,
                  style=paragraph.style, centred=paragraph.centred,
                  bold=spans if len(text) == len(piece) else (), notes=notes)
        )  # fmt: skip
        at += len(piece) + 1
    return made


def without_marks(block: Block) -> Block:
    """Turns Markdown's ``**`` pairs into bold spans; a mark without a partner is dropped."""
    if "**" not in block.text:
        return block
    pieces: list[str] = []
    spans: list[Span] = []
    signs: list[int] = []
    at, length = 0, 0
    for match in _BOLD.finditer(block.text):
        before = block.text[at : match.start()]
        pieces.append(before)
        length += len(before)
        if match.group(1):
            pieces.append(match.group(1))
            spans.append(Span(length, length + len(match.group(1))))
            length += len(match.group(1))
            signs += [match.start(), match.end() - 2]
        else:
            signs.append(match.start())
        at = match.end()
    pieces.append(block.text[at:])
    notes = tuple(
        NoteMark(mark.at - sum(min(max(mark.at - sign, 0), 2) for sign in signs), mark.note)
        for mark in block.notes
    )
    return block.but(text="".join(pieces), bold=tuple(spans), notes=notes)


def trimmed(block: Block) -> Block:
    """The block without white space at its ends, bold spans moved along."""
    text = block.text.strip()
    shift = len(block.text) - len(block.text.lstrip())
    if text == block.text:
        return block
    spans = tuple(
        Span(max(s.start - shift, 0), min(s.end - shift, len(text)))
        for s in block.bold
        if s.end > shift and s.start - shift < len(text)
    )
    return block.but(text=text, bold=spans, notes=moved(block.notes, -shift, len(text)))
