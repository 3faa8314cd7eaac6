"""Answers a query tree over a snapshot: documents ranked and counted, facets over all hits.

Every hit is visited, because counts of documents and of facet values are exact; of what is
stored only the documents and sections of the page are read, when they are looked at.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query

from search_indexes.engine.arrays import Floats, Ints
from search_indexes.engine.errors import IndexDamaged
from search_indexes.engine.evaluation import Evaluated, Leaf, evaluated
from search_indexes.engine.grouping import Found, best_sections, everything, grouped, section_count
from search_indexes.engine.narrowing import Counted, named, narrowed
from search_indexes.engine.recency import lifted
from search_indexes.engine.snapshot import Snapshot
from search_indexes.engine.values import Answer, Card, FoundDocument, FoundSection, Selection

CARD_BYTES = 4_000
"""What a document's record takes in memory, roughly."""

ENOUGH = 4
"""Lists this many times longer than the page are cut before they are sorted."""


def execute(snapshot: Snapshot, tree: query.Query | None, selection: Selection) -> Answer:
    """What *tree* finds (``None``: everything) within *selection*.

    Order "" is by score with the lift for recent documents, "date" and "-date" by date with
    undated documents last; ties are broken by date, the latest first, then by key, the highest
    first.
    """
    searched = 1.0
    if tree is None:
        found = [everything(leaf) for leaf in snapshot.leaves]
    else:
        every = evaluated(tree, snapshot.leaves, snapshot)
        searched = _searched(snapshot, every)
        found = [grouped(leaf, of) for leaf, of in zip(snapshot.leaves, every.hits, strict=True)]
        found = [lifted(each, selection.recency, snapshot.newest) for each in found]
    counted: Counted = {}
    kept = [narrowed(snapshot, each, selection, counted) for each in found]
    return Answer(
        sum(each.rows.size for each in kept),
        sum(section_count(each, bool(selection.ticked)) for each in kept),
        tuple(_documents(kept, _page(kept, selection))),
        named(snapshot, selection, counted),
        searched,
    )


def _searched(snapshot: Snapshot, every: Evaluated) -> float:
    """The part of all sections among which the hits were looked for."""
    size = sum(leaf.segment.size for leaf in snapshot.leaves)
    return 1.0 - sum(every.since) / size if size else 1.0


def _page(found: list[Found], selection: Selection) -> Ints:
    """The documents of the page in order, as places among all that were *found*."""
    if not found:
        return np.empty(0, np.int64)
    first: npt.NDArray[np.generic]
    if selection.order == "":
        first = -_scores(found)
    elif selection.order == "date":
        days = _column(found, "days")
        first = np.where(days == 0, np.iinfo(np.int64).max, days)
    else:
        first = -_column(found, "days")
    places = _leading(first, selection.end)
    if selection.order == "":
        second: npt.NDArray[np.generic] = -_column(found, "days", places)
    else:
        second = -_scores(found)[places]
    keys = _column(found, "keys", places)
    order = np.lexsort((-keys, second, first[places]))
    page: Ints = places[order[selection.start : selection.end]]
    return page


def _scores(found: list[Found]) -> Floats:
    return found[0].best if len(found) == 1 else np.concatenate([each.best for each in found])


def _column(found: list[Found], name: str, places: Ints | None = None) -> Ints:
    """A column of documents: of all that were found, or of those at *places*."""
    columns = [getattr(each.leaf.segment.documents, name) for each in found]
    if len(found) == 1:
        rows = found[0].rows
        whole: Ints = columns[0][rows if places is None else rows[places]]
        return whole
    joined = [column[each.rows] for column, each in zip(columns, found, strict=True)]
    whole = np.concatenate(joined)
    return whole if places is None else whole[places]


def _leading(first: npt.NDArray[np.generic], end: int | None) -> Ints:
    """Places that may be among the first *end* by *first*, equal ones included."""
    if end is None or end < 1 or first.size <= end * ENOUGH:
        return np.arange(first.size)
    last = np.partition(first, end - 1)[end - 1]
    leading: Ints = (first <= last).nonzero()[0]
    return leading


def _documents(found: list[Found], page: Ints) -> list[FoundDocument]:
    if not page.size:
        return []
    if len(found) == 1:
        return _of_leaf(found[0], page)
    ends = np.cumsum([each.rows.size for each in found])
    owners = np.searchsorted(ends, page, "right")
    shown: list[FoundDocument | None] = [None] * page.size
    for number, each in enumerate(found):
        mine = (owners == number).nonzero()[0]
        if mine.size:
            within = page[mine] - (ends[number] - each.rows.size)
            for place, document in zip(mine.tolist(), _of_leaf(each, within), strict=True):
                shown[place] = document
    return [document for document in shown if document is not None]


def _of_leaf(found: Found, places: Ints) -> list[FoundDocument]:
    rows = found.rows[places]
    card, shown = partial(_card, found.leaf), partial(_shown, found.leaf)
    best = best_sections(found, rows)
    sections = list(map(FoundSection, best.scores, repeat(shown), best.numbers))
    ends = list(accumulate(best.shown))
    own = [tuple(sections[end - size : end]) for end, size in zip(ends, best.shown, strict=True)]
    scores = found.best[places].tolist()
    return list(map(FoundDocument, repeat(card), rows.tolist(), scores, best.counts, own))


def _shown(leaf: Leaf, number: int) -> dict[str, Any]:
    return leaf.segment.shown(number, leaf.memory)


def _card(leaf: Leaf, row: int) -> Card:
    segment = leaf.segment
    card = leaf.memory.get(
        (segment.name, "card", row), lambda: segment.card(row), lambda _: CARD_BYTES
    )
    if card is None:
        raise IndexDamaged("索引中有文件缺少记录；请运行 manage.py reindex。")
    return card
