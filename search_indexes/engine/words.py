"""A field's words and the sections they occur in, as sorted arrays."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from search_indexes.engine.arrays import Array, Mask
from search_indexes.engine.lists import Lists, merged, plain
from search_indexes.engine.packing import Counts, CountsPacking, Steps, StepsPacking, ranges
from search_indexes.engine.ragged import Ragged, bounds, load, narrow, packed


class WordList(Sequence[bytes]):
    """Sorted words, read where they lie."""

    def __init__(self, ragged: Ragged) -> None:
        self._ragged = ragged
        self._data = ragged.data.data

    def __len__(self) -> int:
        return len(self._ragged)

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]  # no slices
        if number >= len(self):
            raise IndexError(number)
        starts = self._ragged.starts
        return bytes(self._data[starts[number] : starts[number + 1]])

    def place(self, word: bytes) -> int | None:
        """The number of *word*."""
        number = bisect_left(self, word)
        return number if number < len(self) and self[number] == word else None

    def after(self, prefix: bytes) -> Iterator[bytes]:
        """The words from *prefix* on."""
        return (self[number] for number in range(bisect_left(self, prefix), len(self)))


class Words:
    """The words of one field: where each occurs and how often, and how many each section has."""

    def __init__(self, words: Ragged, lists: Lists, lengths: Array) -> None:
        self.words = words
        self.list = WordList(words)
        self.lists = lists
        self.lengths = lengths
        self.total = int(lengths.sum(dtype=np.int64))

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        starts = self.lists.starts
        numbers, counts = self.lists.columns
        arrays = {
            f"{name}/sizes": narrow(np.diff(starts)),
            f"{name}/lengths": narrow(self.lengths),
        }
        steps, several = StepsPacking(), CountsPacking()
        for first, last in ranges(starts):
            # Side by side: what is being joined is put together once for both.
            steps.add(numbers.part(first, last), starts[first : last + 1])
            several.add(counts.part(first, last), starts[first : last + 1])
        arrays |= self.words.stored(f"{name}/words") | steps.stored(f"{name}/sections")
        return arrays | several.stored(f"{name}/counts")

    def entries(self, word: bytes) -> tuple[Array, Array] | None:
        """The sections of *word* and how often it occurs in each."""
        place = self.list.place(word)
        if place is None:
            return None
        numbers, counts = self.lists.columns
        return numbers.part(place, place + 1), counts.part(place, place + 1)

    def frequency(self, word: bytes) -> int:
        """How many sections have *word*."""
        place = self.list.place(word)
        return 0 if place is None else int(np.diff(self.lists.starts[place : place + 2])[0])


def loaded(arrays: Mapping[str, Array], name: str) -> Words:
    """The words stored under *name*."""
    starts = bounds(arrays[f"{name}/sizes"])
    columns = (Steps(arrays, f"{name}/sections", starts), Counts(arrays, f"{name}/counts", starts))
    words = load(arrays, f"{name}/words")
    return Words(words, Lists(_places(words), starts, columns), arrays[f"{name}/lengths"])


def _places(words: Ragged) -> Array:
    return np.arange(len(words), dtype=np.uint32)


class _Vocabulary(dict[str, int]):
    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Inverter:
    """Takes the words of one field section by section and turns them round."""

    def __init__(self) -> None:
        self._known = _Vocabulary()
        self._tokens = array("I")
        self._lengths = array("I")
        self._last = array("I")
        self._last_words: Iterable[str] | None = None

    def add(self, words: Iterable[str]) -> None:
        """The words of the next section, as often as they occur.

        The same tuple again and again, as of a document's title, is looked up once.
        """
        if words is not self._last_words or not isinstance(words, tuple):
            self._last = array("I", list(map(self._known.__getitem__, words)))
            self._last_words = words
        self._tokens.extend(self._last)
        self._lengths.append(len(self._last))

    def finished(self) -> Words:
        """The words of all sections, by one sort."""
        words = [word.encode() for word in self._known]
        order = sorted(range(len(words)), key=words.__getitem__)
        rank = np.empty(len(words), np.uint64)
        rank[order] = np.arange(len(words), dtype=np.uint64)
        lengths = (
            np.frombuffer(self._lengths, np.uint32) if self._lengths else np.empty(0, np.uint32)
        )
        keys = rank[np.frombuffer(self._tokens, np.uint32)] if self._tokens else rank[:0]
        keys <<= np.uint64(32)
        keys |= np.repeat(np.arange(lengths.size, dtype=np.uint64), lengths)
        keys, counts = np.unique(keys, return_counts=True)
        sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(words))
        ragged = packed(words[number] for number in order)
        lists = plain(_places(ragged), bounds(sizes), keys.astype(np.uint32), counts)
        return Words(ragged, lists, lengths)


def together(parts: Sequence[tuple[Words, Mask | None]]) -> Words:
    """The words of all *parts*, of each those of the sections its mask keeps."""
    every = sorted(set().union(*(words.list for words, _ in parts)))
    rank = {word: number for number, word in enumerate(every)}
    lists = []
    lengths = []
    base = 0
    for words, kept in parts:
        keys = np.fromiter((rank[word] for word in words.list), np.uint32, len(words.list))
        lists.append((Lists(keys, words.lists.starts, words.lists.columns), renumber(kept, base)))
        lengths.append(words.lengths if kept is None else words.lengths[kept])
        base += lengths[-1].size
    both = merged(lists)
    ragged = packed(every[number] for number in both.keys.tolist())
    found = Lists(_places(ragged), both.starts, both.columns)
    return Words(ragged, found, np.concatenate(lengths))


def renumber(kept: Mask | None, base: int) -> Callable[[Array], Array]:
    """New numbers after those not *kept* are left out and *base* others are put in front."""
    if kept is None:
        return lambda numbers: numbers.astype(np.int64) + base
    new = np.where(kept, np.cumsum(kept) - 1 + base, -1)
    return lambda numbers: new[numbers]
