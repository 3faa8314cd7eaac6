"""Short byte strings kept compressed, a few in a block, each read without the rest.

A block is raw DEFLATE (RFC 1951) with a dictionary of pieces of the same segment, so that small
blocks pack as well as large ones and one is unpacked in some microseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
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

    def plain(self) -> Ragged:
        """All pieces, unpacked."""
        whole = b"".join(map(self._unpacked, range(len(self.blocks))))
        return Ragged(np.frombuffer(whole, np.uint8), self.starts)

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

    def plain(self) -> Ragged:
        """All pieces."""
        return self.ragged

    def stored(self, name: str) -> dict[str, Array]:
        """The arrays to keep it as."""
        return self.ragged.stored(name)


Pieces = Blocks | Unpacked


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
    if isinstance(pieces, Blocks):
        return pieces
    ragged = pieces.ragged
    whole = ragged.data.tobytes()
    dictionary = _dictionary(ragged)
    # Where a longer piece reaches over whole BLOCKs, those are empty.
    count = len(whole) // BLOCK + 1
    firsts = np.searchsorted(ragged.starts[:-1], np.arange(count) * BLOCK)
    offsets = [*ragged.starts[firsts].tolist(), len(whole)]
    blocks = packed(
        _packed(whole[start:end], dictionary) if start < end else b""
        for start, end in pairwise(offsets)
    )
    return Blocks(blocks, firsts.astype(np.uint32), ragged.starts, dictionary)


def _packed(data: bytes, dictionary: bytes) -> bytes:
    packing = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW, zdict=dictionary)
    return packing.compress(data) + packing.flush()


def _dictionary(ragged: Ragged) -> bytes:
    """Middles of pieces from all over the segment, and one whole piece last, for its beginning."""
    if not len(ragged):
        return b""
    chosen = np.linspace(0, len(ragged) - 1, min(len(ragged), DICTIONARY // SAMPLE)).astype(int)
    pieces = [ragged[number].tobytes() for number in chosen.tolist()]
    middles = b"".join(each[len(each) // 2 :][:SAMPLE] for each in pieces)
    return (middles + pieces[-1])[-DICTIONARY:]


def together(parts: Sequence[tuple[Pieces, Mask | None]]) -> Unpacked:
    """The pieces of all *parts* in order, of each those its mask keeps."""
    return Unpacked(joined([(pieces.plain(), kept) for pieces, kept in parts]))
