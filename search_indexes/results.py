"""A page of results as values: what the search page, the API and `find` all show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.named import Named


@dataclass(frozen=True, slots=True)
class Fragment(Named):
    """A piece of an excerpt; ``match`` says that the query asked for it."""

    text: str
    match: bool = False


@dataclass(frozen=True, slots=True)
class SectionHit(Named):
    """A section that matched; ``path`` are the numbered headings from its part down to it.

    ``reasons`` say why it is there, when that was asked.
    """

    anchor: str
    url: str
    path: tuple[str, ...]
    score: float
    excerpt: tuple[Fragment, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentHit(Named):
    """A document that matched, with its best sections; ``section_count`` counts all of them.

    ``title`` is plain; ``title_fragments`` is the same text with the query's words marked.
    ``known_as`` are other names of the document that hold more of the query than its title does.
    """

    id: str
    url: str
    title: str
    title_fragments: tuple[Fragment, ...]
    issuers: tuple[str, ...]
    ref_no: str | None
    date: date | None
    district: str | None
    themes: tuple[str, ...]
    score: float
    section_count: int
    sections: tuple[SectionHit, ...]
    known_as: tuple[tuple[Fragment, ...], ...] = ()

    @property
    def day(self) -> str:
        """2025年1月16日, nothing for no date."""
        return f"{self.date.year}年{self.date.month}月{self.date.day}日" if self.date else ""


@dataclass(frozen=True, slots=True)
class FacetValue(Named):
    """One value of a facet; ``count`` is the number of documents, exact over all hits."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet(Named):
    """A facet with its values in the order to show them (selected values are always there)."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """A term of the query and the other words that were searched for it."""

    term: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberOffer:
    """A document whose 发文字号 fits what was typed of one."""

    ref_no: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Nearest(Named):
    """The best documents for a part of a query that nothing answers as a whole.

    ``query`` is that part as a reader would type it, ``dropped`` the pieces left out; counts are
    over all hits of the part.
    """

    query: str
    dropped: tuple[str, ...]
    count: int
    section_count: int
    documents: tuple[DocumentHit, ...]


@dataclass(frozen=True, slots=True)
class SearchPage(Named):
    """One page of answers. ``count`` is documents, ``section_count`` sections, over all hits.

    ``pages`` is at least 1. ``notes`` are Chinese sentences for the reader; ``jump`` is the
    address of the one document whose 发文字号 was typed.
    """

    query: str
    count: int
    section_count: int
    page: int
    pages: int
    milliseconds: float
    documents: tuple[DocumentHit, ...]
    facets: tuple[Facet, ...]
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    jump: str | None = None
    nearest: Nearest | None = None
    synonyms: tuple[Synonyms, ...] = ()
    numbers: tuple[NumberOffer, ...] = ()
