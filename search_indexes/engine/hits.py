"""Scored sections of a segment, few as a list or many as a mask, and how they combine.

Scores are added in the order of the query's parts, so that equal sections have equal scores to
the last bit, whichever form their segment happened to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_indexes.engine.arrays import NONE, Floats, Ints, Mask

DENSE = 12
"""A list longer than this part of a segment is cheaper as a mask."""

FAR = 8
"""A list this many times longer than another is searched instead of spread out."""


@dataclass(frozen=True, slots=True)
class Few:
    """Ascending section numbers and their scores."""

    numbers: Ints
    scores: Floats

    @property
    def count(self) -> int:
        return self.numbers.size

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return self.numbers.nbytes + self.scores.nbytes


@dataclass(frozen=True, slots=True)
class Many:
    """One flag and one score for every section of the segment, 0 for those not among the hits.

    ``positive`` says that no hit has a score of 0, so that scores tell the hits as well.
    """

    mask: Mask
    scores: Floats
    positive: bool = False

    @property
    def count(self) -> int:
        return int(np.count_nonzero(self.mask))

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return self.mask.nbytes + self.scores.nbytes


Hits = Few | Many

NOTHING = Few(NONE, np.empty(0, np.float32))


def scored(numbers: Ints, scores: Floats, size: int) -> Hits:
    """The hits *numbers* of a segment of *size* sections in the cheaper form."""
    if numbers.size * DENSE <= size:
        return Few(numbers, scores)
    mask = np.zeros(size, np.bool_)
    mask[numbers] = True
    spread = np.zeros(size, np.float32)
    spread[numbers] = scores
    return Many(mask, spread, _positive(scores))


def _positive(scores: Floats) -> bool:
    return bool(scores.size) and float(scores.min()) > 0


def alike(numbers: Ints, score: float, size: int) -> Hits:
    """Hits with one score."""
    return scored(numbers, np.full(numbers.size, score, np.float32), size)


def either(parts: Sequence[Hits], size: int) -> Hits:
    """Hits of any of *parts*, scores added."""
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    few = [part for part in parts if isinstance(part, Few)]
    if len(few) == len(parts) and sum(part.count for part in few) * DENSE <= size:
        return _united(few)
    mask = np.zeros(size, np.bool_)
    scores = np.zeros(size, np.float32)
    for part in parts:
        if isinstance(part, Few):
            mask[part.numbers] = True
            scores[part.numbers] += part.scores
        else:
            mask |= part.mask
            scores += part.scores
    return Many(mask, scores, all(map(_positively, parts)))


def _positively(hits: Hits) -> bool:
    return hits.positive if isinstance(hits, Many) else not hits.count or _positive(hits.scores)


def _united(parts: Sequence[Few]) -> Few:
    filled = [part for part in parts if part.count]
    if len(filled) < 2:
        return filled[0] if filled else NOTHING
    every = np.concatenate([part.numbers for part in filled])
    every.sort()  # numpy's own unique hashes first, which costs more
    changes = np.empty(every.size, np.bool_)
    changes[0] = True
    np.not_equal(every[1:], every[:-1], out=changes[1:])
    numbers = every[changes]
    scores = np.zeros(numbers.size, np.float32)
    for part in filled:
        scores[np.searchsorted(numbers, part.numbers)] += part.scores
    return Few(numbers, scores)


def every(parts: Sequence[Hits], size: int) -> Hits:
    """Hits of all of *parts* (one at least), scores added."""
    few = sorted((part for part in parts if isinstance(part, Few)), key=lambda part: part.count)
    many = [part for part in parts if isinstance(part, Many)]
    if not few:
        return _all_many(many)
    numbers = few[0].numbers
    for part in few[1:]:
        numbers = numbers[among(numbers, part.numbers, size)]
    for other in many:
        numbers = numbers[other.mask[numbers]]
    total = np.zeros(numbers.size, np.float32)
    for each in parts:
        total += _scores_at(each, numbers, size)
    return Few(numbers, total)


def preferring(hits: Hits, others: Hits, size: int) -> Hits:
    """*hits*, with the scores of *others* added where both are."""
    if not hits.count or not others.count:
        return hits
    if isinstance(hits, Many):
        scores = hits.scores.copy()
        if isinstance(others, Many):
            scores += others.scores * hits.mask
        else:
            there = hits.mask[others.numbers]
            scores[others.numbers[there]] += others.scores[there]
        return Many(hits.mask, scores, hits.positive)
    if isinstance(others, Many):
        return Few(hits.numbers, hits.scores + others.scores[hits.numbers])
    both = among(others.numbers, hits.numbers, size)
    scores = hits.scores.copy()
    scores[hits.numbers.searchsorted(others.numbers[both])] += others.scores[both]
    return Few(hits.numbers, scores)


def _all_many(parts: Sequence[Many]) -> Many:
    if len(parts) == 1:
        return parts[0]
    mask = parts[0].mask & parts[1].mask
    scores = parts[0].scores + parts[1].scores
    for part in parts[2:]:
        mask &= part.mask
        scores += part.scores
    scores *= mask
    return Many(mask, scores, all(part.positive for part in parts))


def among(numbers: Ints, others: Ints, size: int) -> Mask:
    """Which of *numbers* are among *others*, both below *size*."""
    if numbers.size * FAR < others.size:
        places = np.minimum(np.searchsorted(others, numbers), others.size - 1)
        near: Mask = others[places] == numbers
        return near
    mask = np.zeros(size, np.bool_)
    mask[others] = True
    return mask[numbers]


def _scores_at(hits: Hits, numbers: Ints, size: int) -> Floats:
    """Scores of *numbers*, all of which are among *hits*."""
    if isinstance(hits, Many):
        return hits.scores[numbers]
    if hits.numbers.size == numbers.size:
        return hits.scores
    if numbers.size * FAR < hits.count:
        return hits.scores[np.searchsorted(hits.numbers, numbers)]
    spread = np.empty(size, np.float32)
    spread[hits.numbers] = hits.scores
    return spread[numbers]


def without(hits: Hits, others: Hits, size: int) -> Hits:
    """*hits* that are not among *others*, their scores kept."""
    if isinstance(hits, Few):
        if not hits.count or not others.count:
            return hits
        if isinstance(others, Many):
            kept = ~others.mask[hits.numbers]
        else:
            kept = ~among(hits.numbers, others.numbers, size)
        return Few(hits.numbers[kept], hits.scores[kept])
    if isinstance(others, Many):
        mask = hits.mask & ~others.mask
    else:
        mask = hits.mask.copy()
        mask[others.numbers] = False
    return Many(mask, hits.scores * mask, hits.positive)


def since(hits: Hits, first: int) -> Hits:
    """Those of *hits* from the section *first* on."""
    if not first:
        return hits
    if isinstance(hits, Few):
        start = int(np.searchsorted(hits.numbers, first))
        return Few(hits.numbers[start:], hits.scores[start:])
    mask, scores = hits.mask.copy(), hits.scores.copy()
    mask[:first] = False
    scores[:first] = 0.0
    return Many(mask, scores, hits.positive)


def living(hits: Hits, alive: Mask, dead: Ints) -> Hits:
    """*hits* that are *alive*; *dead* are the numbers of all others, mostly few."""
    if isinstance(hits, Few):
        kept = alive[hits.numbers]
        return hits if kept.all() else Few(hits.numbers[kept], hits.scores[kept])
    gone = dead[hits.mask[dead]]
    if not gone.size:
        return hits
    mask, scores = hits.mask.copy(), hits.scores.copy()
    mask[gone] = False
    scores[gone] = 0.0
    return Many(mask, scores, hits.positive)
