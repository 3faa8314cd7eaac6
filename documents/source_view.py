"""The source's text line by line: what is printed where, and what to mark in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from documents.models import Document
from documents.text import fold

_SEARCHED = 400_000  # characters; the record stands at the beginning and the end
_BRACKETS = str.maketrans("[]【】()﹝﹞", "〔〕〔〕〔〕〔〕")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: 1-based line of the whole source, page and line on that page."""

    line: int
    page: int | None
    line_on_page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line; ``found`` says that a value of the record stands there."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the source; ``number`` counts through the whole of it."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page's lines; ``number`` is ``None`` where the source has no pages."""

    number: int | None
    lines: tuple[SourceLine, ...]


@dataclass(slots=True)
class SourceText:
    """The text of an original, searched for printed forms whatever their spacing and width."""

    text: str
    _letters: str = field(init=False)
    _offsets: list[int] = field(init=False)
    _lines: list[tuple[int, int | None, int, str]] = field(init=False)

    def __post_init__(self) -> None:
        text = self.text[:_SEARCHED]
        folded = {
            character: "".join(fold(character).translate(_BRACKETS).split())
            for character in set(text)
        }
        pairs = [
            (letter, offset)
            for offset, character in enumerate(text)
            for letter in folded[character]
        ]
        self._letters = "".join(letter for letter, _ in pairs)
        self._offsets = [offset for _, offset in pairs]
        self._lines = []
        page, line, offset = (1 if "\f" in self.text else None), 0, 0
        for printed in self.text.split("\n"):
            if printed == "\f":
                page, line = (page or 1) + 1, 0
            else:
                line += 1
                self._lines.append((offset, page, line, printed))
            offset += len(printed) + 1

    def find(self, wanted: str, near: str = "", lines: Sequence[int] = ()) -> tuple[Place, ...]:
        """Where *wanted* is printed first, one place a line it runs over; nothing if nowhere.

        With *near*, a place in a line that also says this comes before an earlier one; with
        *lines*, only a place that begins in one of these counts.
        """
        needle = "".join(fold(wanted).translate(_BRACKETS).split())
        found: list[tuple[Place, ...]] = []
        at = self._letters.find(needle) if needle else -1
        while at >= 0:
            places = self._places(self._offsets[at], self._offsets[at + len(needle) - 1] + 1)
            if not lines or places[0].line in lines:
                if not near or near in self._lines[places[0].line - 1][3]:
                    return places
                found.append(places)
            at = self._letters.find(needle, at + 1)
        return found[0] if found else ()

    def lines(self, numbers: Iterable[int]) -> tuple[Place, ...]:
        """These lines as a whole; numbers that the source does not have are left out."""
        return tuple(
            Place(number, page, line, 0, len(printed))
            for number in numbers
            if 0 < number <= len(self._lines)
            for _, page, line, printed in [self._lines[number - 1]]
        )

    def _places(self, start: int, end: int) -> tuple[Place, ...]:
        return tuple(
            Place(number, page, line, max(start - offset, 0), min(end - offset, len(printed)))
            for number, (offset, page, line, printed) in enumerate(self._lines, 1)
            if offset < end and start < offset + len(printed)
        )

    def pages(self, places: Iterable[Place]) -> tuple[SourcePage, ...]:
        """All lines by page, the given places marked in them; pages without text are empty."""
        by_line: dict[int, list[Place]] = {}
        for place in places:
            by_line.setdefault(place.line, []).append(place)
        lines: dict[int | None, list[SourceLine]] = {}
        for number, (_, page, _, printed) in enumerate(self._lines, 1):
            line = SourceLine(number, _pieces(printed, by_line.get(number, [])))
            lines.setdefault(page, []).append(line)
        pages = range(1, self.text.count("\f") + 2) if "\f" in self.text else [None]
        return tuple(SourcePage(page, tuple(lines.get(page, []))) for page in pages)


def _pieces(line: str, places: Sequence[Place]) -> tuple[Piece, ...]:
    made, at = [], 0
    for place in sorted(places, key=lambda place: place.start):
        if place.end <= at:
            continue
        start = max(place.start, at)
        made += [Piece(line[at:start]), Piece(line[start : place.end], found=True)]
        at = place.end
    made.append(Piece(line[at:]))
    return tuple(piece for piece in made if piece.text)


@dataclass(frozen=True, slots=True)
class PlacedWarning:
    """A warning with where to look: ``target`` is an id of the review page, or empty."""

    message: str
    target: str


def warnings_of(document: Document, source: SourceText) -> tuple[PlacedWarning, ...]:
    """The reading's warnings; each leads to its section, else to its line in the source."""
    anchors = set(document.sections.values_list("anchor", flat=True))
    made = []
    for warning in document.warnings:
        anchor, line = warning.get("anchor"), warning.get("line")
        target = anchor if anchor in anchors else f"L{line}" if line and source.text else ""
        made.append(PlacedWarning(warning["message"], target))
    return tuple(made)
