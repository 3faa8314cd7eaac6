"""Signatures of wording: texts are about as alike as their signatures agree.

One-permutation MinHash (Li, Owen and Zhang 2012) with the densification of Shrivastava 2017: one
hash a shingle instead of 128, the same estimate of the Jaccard similarity, its standard error
at most 0.045. A library would bring NumPy and SciPy along for these few lines.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from operator import eq

from documents.text.characters import skeleton

SLOTS = 128
GRAM = 4
"""Characters a shingle: two Chinese words."""

BAND = 3
BANDS = SLOTS // BAND
"""Texts that are alike by 0.4 share a band with a probability of 0.94, by 0.7 of 0.9999999."""

_WORD = (1 << 64) - 1
_EMPTY = -1
_random = random.Random(33480)  # noqa: S311 - fixed: signatures are kept and must stay comparable
_FACTORS = tuple(_random.getrandbits(64) | 1 for _ in range(GRAM + 1))
_DONORS = tuple(tuple(_random.randrange(SLOTS) for _ in range(4 * SLOTS)) for _ in range(SLOTS))


def signature_of(text: str) -> tuple[int, ...] | None:
    """The 128 minima, 32 bits each; ``None`` for a text of fewer than four word characters."""
    return signature_of_letters(skeleton(text))


def signature_of_letters(letters: str) -> tuple[int, ...] | None:
    """The same for what ``skeleton`` left of a text."""
    codes = [ord(character) for character in letters]
    if len(codes) < GRAM:
        return None
    a, b, c, d, e = _FACTORS
    # Multilinear hashing: the upper bits of a sum of products are universal (Lemire 2014).
    hashes = {
        (a + b * w + c * x + d * y + e * z & _WORD) >> 25
        for w, x, y, z in zip(codes, codes[1:], codes[2:], codes[3:], strict=False)
    }
    # The last of equal keys stays, so that falling order leaves each slot its least hash.
    least = {value & 127: value >> 7 for value in sorted(hashes, reverse=True)}
    return _dense([least.get(slot, _EMPTY) for slot in range(SLOTS)])


def _dense(slots: list[int]) -> tuple[int, ...]:
    """Empty slots of a short text borrow from a filled one, each from the same for every text."""
    return tuple(
        value
        if value != _EMPTY
        else next((slots[d] for d in _DONORS[at] if slots[d] != _EMPTY), max(slots))
        for at, value in enumerate(slots)
    )


def similarity(left: Sequence[int], right: Sequence[int]) -> float:
    """The estimated Jaccard similarity of the two texts' shingles, 0 to 1."""
    agreeing: int = sum(map(eq, left, right))
    return agreeing / SLOTS


def bands_of(signature: Sequence[int]) -> list[int]:
    """Signed 64-bit keys, one a band: what alike texts share, looked up in an ordinary index."""
    keys = []
    for band in range(BANDS):
        key = band + 1
        for value in signature[band * BAND : (band + 1) * BAND]:
            key = (key * 0x9E3779B97F4A7C15 + value + 1) & _WORD
            key ^= key >> 29
        keys.append(key - (1 << 64) if key >> 63 else key)
    return keys


def packed(signature: Sequence[int]) -> bytes:
    """The signature as kept in the database: 128 little-endian 32-bit words."""
    return struct.pack(f"<{SLOTS}I", *signature)


def unpacked(data: bytes) -> tuple[int, ...]:
    """What ``packed`` packed."""
    return struct.unpack(f"<{SLOTS}I", data)
