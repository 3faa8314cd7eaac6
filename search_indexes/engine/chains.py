"""Pieces of text near each other: what ``"甲 乙"~10`` and ``甲*乙`` ask for, found by characters.

A chain stands in a line when its pieces do, none over another, with at most ``gap`` characters
between one and the next. Pieces are looked for from the rarest on, and only in lines that hold
those before. Then they are taken one after the other, each occurrence with the nearest one before
it: what an earlier one reaches, the nearest reaches too, so that the work is the number of
occurrences and never that of their combinations. A line found in one order is not looked at in
another.

The work is counted, not timed. When it would go beyond what is allowed, the last lines alone are
read, as many as that allows, and the answer says from which on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Protocol

import numpy as np

from search_indexes.engine.arrays import NONE, Ints, Mask

MOST_IN_ANY_ORDER = 3
"""Pieces that may stand in any order: every order is looked for."""

MOST_PIECES = 5


@dataclass(frozen=True, slots=True)
class Chain:
    """Bare characters of every piece, the most characters between two, and whether in order."""

    pieces: tuple[str, ...]
    gap: int
    ordered: bool

    def orders(self) -> tuple[tuple[str, ...], ...]:
        """The orders in which the pieces may stand."""
        if self.ordered:
            return (self.pieces,)
        return tuple(dict.fromkeys(permutations(self.pieces)))


READ = 8
"""Units of text that are read in the time it takes to look at one place of a list."""


class Texts(Protocol):
    """Lines one after another, in which places are counted in units."""

    def count(self, characters: str) -> int:
        """How many places `places` looks at, known beforehand."""

    def places(self, characters: str) -> Ints:
        """Where *characters* begin, ascending."""

    def read(self, characters: str, lines: Ints) -> Ints:
        """The same in *lines* alone, ascending; what is read is their text."""

    def size(self, characters: str) -> int:
        """How many units *characters* are."""

    def line_starts(self) -> Ints:
        """Where every line begins, and where the last one ends."""

    def lines_of(self, places: Ints) -> Ints:
        """The lines in which ascending *places* are."""

    def between(self, ends: Ints, starts: Ints) -> Ints:
        """How many characters are between each end and its start."""


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a chain, ascending; of what comes before ``since`` nothing is known."""

    numbers: Ints
    since: int = 0


class _TooMuch(Exception):
    """More work than is allowed."""


class _Work:
    """Counts places looked at, up to a limit (``None``: none)."""

    def __init__(self, allowed: int | None) -> None:
        self._left = allowed

    def take(self, places: int) -> None:
        if self._left is not None:
            self._left -= places
            if self._left < 0:
                raise _TooMuch


Occurrences = tuple[Ints, Ints]
"""Places, and the line of each."""


def held(chain: Chain, texts: Texts, allowed: int | None = None) -> Held:
    """The lines that hold *chain*; with more than *allowed* places to look at, of the last lines.

    At most twice what is allowed is done.
    """
    try:
        return Held(_holding(chain, texts, 0, _Work(allowed)))
    except _TooMuch:
        starts = texts.line_starts()
        # Places to look at, and again for as many orders as may have to be tried.
        every = sum(map(texts.count, set(chain.pieces))) * (2 + len(chain.orders())) // 2
        units = int(starts[-1]) * (allowed or 0) // max(every, 2 * (allowed or 0))
        since = int(np.searchsorted(starts, starts[-1] - units))
        return Held(_holding(chain, texts, since, _Work(None)), since)


def _holding(chain: Chain, texts: Texts, since: int, work: _Work) -> Ints:
    """The lines from *since* on that hold *chain*, ascending."""
    known: dict[str, Occurrences] = {}
    every = np.ones(texts.line_starts().size - 1, np.bool_)
    every[:since] = False
    for piece in sorted(set(chain.pieces), key=texts.count):
        places = _places(piece, texts, every, work)
        if not places.size:
            return NONE
        lines = texts.lines_of(places)
        known[piece] = places, lines
        here = np.zeros(every.size, np.bool_)
        here[lines] = True
        every &= here
    found: list[Ints] = []
    for order in chain.orders():
        known = {piece: _within(each, every) for piece, each in known.items()}
        lines = _in_order(order, chain.gap, texts, known, work)
        if lines.size:
            every[lines] = False
            found.append(lines)
    return np.sort(np.concatenate(found)) if found else NONE


def _places(piece: str, texts: Texts, lines: Mask, work: _Work) -> Ints:
    """Where *piece* stands in *lines* and perhaps elsewhere: looked up, or read if sooner."""
    count, starts = texts.count(piece), texts.line_starts()
    among = lines.nonzero()[0]
    units = int((starts[among + 1] - starts[among]).sum())
    if units < count * READ:
        work.take(units // READ)
        return texts.read(piece, among)
    work.take(count)
    return texts.places(piece)


def _within(known: Occurrences, lines: Mask) -> Occurrences:
    places, its = known
    kept = lines[its]
    return places[kept], its[kept]


def _in_order(
    pieces: tuple[str, ...], gap: int, texts: Texts, known: dict[str, Occurrences], work: _Work
) -> Ints:
    """The lines in which *pieces* stand in this order, each once."""
    found, lines = known[pieces[0]]
    for before, piece in pairwise(pieces):
        if not found.size:
            return NONE
        starts, its = known[piece]
        work.take(starts.size)
        ends = found + texts.size(before)
        nearest = np.searchsorted(ends, starts, "right") - 1
        # Of none before it the last one, which is too late.
        ends = ends[nearest]
        linked = ((lines[nearest] == its) & (ends <= starts)).nonzero()[0]
        ends, starts, its = ends[linked], starts[linked], its[linked]
        near = _near(ends, starts, gap, texts)
        found, lines = starts[near], its[near]
    return lines[once(lines)].astype(np.int64)


def _near(ends: Ints, starts: Ints, gap: int, texts: Texts) -> Mask:
    """Whether at most *gap* characters are between: counted where units do not say it."""
    units = starts - ends
    near: Mask = units <= gap
    doubtful = (~near & (units <= 2 * gap)).nonzero()[0]
    near[doubtful] = texts.between(ends[doubtful], starts[doubtful]) <= gap
    return near


def once(ascending: Ints) -> Mask:
    """Which of *ascending* numbers are the first of their kind."""
    first = np.ones(ascending.size, np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first
