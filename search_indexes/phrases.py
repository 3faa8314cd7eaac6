"""Phrases laid end to end, so that one scan finds all that hold some characters or sound so."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from search_indexes.analysis import characters
from search_indexes.sounds import syllables

MOST_FOUND = 400
"""Phrases looked at for one question; the first ones are the most frequent."""

BEGINS, HOLDS, BEGINS_SOUND, HOLDS_SOUND = range(4)
"""How a phrase holds what was asked, the best first."""


class _Line:
    """Texts joined by line ends, with the places where a match may begin."""

    def __init__(self, texts: list[str], marks: list[bytes] | None = None) -> None:
        self._text = "".join(f"\n{text}" for text in texts)
        self._starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        self._marks = b"".join(b"\0" + each for each in marks) if marks is not None else None

    def beginning(self, wanted: str) -> Iterator[int]:
        """Numbers of the texts that begin with *wanted*."""
        return (self._number(place + 1) for place in self._places(f"\n{wanted}"))

    def holding(self, wanted: str) -> Iterator[int]:
        """Numbers of the texts with *wanted* at a place where a match may begin."""
        for place in self._places(wanted):
            if self._marks is None or self._marks[place]:
                yield self._number(place)

    def _places(self, wanted: str) -> Iterator[int]:
        place = self._text.find(wanted)
        while place >= 0:
            yield place
            place = self._text.find(wanted, place + 1)

    def _number(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1


class Phrases:
    """Phrases by number, in the order given."""

    def __init__(self, phrases: Iterable[str]) -> None:
        bare = [characters(phrase) for phrase in phrases]
        cut = [syllables(text) for text in bare]
        self._bare = _Line(bare)
        self._full = _Line(["".join(each) for each in cut], [_marks(each) for each in cut])
        self._initials = _Line(["".join(part[:1] for part in each) for each in cut])

    def holding(self, wanted: str) -> dict[int, int]:
        """Numbers of phrases that hold *wanted* (bare characters), and how each does."""
        found: dict[int, int] = {}
        _take(found, BEGINS, self._bare.beginning(wanted))
        _take(found, HOLDS, self._bare.holding(wanted))
        letters = "".join(syllables(wanted))
        # Characters alone are meant as they are; letters, or letters among them, are pinyin.
        if letters.isascii() and any(each.isascii() and each.isalpha() for each in wanted):
            lines = [self._full, self._initials] if wanted.isascii() else [self._full]
            for line in lines:
                _take(found, BEGINS_SOUND, line.beginning(letters))
            for line in lines:
                _take(found, HOLDS_SOUND, line.holding(letters))
        return found


def _take(found: dict[int, int], how: int, numbers: Iterator[int]) -> None:
    taken = 0
    for number in numbers:
        if number not in found:
            found[number] = how
            taken += 1
            if taken == MOST_FOUND:
                return


def _marks(cut: Iterable[str]) -> bytes:
    """A one where a syllable begins, zeros inside it."""
    return b"".join(b"\1" + b"\0" * (len(part) - 1) for part in cut)
