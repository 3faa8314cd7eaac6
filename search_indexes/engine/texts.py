"""Texts as UTF-16 units with an index of neighbouring pairs, to find any run of characters.

The rarest pair of what is looked for gives the places to look at; the text itself decides. A
character outside the Basic Multilingual Plane is two units, whose ranges never coincide with
others (Unicode 3.9, D91), so that runs of units are runs of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from search_indexes.engine.arrays import NONE, Array, Ints, Mask
from search_indexes.engine.chains import Chain, places_of
from search_indexes.engine.lists import Lists, merged, plain
from search_indexes.engine.packing import Steps, steps_stored
from search_indexes.engine.ragged import Ragged, bounds, joined, load, narrow

Units = npt.NDArray[np.uint16]

LOW_SURROGATES = range(0xDC00, 0xE000)
"""Second units of characters that are two (Unicode 3.9, D91)."""

END = ord("\n")
"""After every text, so that no run reaches from one into the next."""


def units(text: str) -> Units:
    """*text* as UTF-16 units."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


class Texts:
    """Numbered texts, each ending in END, and where every pair of units stands in them."""

    def __init__(self, ragged: Ragged, pairs: Lists) -> None:
        self.ragged = ragged
        self.pairs = pairs

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return self.ragged.stored(name) | pairs_stored(self.pairs, name)

    def holding(self, wanted: str | Chain) -> Ints:
        """Numbers of the texts that hold *wanted*, ascending."""
        if isinstance(wanted, Chain):
            return self._numbers(places_of(wanted, self))
        return self._numbers(self._places(wanted))

    def places(self, characters: str) -> Ints:
        """Where *characters* begin, in units of all texts, ascending."""
        return self._places(characters).astype(np.int64)

    def size(self, characters: str) -> int:
        """How many units *characters* are."""
        return int(units(characters).size)

    def begins(self, places: Ints) -> Ints:
        """Where the text of every one of ascending *places* begins."""
        starts: Ints = self.ragged.starts
        found: Ints = starts[np.searchsorted(starts, places, "right") - 1]
        return found

    def between(self, ends: Ints, starts: Ints) -> Ints:
        """How many characters are between each end and its start."""
        first, last = np.searchsorted(self._halves, (ends, starts))
        count: Ints = starts - ends - (last - first)
        return count

    @cached_property
    def _halves(self) -> Array:
        """Where the second unit of a character stands that is two."""
        return self._beginning(LOW_SURROGATES.start << 16, (LOW_SURROGATES.stop << 16) - 1)

    def _places(self, characters: str) -> Array:
        wanted = units(characters)
        if not wanted.size:
            return NONE
        return self._first_units(wanted) if wanted.size == 1 else self._runs(wanted)

    def being(self, characters: str) -> Ints:
        """Numbers of the texts that are *characters*, ascending."""
        found, starts = self.holding(characters), self.ragged.starts
        sizes = starts[found + 1] - starts[found]
        kept: Ints = found[sizes == units(characters).size + 1]
        return kept

    def _first_units(self, wanted: Units) -> Array:
        low = int(wanted[0]) << 16
        return self._beginning(low, low + 0xFFFF)

    def _beginning(self, low: int, high: int) -> Array:
        """Where the pairs from *low* to *high* stand, ascending."""
        first, last = np.searchsorted(self.pairs.keys, np.array([low, high], np.uint32)).tolist()
        last += int(last < self.pairs.keys.size and self.pairs.keys[last] == high)
        return np.sort(self.pairs.columns[0].part(first, last)) if first < last else NONE

    def _runs(self, wanted: Units) -> Ints:
        """Where *wanted*, two units or more, begins."""
        pairs = pairs_of(wanted)
        slots = np.searchsorted(self.pairs.keys, pairs)
        if (slots == self.pairs.keys.size).any() or (self.pairs.keys[slots] != pairs).any():
            return NONE
        sizes = self.pairs.starts[slots + 1] - self.pairs.starts[slots]
        rarest = int(np.argmin(sizes))
        slot = int(slots[rarest])
        found = self.pairs.columns[0].part(slot, slot + 1).astype(np.int64) - rarest
        text = cast(Units, self.ragged.data)
        found = found[(found >= 0) & (found + wanted.size <= text.size)]
        for at in _others(rarest, wanted.size):
            if not found.size:
                break
            found = found[text[found + at] == wanted[at]]
        return found

    def _numbers(self, places: Array) -> Ints:
        """The texts of ascending *places*, each once."""
        if not places.size:
            return NONE
        numbers = self._coarse[places >> STEP]
        starts = self.ragged.starts
        while True:
            late = starts[numbers + 1] <= places
            if not late.any():
                break
            numbers = numbers + late
        once = np.concatenate(([True], numbers[1:] != numbers[:-1]))
        found: Ints = numbers[once].astype(np.int64)
        return found

    @cached_property
    def _coarse(self) -> npt.NDArray[np.int32]:
        """The text at every 2 ** STEP-th unit, from where the right one is near."""
        steps = np.arange((self.ragged.data.size >> STEP) + 1, dtype=np.int64) << STEP
        return (np.searchsorted(self.ragged.starts, steps, "right") - 1).astype(np.int32)


