"""What a reader asks, as values that no engine needs to be known for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Sort(StrEnum):
    """The orders a result list can have."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class TermKind(StrEnum):
    """How a piece of the query is to be matched."""

    WORDS = "words"
    """Cut into words; all of them must be in one section with its context."""
    EXACT = "exact"
    """The very characters, punctuation, spaces, width and case aside."""
    NEAR = "near"
    """The pieces between its blanks, in any order, at most ``within`` characters apart."""
    WILDCARD = "wildcard"
    """The pieces between its stars, in order, a few characters at most for every star."""


class QueryField(StrEnum):
    """Where a piece of the query must be found."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    REF_NO = "ref_no"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of a query as typed, without its marks; ``also`` are other words for it."""

    text: str
    kind: TermKind = TermKind.WORDS
    field: QueryField = QueryField.ANYWHERE
    excluded: bool = False
    also: tuple[str, ...] = ()
    within: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in brackets: holds when all its clauses do, excluded when they do not."""

    clauses: tuple[Clause, ...]
    excluded: bool = False


Member = Term | Group
Clause = tuple[Member, ...]


def terms_of(clauses: Iterable[Clause]) -> Iterator[Term]:
    """The terms of *clauses* and of their groups; those of an excluded group are excluded."""
    for member in (member for clause in clauses for member in clause):
        if isinstance(member, Term):
            yield member
        elif member.excluded:
            yield from (replace(term, excluded=True) for term in terms_of(member.clauses))
        else:
            yield from terms_of(member.clauses)


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: every clause must hold, and a clause holds when one of its members does.

    ``notes`` are Chinese sentences for the reader about what was read as plain words.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, those in groups too, in the order typed."""
        return tuple(terms_of(self.clauses))


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A whole question: the query, ticked facet values by facet name, order and page (from 1).

    ``since`` and ``until`` bound 成文日期, both days included; ``literal`` leaves synonyms out,
    ``ageless`` gives recent documents no lift, ``titles`` looks in titles alone (the query's terms
    are `titled` already), ``explain`` asks for the reasons of the order.
    """

    query: Query
    selected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 20
    since: date | None = None
    until: date | None = None
    literal: bool = False
    ageless: bool = False
    titles: bool = False
    explain: bool = False

    def values(self, facet: str) -> tuple[str, ...]:
        """The ticked values of *facet*, none when it is open."""
        return self.selected.get(facet, ())


def titled(query: Query) -> Query:
    """*query* with every term that has no field of its own looked for in titles."""
    return replace(query, clauses=_titled(query.clauses))


def _titled(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    return tuple(tuple(map(_in_title, clause)) for clause in clauses)


def _in_title(member: Member) -> Member:
    if isinstance(member, Group):
        return replace(member, clauses=_titled(member.clauses))
    return (
        replace(member, field=QueryField.TITLE) if member.field == QueryField.ANYWHERE else member
    )


def as_parameters(request: SearchRequest, **changes: Any) -> list[tuple[str, str]]:
    """The address parameters of *request* in a fixed order, defaults left out.

    *changes* replace attributes of the request (``page=2``); page 1 and the default order are
    not written, so that one question has one address.
    """
    text = changes.get("text", request.query.text)
    selected: dict[str, tuple[str, ...]] = changes.get("selected", request.selected)
    sort: Sort = changes.get("sort", request.sort)
    page: int = changes.get("page", request.page)
    pairs = [("q", text)] if text else []
    if text and changes.get("titles", request.titles):
        pairs.append(("in", "title"))
    pairs += [(name, value) for name in sorted(selected) for value in selected[name]]
    since: date | None = changes.get("since", request.since)
    until: date | None = changes.get("until", request.until)
    pairs += [(name, day.isoformat()) for name, day in (("from", since), ("to", until)) if day]
    if changes.get("literal", request.literal):
        pairs.append(("literal", "1"))
    if changes.get("ageless", request.ageless):
        pairs.append(("ageless", "1"))
    if sort != Sort.RELEVANCE:
        pairs.append(("sort", sort.value))
    if page > 1:
        pairs.append(("page", str(page)))
    return pairs
