"""The documents of a segment as columns: keys, dates, facet values, and where their sections lie.

A document lies whole in one segment, its sections side by side in reading order; what is known
of a section's document is therefore known of a run of sections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from search_indexes.engine.arrays import Ints, Mask
from search_indexes.engine.values import Card

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """A facet's values, and pairs of a document's row and the code of one of its values."""

    values: tuple[str, ...]
    codes: Codes
    rows: Codes

    def allowed(self, ticked: frozenset[str], count: int) -> Mask:
        """Which of *count* documents have one of the values *ticked*."""
        wanted = np.fromiter((value in ticked for value in self.values), np.bool_, len(self.values))
        mask = np.zeros(count, np.bool_)
        mask[self.rows[wanted[self.codes]]] = True
        return mask


@dataclass(frozen=True, slots=True)
class FacetPairs:
    """Several facets as one column: pairs of a document's row and the place of a value of it."""

    places: Ints
    rows: Codes
    size: int

    def counted(self, documents: Mask) -> Ints:
        """How many of the *documents* have the value at each of *size* places."""
        return np.bincount(self.places[documents[self.rows]], minlength=self.size)


@dataclass(frozen=True, slots=True)
class FacetTable:
    """Facets counted together: their values, where each begins, and the pairs of every leaf."""

    values: dict[str, tuple[str, ...]]
    starts: list[int]
    leaves: dict[str, FacetPairs]


@dataclass(frozen=True)
class Documents:
    """``starts[row]`` is a document's first section, ``starts[row + 1]`` ends it."""

    keys: Ints
    days: Ints
    starts: Ints
    facets: dict[str, FacetColumn]

    @cached_property
    def rows(self) -> Codes:
        """The row of the document of every section."""
        return np.repeat(np.arange(self.keys.size, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def row_of(self) -> dict[int, int]:
        """Row by key."""
        return {int(key): row for row, key in enumerate(self.keys)}


def tabled(section_keys: Ints, cards: Sequence[Card | None]) -> Documents:
    """The columns of documents, from every section's document and every document's card.

    *cards* has one entry a document, ``None`` where a document says nothing of itself.
    """
    changes = np.flatnonzero(section_keys[1:] != section_keys[:-1]) + 1
    starts = np.concatenate(([0], changes, [section_keys.size])).astype(np.int64)
    if not section_keys.size:
        starts = np.zeros(1, np.int64)
    names = dict.fromkeys(name for card in cards if card for name in card.facets)
    return Documents(
        keys=section_keys[starts[:-1]],
        days=np.fromiter((card.day if card else 0 for card in cards), np.int64, len(cards)),
        starts=starts,
        facets={name: _column(name, cards) for name in names},
    )


def _column(name: str, cards: Sequence[Card | None]) -> FacetColumn:
    known: dict[str, int] = {}
    codes: list[int] = []
    rows: list[int] = []
    for row, card in enumerate(cards):
        # A value stated twice still counts its document once.
        for value in dict.fromkeys(card.facets.get(name, ()) if card else ()):
            codes.append(known.setdefault(value, len(known)))
            rows.append(row)
    return FacetColumn(tuple(known), np.array(codes, np.int32), np.array(rows, np.int32))
