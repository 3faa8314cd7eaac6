"""Hits as documents: which have any, how well, and which sections of a document are its best.

The sections of a document lie side by side, so that all per-document figures are reductions
over runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from search_indexes.engine.arrays import NONE, Array, Floats, Ints, Mask
from search_indexes.engine.evaluation import Leaf
from search_indexes.engine.hits import Few, Hits, Many

SECTIONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Documents of a leaf with hits: their rows and best scores; and the hits themselves.

    ``hits`` is ``None`` when everything was asked for and no section is better than another.
    """

    leaf: Leaf
    rows: Ints
    best: Floats
    hits: Hits | None

    def among_rows(self) -> Mask:
        """The same documents as one flag for every document of the leaf."""
        mask = np.zeros(self.leaf.segment.documents.keys.size, np.bool_)
        mask[self.rows] = True
        return mask

    def only(self, allowed: Mask) -> Found:
        """Those of the documents that are *allowed*."""
        kept = allowed[self.rows]
        return Found(self.leaf, self.rows[kept], self.best[kept], self.hits)


def everything(leaf: Leaf) -> Found:
    """Every living document, without visiting its sections."""
    if leaf.alive_rows is None:
        rows = np.arange(leaf.segment.documents.keys.size)
    else:
        rows = leaf.alive_rows.nonzero()[0]
    return Found(leaf, rows, np.zeros(rows.size, np.float32), None)


def grouped(leaf: Leaf, hits: Hits) -> Found:
    """The documents that *hits* lie in."""
    documents = leaf.segment.documents
    if isinstance(hits, Many):
        starts = documents.starts[:-1]
        best = np.maximum.reduceat(hits.scores, starts)
        # The largest of flags tells whether there is any, at half the cost of counting them.
        rows = (best if hits.positive else np.maximum.reduceat(hits.mask, starts)).nonzero()[0]
        return Found(leaf, rows, best[rows], hits)
    if not hits.count:
        return Found(leaf, NONE, np.empty(0, np.float32), hits)
    of = documents.rows[hits.numbers]
    firsts = _firsts(of)
    return Found(leaf, of[firsts].astype(np.int64), np.maximum.reduceat(hits.scores, firsts), hits)


def _firsts(of: Array) -> Ints:
    changes = np.empty(of.size, np.bool_)
    changes[0] = True
    np.not_equal(of[1:], of[:-1], out=changes[1:])
    return changes.nonzero()[0]


def section_count(found: Found, narrowed: bool) -> int:
    """How many sections were hit; *narrowed* says whether documents were left out since."""
    if found.hits is not None and not narrowed:
        return found.hits.count
    if not found.rows.size:
        return 0
    documents = found.leaf.segment.documents
    if found.hits is None:
        return int(np.diff(documents.starts)[found.rows].sum())
    if isinstance(found.hits, Few):
        return int(np.count_nonzero(found.among_rows()[documents.rows[found.hits.numbers]]))
    flags = found.hits.mask.view(np.uint8)
    counts = np.add.reduceat(flags, documents.starts[:-1], dtype=np.int32)
    return int(counts[found.rows].sum())


class Best(NamedTuple):
    """The best sections of some documents, one document's after another's.

    ``counts`` says how many sections of each document were hit, ``shown`` how many are here.
    """

    counts: list[int]
    shown: list[int]
    scores: list[float]
    numbers: list[int]


def best_sections(found: Found, rows: Ints) -> Best:
    """Of each of *rows* the best hits, equal ones in reading order, SECTIONS_SHOWN at most."""
    documents = found.leaf.segment.documents
    starts, ends = documents.starts[rows], documents.starts[rows + 1]
    if found.hits is None:
        one = [1] * rows.size
        return Best((ends - starts).tolist(), one, [0.0] * rows.size, starts.tolist())
    numbers, owners = _numbers(found.hits, starts, ends)
    scores = found.hits.scores[numbers]
    counts = np.bincount(owners, minlength=rows.size)
    shown = np.minimum(counts, SECTIONS_SHOWN)
    chosen = _ordered(owners, scores)[_ranges(np.cumsum(counts) - counts, shown)[0]]
    numbers, scores = numbers[chosen], scores[chosen]
    if isinstance(found.hits, Few):
        numbers = found.hits.numbers[numbers]
    return Best(counts.tolist(), shown.tolist(), scores.tolist(), numbers.tolist())


def _ordered(owners: Ints, scores: Floats) -> Ints:
    """By owner and falling score, equal ones as they come.

    The bits of a float that is not negative are ordered as the float is, and sort much faster.
    """
    return ((owners << 32) - scores.view(np.int32)).argsort(kind="stable")


def _numbers(hits: Hits, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Places among *hits* of those from each of *starts* to *ends*, and which range each is in."""
    if isinstance(hits, Few):
        lows, highs = hits.numbers.searchsorted(starts), hits.numbers.searchsorted(ends)
        return _ranges(lows, highs - lows)
    numbers, owners = _ranges(starts, ends - starts)
    there = hits.mask[numbers]
    return numbers[there], owners[there]


def _ranges(starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Every number from each of *starts* on, *sizes* of them, and which range it is of."""
    owners = np.arange(starts.size).repeat(sizes)
    before = np.cumsum(sizes) - sizes
    return np.arange(owners.size) + (starts - before)[owners], owners
