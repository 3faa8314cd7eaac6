"""Collects the characters of one paragraph: what is printed, what is bold, what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from documents.extraction.docx.names import W, child, number, switch, value
from documents.extraction.docx.styles import Style, Styles
from documents.extraction.markup import Element
from documents.text.values import NoteMark, Span

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FOLLOWED = frozenset(
    f"{W}{name}"
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "customXml",
                 "fldSimple", "dir", "bdo", "ruby", "rubyBase")
)  # fmt: skip
_FIXED = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_MARGIN_TOP = re.compile(r"margin-top:\s*(-?[\d.]+)")


class Notes(Protocol):
    """Takes note of references in the order they are met."""

    def refer(self, kind: str, note_id: str | None) -> int | None:
        """The number of the note of ``kind`` ``footnote`` or ``endnote``, where it counts."""


@dataclass(slots=True)
class Pages:
    """Counts pages: those that Word marked when it last laid the document out, if it did.

    Without its marks only the breaks its author set are known. Where both stand, Word's count,
    since it marks the page after a set break as well.
    """

    known: bool
    rendered: bool = False
    current: int = 1

    def broken(self) -> None:
        """Note a break that the author set."""
        if self.known and not self.rendered:
            self.current += 1


@dataclass(slots=True)
class Runs:
    """The text of a paragraph while it is read."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    boxes_before: list[Element] = field(default_factory=list)
    boxes_after: list[Element] = field(default_factory=list)
    page: int | None = None
    length: int = 0
    notes: list[NoteMark] = field(default_factory=list)

    def refer(self, note: int | None) -> None:
        """Keep the place of the mark of a note that counts."""
        if note is not None:
            self.notes.append(NoteMark(self.length, note))

    @property
    def text(self) -> str:
        """All characters collected so far."""
        return "".join(text for text, _ in self.pieces)

    def bold_spans(self) -> tuple[Span, ...]:
        """The bold ranges; blanks between two bold runs do not part them."""
        spans: list[Span] = []
        at = 0
        text = self.text
        for piece, bold in self.pieces:
            end = at + len(piece)
            if bold and piece.strip():
                if spans and not text[spans[-1].end : at].strip():
                    spans[-1] = Span(spans[-1].start, end)
                else:
                    spans.append(Span(at, end))
            at = end
        return tuple(spans)


class RunReader:
    """Reads the inline content of paragraphs."""

    def __init__(self, styles: Styles, notes: Notes, pages: Pages) -> None:
        self._styles = styles
        self._notes = notes
        self._pages = pages

    def read(self, paragraph: Element, style: Style, into: Runs) -> None:
        """Add what ``paragraph`` prints to ``into``; deleted and hidden text is not printed."""
        for element in paragraph:
            self._inline(element, style, into)

    def _inline(self, element: Element, style: Style, into: Runs) -> None:
        tag = element.tag
        if tag == f"{W}r":
            self._run(element, style, into)
        elif tag in _FOLLOWED:
            for inner in element:
                self._inline(inner, style, into)
        elif tag == f"{_MC}AlternateContent":
            for inner in chosen(element):
                self._inline(inner, style, into)
        elif isinstance(tag, str) and tag.startswith(_MATH):
            text = "".join(part.text or "" for part in element.iter(f"{_MATH}t"))
            self._add(text, False, into)

    def _run(self, run: Element, style: Style, into: Runs) -> None:
        properties = child(run, "rPr")
        if self._hidden(properties, style):
            return
        bold = self._bold(properties, style)
        for element in run:
            self._content(element, style, bold, into)

    def _content(self, element: Element, style: Style, bold: bool, into: Runs) -> None:
        tag = element.tag
        if tag == f"{W}t":
            self._add(element.text or "", bold, into)
        elif tag == f"{W}lastRenderedPageBreak":
            self._pages.current += 1
        elif tag == f"{W}br":
            # A page or column break ends no line of the text.
            kind = value(element, "type")
            if kind == "page":
                self._pages.broken()
            elif kind != "column":
                self._add("\n", bold, into)
        elif tag == f"{W}sym":
            self._add(_symbol(element), bold, into)
        elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            kind = "footnote" if tag == f"{W}footnoteReference" else "endnote"
            into.refer(self._notes.refer(kind, value(element, "id")))
        elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            _boxes(element, into)
        elif tag == f"{_MC}AlternateContent":
            for inner in chosen(element):
                self._content(inner, style, bold, into)
        elif tag == f"{W}ruby":
            self._inline(element, style, into)
        elif isinstance(tag, str) and tag.startswith(W):
            self._add(_FIXED.get(tag.removeprefix(W), ""), bold, into)

    def _add(self, text: str, bold: bool, into: Runs) -> None:
        if not text:
            return
        if into.page is None and text.strip() and self._pages.known:
            into.page = self._pages.current
        into.pieces.append((text, bold))
        into.length += len(text)

    def _bold(self, properties: Element | None, style: Style) -> bool:
        own = switch(child(properties, "b"))
        if own is not None:
            return own
        character = self._styles.resolve(value(child(properties, "rStyle")))
        # A toggle property set by both styles cancels out (§17.7.3).
        return self._styles.default_bold or bool(style.bold) != bool(character.bold)

    def _hidden(self, properties: Element | None, style: Style) -> bool:
        own = switch(child(properties, "vanish"))
        if own is not None:
            return own
        character = self._styles.resolve(value(child(properties, "rStyle")))
        return bool(style.hidden) != bool(character.hidden)


def chosen(alternate: Element) -> Iterator[Element]:
    """The content of ``mc:AlternateContent`` that is read: the choice, or else the fallback."""
    choice = alternate.find(f"{_MC}Choice")
    branch = alternate.find(f"{_MC}Fallback") if choice is None else choice
    return iter(()) if branch is None else iter(branch)


def _symbol(element: Element) -> str:
    """A character of a symbol font; those in the private use area have no text of their own."""
    code = value(element, "char") or ""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    return chr(point) if 0x20 <= point < 0xD800 or 0xF900 <= point <= 0xFFFD else ""


def _boxes(element: Element, into: Runs) -> None:
    """Hang the text boxes in a drawing on the paragraph, above or below as they are placed."""
    inside: set[Element] = set()
    for box in element.iter(f"{W}txbxContent"):
        outer = any(above in inside for above in box.iterancestors(f"{W}txbxContent"))
        fallback = any(above.tag == f"{_MC}Fallback" for above in box.iterancestors())
        within = any(above is element for above in box.iterancestors(f"{_MC}Fallback"))
        if outer or (fallback and not within):
            continue
        inside.add(box)
        (into.boxes_after if _is_below(element) else into.boxes_before).append(box)


def _is_below(drawing: Element) -> bool:
    """Whether a drawing is set off downwards from its paragraph, as an imprint box is."""
    offset = drawing.find(f".//{_DRAWING}positionV/{_DRAWING}posOffset")
    if offset is not None:
        try:
            return int((offset.text or "0").strip()[:12]) > 0
        except ValueError:
            return False
    for shape in drawing.iter():
        if match := _MARGIN_TOP.search(shape.get("style") or ""):
            return float(match[1].strip(".") or 0) > 0
    return False


def level_of(properties: Element | None) -> tuple[int | None, int | None]:
    """A paragraph's own list and level (``w:numPr``); ``None`` leaves them to its style."""
    numbering = child(properties, "numPr")
    return number(child(numbering, "numId")), number(child(numbering, "ilvl"))
