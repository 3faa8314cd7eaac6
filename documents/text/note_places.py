"""Follows the marks of notes from the paragraph they stood in to their place in the sections.

A place is counted in two ways that lead to one another: as a :class:`NotePlace` for whoever sets
the text, and as the number of printed characters of the section before the mark (number, heading,
ending and text, white space aside) for whoever cuts, joins or compares sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from documents.text.blocks import Block, behind
from documents.text.values import Footnote, NotePlace, Section, Warning

MOST = 2000
"""Marks that a document is given places for; no real one comes near."""


class Printed(Protocol):
    """What has a number, a heading, its ending and text, be it read or kept."""

    @property
    def number(self) -> str | None:
        """As printed."""

    @property
    def heading(self) -> str | None:
        """Without number and ending."""

    @property
    def ending(self) -> str | None:
        """The sign between heading and text."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Behind the first ``count`` printed characters of section number ``section``.

    ``glued`` tells to which of its neighbours the mark belongs: to the one before it as a rule,
    to the one behind it at the beginning of a paragraph.
    """

    section: int
    count: int
    glued: bool = True


def squeezed(text: str) -> str:
    """``text`` without white space."""
    return "".join(text.split())


def opening_of(section: Printed) -> str:
    """The printed characters before a section's own text."""
    return squeezed(f"{section.number or ''}{section.heading or ''}{section.ending or ''}")


def spread(block: Block, pieces: Sequence[tuple[int, int, str]]) -> list[tuple[int, Counted]]:
    """Gives (note, place) for the marks of ``block``, which went into ``pieces`` of sections.

    A piece is (section, printed characters of it before the piece, characters of the piece). A
    mark is left out where the pieces do not read as the block does.
    """
    found: list[tuple[int, Counted]] = []
    whole = "".join(words for _, _, words in pieces)
    seen = at = 0
    for mark in sorted(block.notes, key=lambda mark: mark.at):
        reached = _reached(squeezed(block.text[seen : mark.at]), whole, at)
        if reached is None or not whole:
            break
        seen, at = max(seen, mark.at), reached
        glued = at > 0
        for section, start, words in pieces:
            if reached <= len(words) - (not glued):
                found.append((mark.note, Counted(section, start + reached, glued)))
                break
            reached -= len(words)
    return found


def _reached(between: str, whole: str, at: int) -> int | None:
    """Where ``between`` ends in ``whole`` from ``at`` on; its punctuation may be missing there."""
    if whole.startswith(between, at):
        return at + len(between)
    for character in between:
        if whole[at : at + 1] == character:
            at += 1
        elif character.isalnum():
            return None
    return at


def place_at(section: Printed, text: str, anchor: str, counted: Counted) -> NotePlace:
    """Where ``counted`` is in the section ``anchor`` with this ``text``."""
    number, opening = len(squeezed(section.number or "")), len(opening_of(section))
    heading = section.heading or ""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    count = counted.count
    in_heading = count - number <= len(squeezed(heading)) and (counted.glued or count < opening)
    if (heading and in_heading) or not paragraphs:
        return NotePlace(anchor, 0, behind(heading, max(count - number, 0)))
    count = max(count - opening, 0)
    for paragraph, line in enumerate(paragraphs, start=1):
        length = len(squeezed(line))
        if count < length or (count == length and (counted.glued or paragraph == len(paragraphs))):
            return NotePlace(anchor, paragraph, _offset(line, count))
        count -= length
    return NotePlace(anchor, len(paragraphs), len(paragraphs[-1]))


def _offset(line: str, count: int) -> int:
    """Behind the character the mark is glued to; before the first one it is at the line's start."""
    return behind(line, count) if count else len(line) - len(line.lstrip())


def counted_at(section: Printed, text: str, number: int, place: NotePlace) -> Counted | None:
    """The other way: ``place`` in section ``number``; ``None`` where the section has no such."""
    if place.paragraph == 0:
        heading = section.heading or ""
        if place.offset > len(heading):
            return None
        before = squeezed(section.number or "") + squeezed(heading[: place.offset])
        return Counted(number, len(before), bool(before))
    paragraphs = [line for line in text.split("\n") if line.strip()]
    if place.paragraph > len(paragraphs) or place.offset > len(paragraphs[place.paragraph - 1]):
        return None
    inside = squeezed(paragraphs[place.paragraph - 1][: place.offset])
    above = squeezed("".join(paragraphs[: place.paragraph - 1]))
    return Counted(number, len(opening_of(section)) + len(above) + len(inside), bool(inside))


def placed(
    notes: Sequence[Footnote], sections: Sequence[Section], found: Iterable[tuple[int, Counted]]
) -> tuple[Footnote, ...]:
    """``notes`` with the places that were ``found`` for them, by their number, in order."""
    places: dict[int, list[NotePlace]] = {}
    for note, counted in islice(found, MOST):
        section = sections[counted.section]
        place = place_at(section, section.text, section.anchor, counted)
        if place not in places.setdefault(note, []):
            places[note].append(place)
    return tuple(
        replace(note, places=tuple(places[number])) if number in places else note
        for number, note in enumerate(notes)
    )


def place_warnings(notes: Iterable[Footnote]) -> list[Warning]:
    """One warning a note whose mark was not found: its place is not guessed."""
    return [
        Warning("footnote-mark-missing", f"脚注{note.mark}在正文中找不到对应的标记，请核对")
        for note in notes
        if not note.places
    ]
