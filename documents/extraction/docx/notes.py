"""Numbers footnotes and endnotes in the order the text refers to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from documents.extraction.docx.names import W, child, number, value
from documents.extraction.docx.numerals import numeral
from documents.extraction.markup import Element


@dataclass(slots=True)
class References:
    """The notes referred to so far, as (kind, id) in reading order, each once with its number."""

    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def refer(self, kind: str, note_id: str | None) -> int | None:
        """The 0-based number of the note of ``kind`` ``footnote`` or ``endnote``."""
        return None if note_id is None else self.seen.setdefault((kind, note_id), len(self.seen))


class Ignored:
    """Takes no note: inside a note there are only references to itself."""

    def refer(self, kind: str, note_id: str | None) -> int | None:
        """No number."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a document prints its note marks (§17.11.17, §17.11.18)."""

    format: str
    start: int

    def mark(self, position: int) -> str:
        """The mark of the note at 0-based ``position``."""
        return numeral(self.start + position, self.format) or str(self.start + position)


def script_of(settings: Element | None, kind: str) -> Script:
    """The marks of one kind of note, from the document's settings."""
    properties = child(settings, f"{kind}Pr")
    form = value(child(properties, "numFmt"))
    start = number(child(properties, "numStart"))
    default = "decimal" if kind == "footnote" else "lowerRoman"
    return Script(form or default, 1 if start is None else start)


def bodies(root: Element | None, kind: str) -> dict[str, Element]:
    """The notes of one part by id, separators left out."""
    if root is None:
        return {}
    return {
        key: note
        for note in root.iterfind(f"{W}{kind}")
        if (key := value(note, "id")) is not None and value(note, "type") in {None, "normal"}
    }
