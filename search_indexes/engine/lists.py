"""Lists of numbers by key, in columns that are read where they lie; and how such lists join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from search_indexes.engine.arrays import Array, Ints
from search_indexes.engine.ragged import bounds

AT_ONCE = 4_000_000
"""Entries worked on at a time: about a hundred megabytes of working space."""


class Column(Protocol):
    """What every list has in one column, packed or not."""

    def part(self, first: int, last: int) -> Array:
        """The entries of the lists from *first* to before *last*, list after list."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Entries as they are; list ``i`` is ``data[starts[i]:starts[i + 1]]``."""

    data: Array
    starts: Ints

    def part(self, first: int, last: int) -> Array:
        """See `Column`."""
        return self.data[self.starts[first] : self.starts[last]]


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists by key: ``keys`` ascending, columns of entries, and where each list's entries begin.

    The first column numbers the entries and ascends within a list. No list is empty.
    """

    keys: Array
    starts: Ints
    columns: tuple[Column, ...]


def plain(keys: Array, starts: Ints, *columns: Array) -> Lists:
    """Lists of columns that are not packed."""
    return Lists(keys, starts, tuple(Plain(column, starts) for column in columns))


Renumber = Callable[[Array], Ints]
"""New numbers of entries; below 0 for those to leave out."""


def merged(parts: Sequence[tuple[Lists, Renumber]]) -> Lists:
    """The lists of all *parts* by key, in the order of the parts; empty lists are left out.

    Keys are taken in ranges, so that only AT_ONCE entries are worked on at a time.
    """
    keys = np.unique(np.concatenate([lists.keys for lists, _ in parts]))
    sizes = np.zeros(keys.size, np.int64)
    for lists, _ in parts:
        sizes[np.searchsorted(keys, lists.keys)] += np.diff(lists.starts)
    pieces = [_merged_range(parts, keys[a:b]) for a, b in pairwise(cuts(np.cumsum(sizes)))]
    if not pieces:
        nothing = (np.empty(0, np.uint32) for _ in parts[0][0].columns)
        return plain(keys, np.zeros(1, np.int64), *nothing)
    counts = np.concatenate([piece[0] for piece in pieces])
    columns = (np.concatenate(column) for column in zip(*(p[1] for p in pieces), strict=True))
    filled = counts > 0
    return plain(keys[filled], bounds(counts[filled]), *columns)


def cuts(ends: Ints) -> list[int]:
    """Where to cut lists whose entries end at *ends*, to have about AT_ONCE entries in each."""
    found = [0]
    while found[-1] < ends.size:
        done = int(ends[found[-1] - 1]) if found[-1] else 0
        after = int(np.searchsorted(ends, done + AT_ONCE, "right"))
        found.append(max(after, found[-1] + 1))
    return found


def _merged_range(parts: Sequence[tuple[Lists, Renumber]], keys: Array) -> tuple[Ints, list[Array]]:
    """Sizes and columns of the lists of *keys*, which are neighbours."""
    of: list[Array] = []
    columns: list[list[Array]] = [[] for _ in parts[0][0].columns]
    for lists, renumber in parts:
        low, high = np.searchsorted(lists.keys, keys[[0, -1]]).tolist()
        high += int(high < lists.keys.size and lists.keys[high] == keys[-1])
        if low == high:
            continue
        places = np.searchsorted(keys, lists.keys[low:high])
        numbers = renumber(lists.columns[0].part(low, high))
        kept = numbers >= 0
        of.append(np.repeat(places, np.diff(lists.starts[low : high + 1]))[kept])
        columns[0].append(numbers[kept].astype(np.uint32))
        for column, more in zip(columns[1:], lists.columns[1:], strict=True):
            column.append(more.part(low, high)[kept])
    owners = np.concatenate(of)
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=keys.size)
    return counts, [np.concatenate(column)[order] for column in columns]
