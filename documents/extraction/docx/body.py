"""Walks through the body of a Word document and gives its paragraphs and tables in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.extraction.docx.names import W, child, number, switch, value
from documents.extraction.docx.numbering import Numbering
from documents.extraction.docx.runs import Notes, Pages, RunReader, Runs, chosen, level_of
from documents.extraction.docx.styles import Style, Styles
from documents.extraction.markup import Element
from documents.text.values import Cell, NoteMark, Paragraph, Span, Table

_MC_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_FOLLOWED = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_BODY_OUTLINE = 9
Block = Paragraph | Table


@dataclass(slots=True)
class _OpenCell:
    """A cell on its way into a table; ``rows`` grows while cells below are merged into it."""

    text: str
    columns: int
    notes: tuple[NoteMark, ...]
    rows: int = 1


class BodyReader:
    """Reads block content; counters and pages run on from call to call, in reading order."""

    def __init__(self, styles: Styles, numbering: Numbering, notes: Notes, pages: Pages) -> None:
        self._styles = styles
        self._numbering = numbering
        self._pages = pages
        self._runs = RunReader(styles, notes, pages)

    def read(self, container: Element) -> Iterator[Block]:
        """The blocks of ``container``: a body, a cell, a note or a text box."""
        pending: Runs | None = None  # a paragraph whose end mark is a tracked deletion
        for element in _blocks(container):
            if element.tag == f"{W}tbl":
                yield from self._table(element)
                continue
            runs, style = pending or Runs(), self._style(element)
            properties = child(element, "pPr")
            if switch(child(properties, "pageBreakBefore")):
                self._pages.broken()
            self._runs.read(element, style, runs)
            pending = runs if _mark_is_deleted(element) else None
            if pending is None:
                yield from self._finish(element, style, runs)
            if _begins_page(child(properties, "sectPr")):
                self._pages.broken()
        if pending is not None and pending.text.strip():
            bold, notes = pending.bold_spans(), tuple(pending.notes)
            yield Paragraph(pending.text, pending.page, bold=bold, notes=notes)

    def text(self, container: Element) -> str:
        """All text of ``container``, a line a paragraph; nested tables cell by cell."""
        return self._cell(container).text

    def _cell(self, container: Element, columns: int = 1) -> _OpenCell:
        lines: list[str] = []
        notes: list[NoteMark] = []
        at = 0  # where the line that comes next begins
        for block in self.read(container):
            rows = ((block,),) if isinstance(block, Paragraph) else block.rows
            for row in rows:
                lines.append("\t".join(cell.text for cell in row))
                for cell in row:
                    notes += (NoteMark(at + mark.at, mark.note) for mark in cell.notes)
                    at += len(cell.text) + 1
        return _OpenCell("\n".join(lines), columns, tuple(notes))

    def _style(self, paragraph: Element) -> Style:
        own = value(child(child(paragraph, "pPr"), "pStyle"))
        return self._styles.resolve(own or self._styles.default_paragraph)

    def _finish(self, element: Element, style: Style, runs: Runs) -> Iterator[Block]:
        label = self._label(element, style)
        for box in runs.boxes_before:
            yield from self.read(box)
        if runs.text.strip():
            yield self._paragraph(element, style, runs, label)
        for box in runs.boxes_after:
            yield from self.read(box)

    def _paragraph(self, element: Element, style: Style, runs: Runs, label: str) -> Paragraph:
        properties = child(element, "pPr")
        outline = number(child(properties, "outlineLvl"))
        if outline is None:
            outline = style.outline
        align = value(child(properties, "jc"))
        return Paragraph(
            text=label + runs.text,
            page=runs.page,
            style=style.name,
            outline=None if outline is None or not 0 <= outline < _BODY_OUTLINE else outline + 1,
            bold=_shifted(runs.bold_spans(), len(label), len(runs.text)),
            centred=bool(style.centred) if align is None else align in {"center", "centre"},
            notes=tuple(NoteMark(mark.at + len(label), mark.note) for mark in runs.notes),
        )

    def _label(self, element: Element, style: Style) -> str:
        """The automatic number; a paragraph without text of its own is counted all the same."""
        num_id, depth = level_of(child(element, "pPr"))
        if num_id is None:
            num_id = style.num_id
        if not num_id:  # 0 takes the style's number away
            return ""
        if depth is None:
            depth = self._numbering.level_of_style(num_id, style.num_style)
        if depth is None:
            depth = style.num_level or 0
        return self._numbering.label(num_id, depth)

    def _table(self, element: Element) -> Iterator[Block]:
        rows = [row for row in _rows(element) if child(child(row, "trPr"), "del") is None]
        cells = [list(_cells(row)) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:
            yield from self.read(cells[0][0])  # a frame around text, not a table
            return
        page = self._pages.current if self._pages.known else None
        table = self._grid(cells)
        if any(cell.text.strip() for row in table for cell in row):
            yield Table(table, page)

    def _grid(self, rows: list[list[Element]]) -> tuple[tuple[Cell, ...], ...]:
        """Cells once each: one that is merged with those above only makes the first taller."""
        above: dict[int, _OpenCell] = {}
        grid: list[list[_OpenCell]] = []
        for row in rows:
            kept: list[_OpenCell] = []
            column = 0
            for element in row:
                properties = child(element, "tcPr")
                span = min(max(number(child(properties, "gridSpan")) or 1, 1), 63)
                merge = child(properties, "vMerge")
                if merge is not None and value(merge) != "restart" and column in above:
                    above[column].rows += 1
                else:
                    cell = self._cell(element, span)
                    kept.append(cell)
                    above.pop(column, None)
                    if merge is not None:
                        above[column] = cell
                column += span
            grid.append(kept)
        return tuple(
            tuple(Cell(c.text, c.columns, c.rows, c.notes) for c in row) for row in grid if row
        )


def _blocks(container: Element | Iterable[Element]) -> Iterator[Element]:
    """Paragraphs and tables, through the wrappers that print nothing themselves."""
    for element in container:
        if element.tag in {f"{W}p", f"{W}tbl"}:
            yield element
        elif element.tag in _FOLLOWED:
            yield from _blocks(element)
        elif element.tag == _MC_ALTERNATE:
            yield from _blocks(chosen(element))


def _rows(table: Element) -> Iterator[Element]:
    for element in table:
        if element.tag == f"{W}tr":
            yield element
        elif element.tag in _FOLLOWED:
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element]:
    for element in row:
        if element.tag == f"{W}tc":
            yield element
        elif element.tag in _FOLLOWED:
            yield from _cells(element)


def _begins_page(section: Element | None) -> bool:
    """Whether what follows the end of a ``section`` stands on a new page (§17.6.22)."""
    if section is None:
        return False
    return value(child(section, "type")) not in {"continuous", "nextColumn"}


def _mark_is_deleted(paragraph: Element) -> bool:
    mark = child(child(paragraph, "pPr"), "rPr")
    return child(mark, "del") is not None or child(mark, "moveFrom") is not None


def _shifted(spans: tuple[Span, ...], by: int, length: int) -> tuple[Span, ...]:
    """Bold spans behind the automatic number, which is bold where the whole text is."""
    if by and spans == (Span(0, length),):
        return (Span(0, by + length),)
    return tuple(Span(span.start + by, span.end + by) for span in spans)
