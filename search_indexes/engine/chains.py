"""Pieces of text near each other: what ``"甲 乙"~10`` and ``甲*乙`` ask for, found by characters.

A chain stands in a text when its pieces do, none over another, with at most ``gap`` characters
between one and the next. Pieces are taken one after the other, each occurrence with the nearest
one before it: what an earlier one reaches, the nearest reaches too, so that the work is the number
of occurrences and never that of their combinations.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Protocol

import numpy as np

from search_indexes.engine.arrays import NONE, Ints

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


class Texts(Protocol):
    """Texts one after another, in which places are counted in units."""

    def places(self, characters: str) -> Ints:
        """Where *characters* begin, ascending."""

    def size(self, characters: str) -> int:
        """How many units *characters* are."""

    def begins(self, places: Ints) -> Ints:
        """Where the text of every one of ascending *places* begins."""

    def between(self, ends: Ints, starts: Ints) -> Ints:
        """How many characters are between each end and its start."""


Known = dict[str, tuple[Ints, Ints]]
"""For every piece its places, and where the texts begin that they are in."""


def places_of(chain: Chain, texts: Texts) -> Ints:
    """Where the last pieces of *chain* begin, ascending, each once."""
    known: Known = {}
    for piece in chain.pieces:
        places = texts.places(piece)
        if not places.size:
            return NONE
        known[piece] = places, texts.begins(places)
    found = [_in_order(order, chain.gap, texts, known) for order in chain.orders()]
    return found[0] if len(found) == 1 else np.unique(np.concatenate(found))


def _in_order(pieces: tuple[str, ...], gap: int, texts: Texts, known: Known) -> Ints:
    found, _ = known[pieces[0]]
    for before, piece in pairwise(pieces):
        if not found.size:
            return NONE
        ends = found + texts.size(before)
        starts, begins = known[piece]
        nearest = np.searchsorted(ends, starts, "right") - 1
        ends = ends[nearest]  # of none before it the last one, which is too late
        linked = ((ends > begins) & (ends <= starts)).nonzero()[0]
        ends, starts = ends[linked], starts[linked]
        found = starts[texts.between(ends, starts) <= gap]
    return found
