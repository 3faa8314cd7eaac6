"""Many short sequences in one array: texts, records, posting lists; and how such things join."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from search_indexes.engine.arrays import Array, Ints, Mask

AT_ONCE = 4_000_000
"""Entries merged at a time: about a hundred megabytes of working space."""


def narrow(numbers: Array) -> Array:
    """Numbers from 0 in the smallest type that holds them."""
    top = int(numbers.max()) if numbers.size else 0
    for kind in (np.uint8, np.uint16, np.uint32):
        if top <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers.astype(np.int64)


def bounds(sizes: Array) -> Ints:
    """Where sequences of these sizes begin, and where the last one ends."""
    ends = np.zeros(sizes.size + 1, np.int64)
    np.cumsum(sizes, out=ends[1:])
    return ends


@dataclass(frozen=True, slots=True)
class Ragged:
    """Sequence ``i`` is ``data[starts[i]:starts[i + 1]]``."""

    data: Array
    starts: Ints

    def __len__(self) -> int:
        return self.starts.size - 1

    def __getitem__(self, number: int) -> Array:
        return self.data[self.starts[number] : self.starts[number + 1]]

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return {f"{name}/data": self.data, f"{name}/sizes": narrow(np.diff(self.starts))}


def load(arrays: Mapping[str, Array], name: str) -> Ragged:
    """The sequences stored under *name*."""
    return Ragged(arrays[f"{name}/data"], bounds(arrays[f"{name}/sizes"]))


def packed(pieces: Iterable[bytes]) -> Ragged:
    """Byte strings as sequences."""
    known = list(pieces)
    sizes = np.fromiter(map(len, known), np.int64, len(known))
    return Ragged(np.frombuffer(b"".join(known), np.uint8), bounds(sizes))


def joined(parts: Sequence[tuple[Ragged, Mask | None]]) -> Ragged:
    """The sequences of all *parts* in order, of each those its mask keeps."""
    datas, sizes = [], []
    for ragged, kept in parts:
        own = np.diff(ragged.starts)
        datas.append(ragged.data if kept is None else ragged.data[np.repeat(kept, own)])
        sizes.append(own if kept is None else own[kept])
    return Ragged(np.concatenate(datas), bounds(np.concatenate(sizes)))


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists by key: ``keys`` ascending, and columns of entries, ``starts`` as in `Ragged`.

    The first column numbers the entries and ascends within a list.
    """

    keys: Array
    starts: Ints
    columns: tuple[Array, ...]


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
    cuts = _cuts(np.cumsum(sizes))
    pieces = [_merged_range(parts, keys[a:b]) for a, b in pairwise(cuts)]
    if not pieces:
        return Lists(keys, np.zeros(1, np.int64), parts[0][0].columns)
    counts = np.concatenate([piece[0] for piece in pieces])
    columns = tuple(np.concatenate(column) for column in zip(*(p[1] for p in pieces), strict=True))
    filled = counts > 0
    return Lists(keys[filled], bounds(counts[filled]), columns)


def _cuts(ends: Ints) -> list[int]:
    cuts = [0]
    while cuts[-1] < ends.size:
        done = int(ends[cuts[-1] - 1]) if cuts[-1] else 0
        after = int(np.searchsorted(ends, done + AT_ONCE, "right"))
        cuts.append(max(after, cuts[-1] + 1))
    return cuts


def _merged_range(parts: Sequence[tuple[Lists, Renumber]], keys: Array) -> tuple[Ints, list[Array]]:
    """Sizes and columns of the lists of *keys*, which are neighbours."""
    of: list[Array] = []
    columns: list[list[Array]] = [[] for _ in parts[0][0].columns]
    for lists, renumber in parts:
        low, high = np.searchsorted(lists.keys, keys[[0, -1]]).tolist()
        high += int(high < lists.keys.size and lists.keys[high] == keys[-1])
        start, end = lists.starts[low], lists.starts[high]
        places = np.searchsorted(keys, lists.keys[low:high])
        numbers = renumber(lists.columns[0][start:end])
        kept = numbers >= 0
        of.append(np.repeat(places, np.diff(lists.starts[low : high + 1]))[kept])
        columns[0].append(numbers[kept].astype(np.uint32))
        for column, more in zip(columns[1:], lists.columns[1:], strict=True):
            column.append(more[start:end][kept])
    owners = np.concatenate(of)
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=keys.size)
    return counts, [np.concatenate(column)[order] for column in columns]
