"""Lists of numbers by key, in columns that are read where they lie; and how such lists join."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from search_indexes.engine.arrays import Array, Ints
from search_indexes.engine.ragged import bounds

AT_ONCE = 1_000_000
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

    Their entries are put together when they are asked for, some AT_ONCE at a time: nothing but
    the size of each list is kept.
    """
    keys = np.unique(np.concatenate([lists.keys for lists, _ in parts]))
    most = np.zeros(keys.size, np.int64)
    for lists, _ in parts:
        most[np.searchsorted(keys, lists.keys)] += np.diff(lists.starts)
    sizes = [_sizes(parts, keys[a:b]) for a, b in pairwise(cuts(np.cumsum(most)))]
    counts = np.concatenate([np.empty(0, np.int64), *sizes])
    kept = keys[counts > 0]
    joining = _Joining(parts, kept)
    columns = tuple(_Joined(joining, number) for number in range(len(parts[0][0].columns)))
    return Lists(kept, bounds(counts[counts > 0]), columns)


class _Joining:
    """The lists of *keys* in all *parts*; the last range asked for is kept for other columns."""

    def __init__(self, parts: Sequence[tuple[Lists, Renumber]], keys: Array) -> None:
        self._parts = parts
        self._keys = keys
        self._range: tuple[int, int] | None = None
        self._found: list[Array] = []

    def range(self, first: int, last: int) -> list[Array]:
        """All columns of the lists from *first* to before *last*, one list at least."""
        if self._range != (first, last):
            self._found = _merged_range(self._parts, self._keys[first:last])
            self._range = first, last
        return self._found


@dataclass(frozen=True, slots=True)
class _Joined:
    """A column of lists that are being put together."""

    joining: _Joining
    number: int

    def part(self, first: int, last: int) -> Array:
        """See `Column`."""
        return self.joining.range(first, last)[self.number]


def cuts(ends: Ints) -> list[int]:
    """Where to cut lists whose entries end at *ends*, to have about AT_ONCE entries in each."""
    found = [0]
    while found[-1] < ends.size:
        done = int(ends[found[-1] - 1]) if found[-1] else 0
        after = int(np.searchsorted(ends, done + AT_ONCE, "right"))
        found.append(max(after, found[-1] + 1))
    return found


def _sizes(parts: Sequence[tuple[Lists, Renumber]], keys: Array) -> Ints:
    """How many entries each of *keys*, which are neighbours, has."""
    sizes = np.zeros(keys.size, np.int64)
    for lists, low, high, renumber in _ranges(parts, keys):
        places = np.searchsorted(keys, lists.keys[low:high])
        kept = renumber(lists.columns[0].part(low, high)) >= 0
        before = np.concatenate(([0], np.cumsum(kept)))
        starts = lists.starts[low : high + 1] - lists.starts[low]
        sizes[places] += np.diff(before[starts])
    return sizes


def _merged_range(parts: Sequence[tuple[Lists, Renumber]], keys: Array) -> list[Array]:
    """Columns of the lists of *keys*, which are neighbours."""
    of: list[Array] = []
    columns: list[list[Array]] = [[] for _ in parts[0][0].columns]
    for lists, low, high, renumber in _ranges(parts, keys):
        places = np.searchsorted(keys, lists.keys[low:high])
        numbers = renumber(lists.columns[0].part(low, high))
        kept = numbers >= 0
        of.append(np.repeat(places, np.diff(lists.starts[low : high + 1]))[kept])
        columns[0].append(numbers[kept].astype(np.uint32))
        for column, more in zip(columns[1:], lists.columns[1:], strict=True):
            column.append(more.part(low, high)[kept])
    order = np.argsort(np.concatenate(of), kind="stable")
    return [np.concatenate(column)[order] for column in columns]


def _ranges(
    parts: Sequence[tuple[Lists, Renumber]], keys: Array
) -> Iterator[tuple[Lists, int, int, Renumber]]:
    """The parts that have some of *keys*, and from where to where."""
    for lists, renumber in parts:
        low, high = np.searchsorted(lists.keys, keys[[0, -1]]).tolist()
        high += int(high < lists.keys.size and lists.keys[high] == keys[-1])
        if low < high:
            yield lists, low, high, renumber
