"""What ``"甲 乙"~10`` and ``甲*乙`` ask for, and where it stands in one text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from search_indexes.analysis import characters
from search_indexes.engine.chains import Chain
from search_indexes.request import Term, TermKind

MOST_WITHIN = 100
"""Characters between two pieces, at most."""

STAR = 8
"""Characters that one ``*`` stands for, at most."""

STARS = re.compile(r"[*＊﹡∗]+")

Range = tuple[int, int]


def pieces(text: str, kind: TermKind) -> tuple[str, ...]:
    """The pieces of *text* that hold something to look for."""
    cut = text.split() if kind is TermKind.NEAR else STARS.split(text)
    return tuple(piece.strip() for piece in cut if characters(piece))


def chain_of(term: Term) -> Chain | None:
    """The chain that *term* asks for, ``None`` when it is words or a phrase."""
    if term.kind not in (TermKind.NEAR, TermKind.WILDCARD):
        return None
    bare = tuple(map(characters, pieces(term.text, term.kind)))
    near = term.kind is TermKind.NEAR
    return Chain(bare, term.within if near else STAR, ordered=not near)


def standing(text: str, chain: Chain) -> Iterator[Range]:
    """Where *chain* stands in the bare characters *text*: all of it when in order, else its pieces.

    Every last piece with the nearest ones before it, so that what is marked is short.
    """
    for order in chain.orders():
        for places in _matches(text, order, chain.gap):
            ranges = [(at, at + len(piece)) for at, piece in zip(places, order, strict=True)]
            if chain.ordered:
                yield ranges[0][0], ranges[-1][1]
            else:
                yield from ranges


def _matches(text: str, order: tuple[str, ...], gap: int) -> list[tuple[int, ...]]:
    """Where the pieces of each match begin."""
    matches: list[tuple[int, ...]] = [(at,) for at in _places(text, order[0])]
    for before, piece in pairwise(order):
        ends = [match[-1] + len(before) for match in matches]
        longer: list[tuple[int, ...]] = []
        for at in _places(text, piece):
            nearest = bisect_right(ends, at) - 1
            if nearest >= 0 and at - ends[nearest] <= gap:
                longer.append((*matches[nearest], at))
        matches = longer
    return matches


def _places(text: str, piece: str) -> Iterator[int]:
    place = text.find(piece)
    while place >= 0:
        yield place
        place = text.find(piece, place + 1)
