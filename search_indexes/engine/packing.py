"""Columns of lists packed into few bytes, unpacked list by list with whole-array operations.

*Steps* are ascending numbers: of each only the step from the one before it is kept (from 0 for
a list's first), in as many bytes as suit its list. The few steps that are wider keep their lower
bytes there, and the rest apart (after patched frames of reference: Zukowski, Héman, Nes and
Boncz, "Super-scalar RAM-CPU cache compression", 2006). *Counts* are mostly 1: a bit each says
which are not, and those are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from search_indexes.engine import lists
from search_indexes.engine.arrays import Array, Ints, Mask
from search_indexes.engine.ragged import bounds, narrow

WIDEST = 4
"""Bytes; no number is wider."""

PATCH_BYTES = 7
"""What a step too wide for its list costs, roughly."""

READ_AS: dict[int, np.dtype[Any]] = {n: np.dtype(f"<u{n}") for n in (1, 2, 4)}


class Steps:
    """A column of ascending numbers, packed."""

    def __init__(self, arrays: Mapping[str, Array], name: str, starts: Ints) -> None:
        self._starts = starts
        self._data = arrays[f"{name}/steps"]
        self._widths = arrays[f"{name}/widths"]
        self._wide = arrays[f"{name}/wide"]
        self._rest = arrays[f"{name}/rest"]

    @cached_property
    def _offsets(self) -> Ints:
        return bounds(self._widths * np.diff(self._starts))

    def part(self, first: int, last: int) -> Ints:
        """The numbers of the lists from *first* to before *last*."""
        if last - first == 1 and int(self._widths[first]) in READ_AS:
            return self._one(first)
        widths = np.repeat(
            self._widths[first:last].astype(np.int64), np.diff(self._starts[first : last + 1])
        )
        places = np.cumsum(widths) - widths + self._offsets[first]
        steps = self._data[places].astype(np.int64)
        for byte in range(1, int(widths.max(initial=0))):
            wider = (widths > byte).nonzero()[0]
            steps[wider] |= self._data[places[wider] + byte].astype(np.int64) << (8 * byte)
        start, low, high = self._patches(first, last)
        patched = self._wide[low:high].astype(np.int64) - start
        steps[patched] += self._rest[low:high].astype(np.int64) << (8 * widths[patched])
        return _summed(steps, self._starts[first : last + 1] - start)

    def _one(self, number: int) -> Ints:
        """The numbers of one list, read as they lie."""
        width = int(self._widths[number])
        data = self._data[self._offsets[number] : self._offsets[number + 1]]
        steps = data.view(READ_AS[width])
        start, low, high = self._patches(number, number + 1)
        if low < high:
            steps = steps.astype(np.int64)
            wide = self._wide[low:high].astype(np.int64) - start
            steps[wide] += self._rest[low:high].astype(np.int64) << (8 * width)
        return np.cumsum(steps, dtype=np.int64)

    def _patches(self, first: int, last: int) -> tuple[int, int, int]:
        """The first entry of the list *first*, and which patches are of the lists asked for."""
        start, end = int(self._starts[first]), int(self._starts[last])
        # Of the same type: numpy would copy all of _wide to compare it with another.
        low, high = self._wide.searchsorted(np.array([start, end], self._wide.dtype)).tolist()
        return start, low, high


def _summed(steps: Ints, starts: Ints) -> Ints:
    """Running sums of *steps*, begun anew at each of *starts*, the last of which is the end."""
    sums = np.cumsum(steps)
    firsts = starts[:-1]
    before = sums[firsts] - steps[firsts]
    sums -= np.repeat(before, np.diff(starts))
    return sums


def steps_stored(column: lists.Column, starts: Ints, name: str) -> dict[str, Array]:
    """The arrays to keep ascending numbers as; see `Steps`."""
    packing = StepsPacking()
    for first, last in ranges(starts):
        packing.add(column.part(first, last), starts[first : last + 1])
    return packing.stored(name)


def ranges(starts: Ints) -> Iterator[tuple[int, int]]:
    """Which lists to take at a time, of those that begin at *starts*."""
    return pairwise(lists.cuts(starts[1:]))


class StepsPacking:
    """Packs ascending numbers, some lists at a time."""

    def __init__(self) -> None:
        self._data: list[Array] = [np.empty(0, np.uint8)]
        self._widths: list[Array] = [np.empty(0, np.uint8)]
        self._wide: list[Array] = [np.empty(0, np.uint32)]
        self._rest: list[Array] = [np.empty(0, np.uint8)]

    def add(self, numbers: Array, starts: Ints) -> None:
        """The next lists, which begin at *starts* among all; the last of these ends them."""
        own = starts - starts[0]
        steps = numbers.astype(np.int64)
        steps[1:] -= steps[:-1].copy()
        steps[own[:-1]] = numbers[own[:-1]]
        chosen = _widths(steps, own)
        each = np.repeat(chosen, np.diff(own))
        late = (steps >> (8 * each)).nonzero()[0]
        self._data.append(_bytes_of(steps, each))
        self._widths.append(chosen.astype(np.uint8))
        self._wide.append((late + starts[0]).astype(np.uint32))
        self._rest.append(narrow(steps[late] >> (8 * each[late])))

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return {
            f"{name}/steps": np.concatenate(self._data),
            f"{name}/widths": np.concatenate(self._widths),
            f"{name}/wide": np.concatenate(self._wide),
            f"{name}/rest": np.concatenate(self._rest),
        }


def _widths(steps: Ints, starts: Ints) -> Ints:
    """How many bytes a step of each list is given: as many as cost least with the patches."""
    sizes = np.diff(starts)
    costs = []
    for width in range(1, WIDEST + 1):
        wider = np.add.reduceat(steps >> (8 * width) != 0, starts[:-1], dtype=np.int64)
        costs.append(width * sizes + PATCH_BYTES * wider)
    cheapest: Ints = np.argmin(costs, axis=0)
    return cheapest + 1


def _bytes_of(steps: Ints, widths: Ints) -> Array:
    """The lower bytes of every step, the lowest first."""
    ends = np.cumsum(widths)
    data = np.empty(int(ends[-1]), np.uint8)
    places = ends - widths
    for byte in range(WIDEST):
        held = slice(None) if not byte else (widths > byte).nonzero()[0]
        data[places[held] + byte] = steps[held] >> (8 * byte) & 0xFF
    return data


class Counts:
    """A column of numbers from 1, packed."""

    def __init__(self, arrays: Mapping[str, Array], name: str, starts: Ints) -> None:
        self._starts = starts
        self._several = arrays[f"{name}/several"]
        self._numbers = arrays[f"{name}/numbers"]
        self._sizes = arrays[f"{name}/sizes"]

    @cached_property
    def _bounds(self) -> Ints:
        return bounds(self._sizes)

    def part(self, first: int, last: int) -> Array:
        """The counts of the lists from *first* to before *last*."""
        start, end = int(self._starts[first]), int(self._starts[last])
        bits = np.unpackbits(self._several[start >> 3 : (end + 7) >> 3], bitorder="little")
        several: Mask = bits[start & 7 : (start & 7) + end - start].view(np.bool_)
        counts = np.ones(end - start, self._numbers.dtype)
        counts[several] = self._numbers[self._bounds[first] : self._bounds[last]]
        return counts


def counts_stored(column: lists.Column, starts: Ints, name: str) -> dict[str, Array]:
    """The arrays to keep numbers from 1 as; see `Counts`."""
    packing = CountsPacking()
    for first, last in ranges(starts):
        packing.add(column.part(first, last), starts[first : last + 1])
    return packing.stored(name)


class CountsPacking:
    """Packs numbers from 1, some lists at a time."""

    def __init__(self) -> None:
        self._several: list[Mask] = [np.empty(0, np.bool_)]
        self._numbers: list[Array] = [np.empty(0, np.uint8)]
        self._sizes: list[Array] = [np.empty(0, np.uint8)]

    def add(self, counts: Array, starts: Ints) -> None:
        """The next lists; see `StepsPacking.add`."""
        several = counts > 1
        before = bounds(several)
        self._several.append(several)
        self._numbers.append(narrow(counts[several]))
        self._sizes.append(narrow(np.diff(before[starts - starts[0]])))

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return {
            f"{name}/several": np.packbits(np.concatenate(self._several), bitorder="little"),
            f"{name}/numbers": np.concatenate(self._numbers),
            f"{name}/sizes": np.concatenate(self._sizes),
        }