STEP = 6


def _others(pair: int, size: int) -> list[int]:
    """Places of *size* but those of the pair already known, its neighbours first."""
    after, before = range(pair + 2, size), range(pair - 1, -1, -1)
    return [*after, *before]


def pairs_of(of: Units) -> npt.NDArray[np.uint32]:
    """Every unit with the one after it, as one number."""
    return of[:-1].astype(np.uint32) << np.uint32(16) | of[1:]


def indexed(texts: Sequence[str]) -> Texts:
    """*texts* with their pairs."""
    data = units("".join(f"{text}\n" for text in texts))
    ends = np.flatnonzero(data == END) + 1
    starts = np.concatenate(([0], ends[_last_ends(texts)])).astype(np.int64)
    keys = pairs_of(data).astype(np.uint64) << np.uint64(32)
    keys |= np.arange(keys.size, dtype=np.uint64)
    keys = keys[data[:-1] != END]
    keys.sort()
    pairs = (keys >> np.uint64(32)).astype(np.uint32)
    firsts = np.flatnonzero(np.concatenate(([True], pairs[1:] != pairs[:-1])))[: pairs.size]
    sizes = np.diff(np.append(firsts, pairs.size))
    lists = plain(pairs[firsts], bounds(sizes), keys.astype(np.uint32))
    return Texts(Ragged(data, starts), lists)


def pairs_stored(pairs: Lists, name: str) -> dict[str, Array]:
    """The arrays to keep the pairs of texts as."""
    arrays = {f"{name}/pairs": pairs.keys, f"{name}/pair_sizes": narrow(np.diff(pairs.starts))}
    return arrays | steps_stored(pairs.columns[0], pairs.starts, f"{name}/places")


def _last_ends(texts: Sequence[str]) -> Ints:
    """Which line end is the last of each text: a text may have several lines."""
    return np.cumsum([text.count("\n") + 1 for text in texts], dtype=np.int64) - 1


def loaded(arrays: Mapping[str, Array], name: str) -> Texts:
    """The texts stored under *name*."""
    starts = bounds(arrays[f"{name}/pair_sizes"])
    places = Steps(arrays, f"{name}/places", starts)
    lists = Lists(arrays[f"{name}/pairs"], starts, (places,))
    return Texts(load(arrays, name), lists)


def together(parts: Sequence[tuple[Texts, Mask | None]]) -> Texts:
    """The texts of all *parts* in order, of each those its mask keeps."""
    return Texts(joined([(texts.ragged, kept) for texts, kept in parts]), pairs_together(parts))


def pairs_together(parts: Sequence[tuple[Texts, Mask | None]]) -> Lists:
    """Where every pair stands in the texts that `together` gives."""
    shifts = []
    base = 0
    for texts, kept in parts:
        shift = _Shift(texts.ragged.starts, kept, base)
        base = shift.end
        shifts.append((texts.pairs, shift))
    return merged(shifts)


class _Shift:
    """Where a place in a text is after the texts before it were put in front or left out."""

    def __init__(self, starts: Ints, kept: Mask | None, base: int) -> None:
        self._starts = starts
        self._kept = kept
        self._base = base
        sizes = np.diff(starts)
        self._moved = base + bounds(sizes if kept is None else sizes * kept)
        self.end = int(self._moved[-1])

    def __call__(self, places: Array) -> Ints:
        if self._kept is None:
            return places.astype(np.int64) + self._base
        texts = np.searchsorted(self._starts, places, "right") - 1
        moved = places - self._starts[texts] + self._moved[texts]
        return np.where(self._kept[texts], moved, -1)
