"""Ticked facets: which documents they leave, and the counts of all facets over all hits."""

from __future__ import annotations

import numpy as np

from search_indexes.engine.arrays import Ints, Mask
from search_indexes.engine.evaluation import Leaf
from search_indexes.engine.grouping import Found
from search_indexes.engine.snapshot import Snapshot
from search_indexes.engine.values import Selection

Counted = dict[tuple[str, ...], Ints]
"""Counts by the facets counted together (see Snapshot.table)."""


def narrowed(snapshot: Snapshot, found: Found, selection: Selection, into: Counted) -> Found:
    """Documents with all ticked facets; adds to *into* as if each facet alone were open."""
    leaf = found.leaf
    allowed = {name: _allowed(leaf, name, ticked) for name, ticked in selection.ticked.items()}
    if not found.rows.size or not (allowed or selection.facets):
        return found
    here = found.among_rows()
    kept = _both(here, list(allowed.values()))
    for names in _together(selection):
        counted = snapshot.table(names).leaves[leaf.segment.name]
        open_for = kept
        if names[0] in allowed:
            open_for = _both(here, [mask for name, mask in allowed.items() if name != names[0]])
        counts = counted.counted(open_for)
        into[names] = into[names] + counts if names in into else counts
    return found.only(kept) if allowed else found


def named(snapshot: Snapshot, selection: Selection, counted: Counted) -> dict[str, dict[str, int]]:
    """The counts by facet and value, none of 0."""
    told: dict[str, dict[str, int]] = {name: {} for name in selection.facets}
    for names, counts in counted.items():
        table = snapshot.table(names)
        for name, start, end in zip(names, table.starts, table.starts[1:], strict=False):
            some = counts[start:end]
            places = some.nonzero()[0]
            values = map(table.values[name].__getitem__, places.tolist())
            told[name] = dict(zip(values, some[places].tolist(), strict=True))
    return told


def _together(selection: Selection) -> list[tuple[str, ...]]:
    """The facets in groups that count the same documents: those not ticked, and each ticked one."""
    free = tuple(name for name in selection.facets if name not in selection.ticked)
    alone: list[tuple[str, ...]] = [
        (name,) for name in selection.facets if name in selection.ticked
    ]
    return [free, *alone] if free else alone


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
