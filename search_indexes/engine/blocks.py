"""Short byte strings kept compressed, a few in a block, each read without the rest.

A block is raw DEFLATE (RFC 1951) with a dictionary of pieces of the same segment, so that small
blocks pack as well as large ones and one is unpacked in some microseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from search_indexes.engine.arrays import Array, Ints, Mask
from search_indexes.engine.memory import Memory
from search_indexes.engine.ragged import Ragged, bounds, joined, narrow, packed

BLOCK = 1_024
"""Bytes of pieces in a block; one that is longer has a block of its own."""

DICTIONARY = 32_768
"""Bytes; DEFLATE looks back no further."""

SAMPLE = 96
"""Bytes of a piece that go into the dictionary, the beginning left out that all share."""

Run = tuple[int, int, Array]
"""The pieces from a number to before another, and their bytes."""

RUN = 1 << 20
"""Bytes of pieces worked on at a time."""

LEVEL = 6
RAW = -zlib.MAX_WBITS


@dataclass(frozen=True)
class Blocks:
    """Pieces in blocks: ``starts`` is where each would begin if they were not packed."""

    blocks: Ragged
    firsts: Array
    """The first piece that begins in each BLOCK of bytes, ascending."""
    starts: Ints
    dictionary: bytes

    def __len__(self) -> int:
        return self.starts.size - 1

    def piece(self, number: int, memory: Memory, owner: str) -> bytes:
        """One piece; *memory* keeps its block under the name of *owner*."""
        start = self.starts.item(number)
        block = start // BLOCK
        data = memory.get((owner, "block", block), lambda: self._unpacked(block), len)
        before = self._offsets.item(block)
        return data[start - before : self.starts.item(number + 1) - before]

    @cached_property
    def _offsets(self) -> Ints:
        return self.starts[self.firsts]

    def _unpacked(self, block: int) -> bytes:
        data = self.blocks[block]
        return (
            zlib.decompressobj(RAW, zdict=self.dictionary).decompress(data.data)
            if data.size
            else b""
        )

    def runs(self) -> Iterator[Run]:
        """All pieces, some blocks at a time."""
        ends = [*self.firsts.tolist(), len(self)]
        for low in range(0, len(self.blocks), RUN // BLOCK):
            high = min(low + RUN // BLOCK, len(self.blocks))
            data = b"".join(map(self._unpacked, range(low, high)))
            yield ends[low], ends[high], np.frombuffer(data, np.uint8)

    def plain(self) -> Ragged:
        """All pieces, unpacked."""
        return Ragged(np.concatenate([data for _, _, data in self.runs()]), self.starts)

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return self.blocks.stored(f"{name}/blocks") | {
            f"{name}/firsts": self.firsts,
            f"{name}/sizes": narrow(np.diff(self.starts)),
            f"{name}/dictionary": np.frombuffer(self.dictionary, np.uint8),
        }


@dataclass(frozen=True)
class Unpacked:
    """Pieces as they are: a small segment is soon joined with others, and packed then."""

    ragged: Ragged

    def __len__(self) -> int:
        return len(self.ragged)

    def piece(self, number: int, memory: Memory, owner: str) -> bytes:
        """See `Blocks.piece`."""
        return self.ragged[number].tobytes()

    @property
    def starts(self) -> Ints:
        """Where each piece begins, and where the last one ends."""
        return self.ragged.starts

    def runs(self) -> Iterator[Run]:
        """All pieces, about RUN bytes at a time."""
        data, starts = self.ragged.data, self.starts
        cuts = np.searchsorted(starts[:-1], np.arange(0, data.size, RUN)).tolist()
        for first, last in pairwise([*cuts, len(self)]):
            yield first, last, data[starts[first] : starts[last]]

    def plain(self) -> Ragged:
        """All pieces."""
        return self.ragged

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return self.ragged.stored(name)


Pieces = Blocks | Unpacked

Kept = tuple[Pieces, Mask | None]
"""Pieces, and which of them to keep (``None``: all)."""


def loaded(arrays: Mapping[str, Array], name: str) -> Pieces:
    """The pieces stored under *name*."""
    starts = bounds(arrays[f"{name}/sizes"])
    if f"{name}/firsts" not in arrays:
        return Unpacked(Ragged(arrays[f"{name}/data"], starts))
    block_starts = bounds(arrays[f"{name}/blocks/sizes"])
    blocks = Ragged(arrays[f"{name}/blocks/data"], block_starts)
    dictionary = arrays[f"{name}/dictionary"].tobytes()
    return Blocks(blocks, arrays[f"{name}/firsts"], starts, dictionary)


def compressed(pieces: Pieces) -> Blocks:
    """The same pieces in blocks."""
    return pieces if isinstance(pieces, Blocks) else _in_blocks([(pieces, None)])


def together(parts: Sequence[Kept], *, compressed: bool) -> Pieces:
    """The pieces of all *parts* in order, of each those its mask keeps; in blocks or not."""
    if compressed:
        return _in_blocks(parts)
    return Unpacked(joined([(pieces.plain(), kept) for pieces, kept in parts]))


def _in_blocks(parts: Sequence[Kept]) -> Blocks:
    """One block after the other: only RUN bytes of the pieces are unpacked at a time."""
    sizes = [np.diff(pieces.starts) for pieces, _ in parts]
    left = [own if kept is None else own[kept] for own, (_, kept) in zip(sizes, parts, strict=True)]
    starts = bounds(np.concatenate(left))
    dictionary = _dictionary(parts, starts.size - 1)
    # Where a longer piece reaches over whole BLOCKs, those are empty.
    count = starts.item(-1) // BLOCK + 1
    firsts = np.searchsorted(starts[:-1], np.arange(count) * BLOCK)
    ends = [*starts[firsts[1:]].tolist(), starts.item(-1)]
    blocks = packed(_packed_at(ends, _kept_runs(parts), dictionary))
    return Blocks(blocks, firsts.astype(np.uint32), starts, dictionary)


def _kept_runs(parts: Sequence[Kept]) -> Iterator[bytes]:
    for pieces, kept in parts:
        for first, last, data in pieces.runs():
            sizes = np.diff(pieces.starts[first : last + 1])
            left = data if kept is None else data[np.repeat(kept[first:last], sizes)]
            yield left.tobytes()


def _packed_at(ends: Iterable[int], runs: Iterable[bytes], dictionary: bytes) -> Iterator[bytes]:
    """Blocks of the *runs*, which are one string, that end at *ends*."""
    # Copied for every block, which costs less than reading the dictionary again.
    fresh = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW, zdict=dictionary)
    rest = iter(runs)
    held, at, start = b"", 0, 0
    for end in ends:
        size = end - start
        while len(held) < at + size:
            held, at = held[at:] + next(rest), 0
        packing = fresh.copy()
        yield packing.compress(held[at : at + size]) + packing.flush() if size else b""
        at, start = at + size, end


def _dictionary(parts: Sequence[Kept], size: int) -> bytes:
    """Middles of pieces from all over the segment, and one whole piece last, for its beginning."""
    if not size:
        return b""
    chosen = np.linspace(0, size - 1, min(size, DICTIONARY // SAMPLE)).astype(int)
    pieces = []
    base = 0
    for known, kept in parts:
        numbers = np.arange(len(known)) if kept is None else kept.nonzero()[0]
        own = chosen[(chosen >= base) & (chosen < base + numbers.size)] - base
        pieces += [known.piece(number, Memory(0), "") for number in numbers[own].tolist()]
        base += numbers.size
    middles = b"".join(each[len(each) // 2 :][:SAMPLE] for each in pieces)
    return (middles + pieces[-1])[-DICTIONARY:]
