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
from search_indexes.engine.chains import Chain, Held, held, once
from search_indexes.engine.lists import Lists, merged, plain
from search_indexes.engine.packing import Steps, steps_stored
from search_indexes.engine.ragged import Ragged, bounds, joined, load, narrow

Units = npt.NDArray[np.uint16]

LOW_SURROGATES = range(0xDC00, 0xE000)
"""Second units of characters that are two (Unicode 3.9, D91)."""

FREQUENT = 150
"""Of so many units one: all the text is read sooner than the lists of such a unit's pairs."""

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

    def holding(self, wanted: str) -> Ints:
        """Numbers of the texts that hold *wanted*, ascending."""
        return self._numbers(self._places(wanted))

    def held(self, wanted: Chain, allowed: int | None = None) -> Held:
        """Numbers of the texts that hold *wanted* in one line (see `chains.held`)."""
        found = held(wanted, self, allowed)
        if self._several is None:
            return found
        starts = self._several
        since = int(np.searchsorted(self.ragged.starts, starts[found.since]))
        numbers = self._numbers(starts[found.numbers])
        return Held(numbers[numbers >= since], since)

    def count(self, characters: str) -> int:
        """How many places are looked at to find *characters*."""
        wanted = units(characters)
        if wanted.size == 1:
            first, last = self._slots(int(wanted[0]) << 16, (int(wanted[0]) << 16) + 0xFFFF)
            return int(self.pairs.starts[last] - self.pairs.starts[first])
        slots = self._slots_of(wanted)
        return int(self._sizes(slots).min()) if slots.size else 0

    def places(self, characters: str) -> Ints:
        """Where *characters* begin, in units of all texts, ascending."""
        return self._places(characters).astype(np.int64)

    def read(self, characters: str, lines: Ints) -> Ints:
        """The same in *lines* alone, whose text is read."""
        starts, wanted, text = self.line_starts(), units(characters), self.ragged.data
        sizes = starts[lines + 1] - starts[lines]
        firsts = bounds(sizes)
        if lines.size and int(lines[-1] - lines[0]) + 1 == lines.size:
            own = text[starts[lines[0]] : starts[lines[-1] + 1]]
        else:
            every = np.arange(firsts[-1]) + np.repeat(starts[lines] - firsts[:-1], sizes)
            own = text[every]
        # A run ends before its line does, so that none reaches into what was put after it.
        found = (own == wanted[0]).nonzero()[0]
        for at in range(1, wanted.size):
            found = found[own[np.minimum(found + at, own.size - 1)] == wanted[at]]
        line = np.searchsorted(firsts, found, "right") - 1
        places: Ints = found + (starts[lines] - firsts[:-1])[line]
        return places

    def size(self, characters: str) -> int:
        """How many units *characters* are."""
        return int(units(characters).size)

    def line_starts(self) -> Ints:
        """Where every line begins, and where the last one ends."""
        return self.ragged.starts if self._several is None else self._several

    def lines_of(self, places: Ints) -> Ints:
        """The lines in which ascending *places* are."""
        if self._several is None:
            return self._texts_at(places)
        lines: Ints = np.searchsorted(self._several, places, "right") - 1
        return lines

    @cached_property
    def _several(self) -> Ints | None:
        """Where every line begins, if texts have several of them."""
        ends = (self.ragged.data == END).nonzero()[0]
        return None if ends.size == len(self.ragged) else np.append(0, ends + 1)

    def between(self, ends: Ints, starts: Ints) -> Ints:
        """How many characters are between each end and its start."""
        if not self._halves.size:
            return starts - ends
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
        """Numbers of the texts that are *characters*, or one line of which is, ascending."""
        places, text = self.places(characters), cast(Units, self.ragged.data)
        places = places[text[places + self.size(characters)] == END]
        return self._numbers(places[(places == 0) | (text[places - 1] == END)])

    def _first_units(self, wanted: Units) -> Array:
        low = int(wanted[0]) << 16
        first, last = self._slots(low, low + 0xFFFF)
        if (
            int(self.pairs.starts[last] - self.pairs.starts[first]) * FREQUENT
            > self.ragged.data.size
        ):
            found: Ints = (self.ragged.data == wanted[0]).nonzero()[0]
            return found
        return self._beginning(low, low + 0xFFFF)

    def _beginning(self, low: int, high: int) -> Array:
        """Where the pairs from *low* to *high* stand, ascending."""
        first, last = self._slots(low, high)
        return np.sort(self.pairs.columns[0].part(first, last)) if first < last else NONE

    def _slots(self, low: int, high: int) -> tuple[int, int]:
        """The lists of the pairs from *low* to *high*: the first of them, and the one after."""
        keys = self.pairs.keys
        first, last = np.searchsorted(keys, np.array([low, high], np.uint32)).tolist()
        return first, last + int(last < keys.size and keys[last] == high)

    def _slots_of(self, wanted: Units) -> Ints:
        """The list of each pair of *wanted*; none if there is one that stands nowhere."""
        pairs, keys = pairs_of(wanted), self.pairs.keys
        slots = np.searchsorted(keys, pairs)
        if (slots == keys.size).any() or (keys[slots] != pairs).any():
            return NONE
        return slots

    def _sizes(self, slots: Ints) -> Ints:
        sizes: Ints = self.pairs.starts[slots + 1] - self.pairs.starts[slots]
        return sizes

    def _runs(self, wanted: Units) -> Ints:
        """Where *wanted*, two units or more, begins."""
        slots = self._slots_of(wanted)
        if not slots.size:
            return NONE
        rarest = int(np.argmin(self._sizes(slots)))
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
        numbers = self._texts_at(places)
        return numbers[once(numbers)].astype(np.int64)

    def _texts_at(self, places: Array) -> Ints:
        """The text of each of ascending *places*."""
        numbers: Ints = self._coarse[places >> STEP]
        starts = self.ragged.starts
        late = (starts[numbers + 1] <= places).nonzero()[0]
        while late.size:
            numbers[late] += 1
            late = late[starts[numbers[late] + 1] <= places[late]]
        return numbers

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
