"""What stands before the body of a part, while it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from documents.text.blocks import Block
from documents.text.characters import joined
from documents.text.values import Element, ElementKind


@dataclass(slots=True)
class Front:
    """What stands before the body of one part; ``body`` is the index its body starts at.

    ``given`` are the fields of the record that a site prints above the document, by their labels.
    ``title_notes`` are the marks of notes in the title: the note, the printed characters before.
    """

    title_lines: list[str] = field(default_factory=list)
    title_notes: list[tuple[int, int]] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    letterhead: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    ref_no: str | None = None
    recipients: str | None = None
    speaker: str | None = None
    body: int = 0

    @property
    def title(self) -> str | None:
        """The lines of the title as one line, or ``None`` when the part has none."""
        whole = ""
        for line in self.title_lines:
            whole = joined(whole, unspaced(line))
        return whole or None

    def add_title_line(self, block: Block, part: int) -> None:
        """Takes ``block`` as the next line of the title."""
        before = self.printed()
        self.title_notes += [
            (mark.note, before + len("".join(block.text[: mark.at].split())))
            for mark in block.notes
        ]
        self.title_lines.append(block.text)
        self.add(ElementKind.TITLE, block, part)

    def printed(self) -> int:
        """Characters of the title so far, white space aside."""
        return sum(len("".join(line.split())) for line in self.title_lines)

    def add(self, kind: ElementKind, block: Block, part: int, text: str | None = None) -> None:
        """Keeps ``block`` (or the piece ``text`` of it) as an element."""
        self.elements.append(Element(kind, text or block.text, part, block.line))


def unspaced(text: str) -> str:
    """``text`` without letter-spacing: `通　　知` and `国 务 院` are set wide, not written so."""
    pieces = text.split()
    if len(pieces) > 1 and all(len(piece) == 1 and not piece.isascii() for piece in pieces):
        return "".join(pieces)
    return " ".join(pieces)
