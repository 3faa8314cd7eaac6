"""A lift for recent documents: beside an equal one, the newer comes first.

The best score of a document is multiplied by ``1 + lift * 2 ** (-age / HALF_LIFE)``; age is
counted from the newest document of the commit, so that the same index always gives the same
order. Undated documents gain nothing. Scores of sections stay what the words made them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from search_indexes.engine.arrays import Floats
from search_indexes.engine.evaluation import Leaf
from search_indexes.engine.grouping import Found

HALF_LIFE = 5 * 365
"""Days after which a document gains half as much."""


def lifted(found: Found, lift: float, newest: int) -> Found:
    """*found* with better scores for what is recent; *newest* is the latest day of all."""
    if not lift or found.hits is None or not found.rows.size:
        return found
    share = _shares(found.leaf, newest)[found.rows]
    return replace(found, best=found.best * (1 + np.float32(lift) * share))


def newest_day(leaves: list[Leaf], latest: int) -> int:
    """The last day of a living document, none after *latest*: a misread date is not the measure."""
    newest = 0
    for leaf in leaves:
        days = leaf.segment.documents.days
        days = days if leaf.alive_rows is None else days[leaf.alive_rows]
        newest = max(newest, int(days[days <= latest].max(initial=0)))
    return newest


def _shares(leaf: Leaf, newest: int) -> Floats:
    """The part of the lift that each document of *leaf* gains."""

    def make() -> Floats:
        days = leaf.segment.documents.days
        ages = np.maximum(newest - days, 0).astype(np.float32)
        return np.where(days > 0, np.exp2(-ages / np.float32(HALF_LIFE)), np.float32(0))

    return leaf.memory.get((leaf.segment.name, "recency", newest), make, lambda it: it.nbytes)
