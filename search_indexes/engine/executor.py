"""Answers a query tree over a snapshot: documents ranked and counted, facets over all hits.

Every hit is visited, because counts of documents and of facet values are exact. The sections of
a document lie side by side, so that all per-document figures are reductions over runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from whoosh import query

from search_indexes.engine.arrays import Floats, Ints, Mask
from search_indexes.engine.errors import IndexDamaged
from search_indexes.engine.evaluation import Leaf, evaluated
from search_indexes.engine.hits import Few, Hits
from search_indexes.engine.snapshot import Snapshot
from search_indexes.engine.values import Answer, FoundDocument, FoundSection, Selection

SECTIONS_SHOWN = 3

CARD_BYTES = 4_000
"""What a document's record takes in memory, roughly."""

ENOUGH = 4
"""Lists this many times longer than the page are cut before they are sorted."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Documents of a leaf with hits: row, best score, number of hits; and the hits themselves.

    ``hits`` is ``None`` when everything was asked for and no section is better than another.
    """

    leaf: Leaf
    rows: Ints
    best: Floats
    counts: Ints
    hits: Hits | None


def execute(snapshot: Snapshot, tree: query.Query | None, selection: Selection) -> Answer:
    """What *tree* finds (``None``: everything) within *selection*.

    Order "" is by score, "date" and "-date" by date with undated documents last; ties are
    broken by date, the latest first, then by key, the highest first.
    """
    if tree is None:
        found = [_everything(leaf) for leaf in snapshot.leaves]
    else:
        every = evaluated(tree, snapshot.leaves, snapshot)
        found = [_grouped(leaf, of) for leaf, of in zip(snapshot.leaves, every, strict=True)]
    facets = {name: np.zeros(len(snapshot.values(name)), np.int64) for name in selection.facets}
    kept = [_narrowed(snapshot, each, selection, facets) for each in found]
    page = _page(kept, selection)
    return Answer(
        sum(each.rows.size for each in kept),
        sum(int(each.counts.sum()) for each in kept),
        tuple(_document(each, place) for each, place in page),
        {name: _named(snapshot.values(name), counts) for name, counts in facets.items()},
    )


def _everything(leaf: Leaf) -> _Found:
    """Every document, without visiting its sections."""
    documents = leaf.segment.documents
    rows = (
        np.arange(documents.keys.size) if leaf.alive_rows is None else leaf.alive_rows.nonzero()[0]
    )
    counts = np.diff(documents.starts)[rows]
    return _Found(leaf, rows, np.zeros(rows.size, np.float32), counts, None)


def _grouped(leaf: Leaf, hits: Hits) -> _Found:
    documents = leaf.segment.documents
    if not hits.count:
        nothing = np.empty(0, np.int64)
        return _Found(leaf, nothing, np.empty(0, np.float32), nothing, hits)
    if isinstance(hits, Few):
        of = documents.rows[hits.numbers]
        firsts = np.flatnonzero(np.concatenate(([True], of[1:] != of[:-1])))
        counts = np.diff(np.append(firsts, of.size))
        best = np.maximum.reduceat(hits.scores, firsts)
        return _Found(leaf, of[firsts].astype(np.int64), best, counts, hits)
    starts = documents.starts[:-1]
    every = np.add.reduceat(hits.mask, starts, dtype=np.int64)
    rows = np.flatnonzero(every)
    best = np.maximum.reduceat(hits.scores, starts)[rows]
    return _Found(leaf, rows, best, every[rows], hits)


def _narrowed(
    snapshot: Snapshot, found: _Found, selection: Selection, facets: dict[str, Ints]
) -> _Found:
    """Documents with all ticked facets; adds to *facets* as if each facet alone were open."""
    leaf = found.leaf
    here = np.zeros(leaf.segment.documents.keys.size, np.bool_)
    here[found.rows] = True
    allowed = {name: _allowed(leaf, name, ticked) for name, ticked in selection.ticked.items()}
    for name, counts in facets.items():
        others = [mask for other, mask in allowed.items() if other != name]
        column = leaf.segment.documents.facets.get(name)
        if column is not None and found.rows.size:
            counts[snapshot.codes(name, leaf)] += column.counted(_both(here, others))
    if not allowed:
        return found
    kept = _both(here, list(allowed.values()))[found.rows]
    return _Found(leaf, found.rows[kept], found.best[kept], found.counts[kept], found.hits)


