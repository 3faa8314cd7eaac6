"""Keeps the marks of notes behind their words while an editor cuts, joins and rewrites sections."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from documents.models import Document, FootnotePlace, Section
from documents.snapshots import place_of
from documents.text import NotePlace, Warning
from documents.text import Section as ReadSection
from documents.text.note_places import Counted, counted_at, opening_of, place_at, squeezed

_LETTERS = 2
"""Letters beside a mark, mostly a word, that must be as they were."""
_STRETCH = 6
"""Characters at least that stayed together where what is around them was rewritten."""
_LETTER_BY_LETTER = 1_000_000  # cells of the comparison of what was rewritten

Block = tuple[int, int, int]
"""Characters that stayed: their place before and after, how many."""


def marks_of(document: Document) -> list[FootnotePlace]:
    """Every mark of the document's notes, in order."""
    rows = FootnotePlace.objects.filter(footnote__document=document)
    return list(rows.select_related("footnote", "section").order_by("footnote__order", "pk"))


def move(
    marks: Sequence[FootnotePlace], before: Sequence[ReadSection], after: Sequence[ReadSection]
) -> list[Warning]:
    """Puts *marks* of one document where their words are now; a warning for each that is lost.

    *after* carries the anchors that the document's sections have by now.
    """
    places = [place_of(mark) for mark in marks]
    now = followed(places, before, after)
    if list(now) != places:
        _write(marks, now)
    return [
        Warning(
            "footnote-mark-lost",
            f"脚注{mark.footnote.mark}的标记前后的文字已经改动，标记的位置不再可知，请核对",
        )
        for mark, place in zip(marks, now, strict=True)
        if place is None
    ]


def _write(marks: Sequence[FootnotePlace], places: Sequence[NotePlace | None]) -> None:
    document = marks[0].footnote.document_id
    keys = dict(Section.objects.filter(document=document).values_list("anchor", "pk"))
    kept = {
        (mark.footnote_id, place): None
        for mark, place in zip(marks, places, strict=True)
        if place is not None
    }
    FootnotePlace.objects.filter(footnote__document=document).delete()
    FootnotePlace.objects.bulk_create(
        FootnotePlace(
            footnote_id=note,
            section_id=keys[place.anchor],
            paragraph=place.paragraph,
            offset=place.offset,
        )
        for note, place in kept
    )


def followed(
    places: Sequence[NotePlace], before: Sequence[ReadSection], after: Sequence[ReadSection]
) -> tuple[NotePlace | None, ...]:
    """Where each place of *before* is in *after*; ``None`` where its words changed.

    A mark holds on to the word before it (at the beginning of a paragraph, behind it): if that
    word stayed, the mark stays with it, wherever sections begin and end now.
    """
    old, new = _Stream(before), _Stream(after)
    blocks = _stayed(old.text, new.text)
    return tuple(_followed(place, old, new, blocks) for place in places)


class _Stream:
    """All printed characters of sections in a row, white space aside."""

    def __init__(self, sections: Sequence[ReadSection]) -> None:
        self.sections = sections
        printed = [opening_of(section) + squeezed(section.text) for section in sections]
        self.text = "".join(printed)
        self.starts = list(accumulate(map(len, printed), initial=0))
        self.numbers = {section.anchor: number for number, section in enumerate(sections)}

    def character(self, place: NotePlace) -> tuple[int, bool] | None:
        """The character a mark holds on to, and whether it stands before the mark."""
        number = self.numbers.get(place.anchor)
        if number is None:
            return None
        section = self.sections[number]
        counted = counted_at(section, section.text, number, place)
        if counted is None:
            return None
        return self.starts[number] + counted.count - counted.glued, counted.glued

    def place(self, character: int, glued: bool) -> NotePlace:
        """The place of a mark that holds on to *character*."""
        number = bisect_right(self.starts, character, hi=len(self.sections)) - 1
        section = self.sections[number]
        counted = Counted(number, character - self.starts[number] + glued, glued)
        return place_at(section, section.text, section.anchor, counted)

    def word(self, character: int, glued: bool) -> tuple[int, int]:
        """First and last character of the word that ends (or begins) with *character*."""
        step, letters, at = -1 if glued else 1, 0, character
        while True:
            letters += self.text[at : at + 1].isalnum()
            if letters == _LETTERS or not 0 <= at + step < len(self.text):
                return min(at, character), max(at, character)
            at += step


def _followed(
    place: NotePlace, old: _Stream, new: _Stream, blocks: Sequence[Block]
) -> NotePlace | None:
    held = old.character(place)
    if held is None:
        return None
    first, last = old.word(*held)
    for was, now, size in blocks:
        if was <= first and last < was + size:
            return new.place(held[0] - was + now, held[1])
    return None


def _stayed(old: str, new: str) -> list[Block]:
    """What is equal at both ends, and stretches of what lies between that are no chance."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    if head == len(old) == len(new):
        return [(0, 0, head)]
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [(0, 0, head)]
    if len(left) * len(right) <= _LETTER_BY_LETTER:
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        found += (
            (head + a, head + b, size)
            for a, b, size in matcher.get_matching_blocks()
            if size >= _STRETCH
        )
    return [*found, (len(old) - tail, len(new) - tail, tail)]


def _common(left: str, right: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
