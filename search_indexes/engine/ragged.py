"""Many short sequences in one array: texts, records, words; and how they join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from search_indexes.engine.arrays import Array, Ints, Mask


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