def _both(mask: Mask, others: list[Mask]) -> Mask:
    for other in others:
        mask = mask & other
    return mask


def _allowed(leaf: Leaf, name: str, ticked: frozenset[str]) -> Mask:
    documents = leaf.segment.documents
    column = documents.facets.get(name)
    if column is None:
        return np.zeros(documents.keys.size, np.bool_)
    return leaf.memory.get(
        (leaf.segment.name, "allowed", name, ticked),
        lambda: column.allowed(ticked, documents.keys.size),
        lambda mask: mask.nbytes,
    )


def _named(values: tuple[str, ...], counts: Ints) -> dict[str, int]:
    counted = np.flatnonzero(counts)
    return {
        values[code]: count
        for code, count in zip(counted.tolist(), counts[counted].tolist(), strict=True)
    }


def _page(found: list[_Found], selection: Selection) -> list[tuple[_Found, int]]:
    """The documents of the page in order, each as its leaf's find and its place there."""
    if not found:
        return []
    scores = np.concatenate([each.best for each in found])
    days = _joined(found, "days")
    if selection.order == "":
        first, second = -scores, -days
    elif selection.order == "date":
        first, second = np.where(days == 0, np.iinfo(np.int64).max, days), -scores
    else:
        first, second = -days, -scores
    places = _leading(first, selection.end)
    keys = _joined(found, "keys")[places]
    order = np.lexsort((-keys, second[places], first[places]))[selection.start : selection.end]
    ends = np.cumsum([each.rows.size for each in found])
    chosen = places[order]
    owners = np.searchsorted(ends, chosen, "right")
    within = chosen - (ends[owners] - np.array([each.rows.size for each in found])[owners])
    return [(found[o], w) for o, w in zip(owners.tolist(), within.tolist(), strict=True)]


def _joined(found: list[_Found], column: str) -> Ints:
    return np.concatenate(
        [getattr(each.leaf.segment.documents, column)[each.rows] for each in found]
    )


def _leading(first: npt.NDArray[np.generic], end: int | None) -> Ints:
    """Places that may be among the first *end* by *first*, equal ones included."""
    if end is None or end < 1 or first.size <= end * ENOUGH:
        return np.arange(first.size)
    last = np.partition(first, end - 1)[end - 1]
    return np.flatnonzero(first <= last)


def _document(found: _Found, place: int) -> FoundDocument:
    leaf = found.leaf
    segment = leaf.segment
    row = int(found.rows[place])
    card = leaf.memory.get(
        (segment.name, "card", row), lambda: segment.card(row), lambda _: CARD_BYTES
    )
    if card is None:
        raise IndexDamaged("索引中有文件缺少记录；请运行 manage.py reindex。")
    start, end = segment.documents.starts[row : row + 2].tolist()
    sections = tuple(
        FoundSection(score, segment.shown(number))
        for score, number in _best(found.hits, start, end)
    )
    return FoundDocument(card, float(found.best[place]), int(found.counts[place]), sections)


def _best(hits: Hits | None, start: int, end: int) -> list[tuple[float, int]]:
    """Score and number of the best hits from *start* to *end*, equal ones in reading order."""
    if hits is None:
        return [(0.0, start)]
    if isinstance(hits, Few):
        low, high = hits.numbers.searchsorted((start, end)).tolist()
        numbers, scores = hits.numbers[low:high], hits.scores[low:high]
    else:
        numbers = hits.mask[start:end].nonzero()[0] + start
        scores = hits.scores[numbers]
    if scores.size > 1:
        best = (-scores).argsort(kind="stable")[:SECTIONS_SHOWN]
        numbers, scores = numbers[best], scores[best]
    return list(zip(scores.tolist(), numbers.tolist(), strict=True))
