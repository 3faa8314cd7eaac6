"""The values that pass between the finder and the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Pattern:
    """One piece of a query, already analysed: its words and its bare characters."""

    words: tuple[str, ...]
    characters: str


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
    """The documents to list: ticked values by facet, order, and the range ``[start, end)``."""

    facets: tuple[str, ...] = ()
    ticked: dict[str, frozenset[str]] = field(default_factory=dict)
    order: str = ""
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class FoundSection:
    """A section that matched, with what was stored to show it."""

    score: float
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document that matched: best score, number of sections, and its best sections."""

    card: Card
    score: float
    section_count: int
    sections: tuple[FoundSection, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a query gave; counts are over all hits, ``facets`` count documents."""

    count: int
    section_count: int
    documents: tuple[FoundDocument, ...]
    facets: dict[str, dict[str, int]]
