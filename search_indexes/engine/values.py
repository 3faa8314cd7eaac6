"""The values that pass between the finder and the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from search_indexes.engine.chains import Chain


@dataclass(frozen=True, slots=True)
class Pattern:
    """One piece of a query, already analysed: its words and its bare characters, or its chain."""

    words: tuple[str, ...]
    characters: str
    chain: Chain | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What the engine knows of a whole document.

    ``key`` is the document's, ``day`` orders by date (0 when undated), ``facets`` maps a facet to
    the document's values, ``fields`` maps a field to its bare characters, and ``shown`` is the
    caller's own, given back as it came (JSON).
    """

    key: int
    day: int
    version: str
    facets: dict[str, tuple[str, ...]]
    fields: dict[str, str]
    shown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents to list: ticked values by facet, order, and the range ``[start, end)``.

    ``recency`` is the part of its score that the newest document gains (see `recency`).
    """

    facets: tuple[str, ...] = ()
    ticked: dict[str, frozenset[str]] = field(default_factory=dict)
    order: str = ""
    start: int = 0
    end: int | None = None
    recency: float = 0.0


class FoundSection:
    """A section that matched; what was stored to show it is read when first looked at."""

    __slots__ = ("_number", "_read", "_shown", "score")

    def __init__(self, score: float, read: Callable[[int], dict[str, Any]], number: int) -> None:
        self.score = score
        self._read = read
        self._number = number
        self._shown: dict[str, Any] | None = None

    @property
    def shown(self) -> dict[str, Any]:
        """What was stored; raises IndexDamaged when that cannot be read."""
        if self._shown is None:
            self._shown = self._read(self._number)
        return self._shown


class FoundDocument:
    """A document that matched: best score, number of sections, and its best sections.

    Its card is read when first looked at.
    """

    __slots__ = ("_card", "_read", "_row", "score", "section_count", "sections")

    def __init__(
        self,
        read: Callable[[int], Card],
        row: int,
        score: float,
        section_count: int,
        sections: tuple[FoundSection, ...],
    ) -> None:
        self.score = score
        self.section_count = section_count
        self.sections = sections
        self._read = read
        self._row = row
        self._card: Card | None = None

    @property
    def card(self) -> Card:
        """What the document says of itself; raises IndexDamaged when that cannot be read."""
        if self._card is None:
            self._card = self._read(self._row)
        return self._card


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a query gave; counts are over all hits, ``facets`` count documents.

    ``searched`` is the part of the index that was looked at: 1 unless the query asked for more
    work than one may.
    """

    count: int
    section_count: int
    documents: tuple[FoundDocument, ...]
    facets: dict[str, dict[str, int]]
    searched: float = 1.0
