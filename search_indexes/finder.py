"""Answers a SearchRequest with a SearchPage."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from haystack.query import SQ

from documents.whereabouts import published_addresses
from search_indexes.characteristic import Rarity, characteristic, title_likeness
from search_indexes.engine.values import Answer, FoundDocument, Pattern
from search_indexes.facets import FACETS
from search_indexes.lexicon import lexicon
from search_indexes.nearest import loosened
from search_indexes.numbers import fitting
from search_indexes.query import parse_query
from search_indexes.query_sets import (
    Scope,
    of_days,
    one_index,
    ordered,
    query_set,
    run,
    withdrawn_since,
)
from search_indexes.questions import Candidate, about, ranked
from search_indexes.request import Query, SearchRequest, titled
from search_indexes.results import Nearest, SearchPage, Synonyms
from search_indexes.shown import facet_of, hits_of
from search_indexes.spelling import corrected
from search_indexes.synonyms import expanded

CANDIDATES = 1000
"""Answers of a question's words that are weighed again by pairs of characters, at least."""


class NoSuchPage(Exception):
    """The page asked for lies beyond the last one."""

    def __init__(self, page: int, pages: int) -> None:
        super().__init__(f"没有第 {page} 页，结果共 {pages} 页。")
        self.page = page
        self.pages = pages


@dataclass(frozen=True, slots=True)
class BestMatch:
    """A document for a whole question, by its public id."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Resembling:
    """A document by primary key: its score as a share of the best one's, its title's likeness."""

    key: int
    share: float
    title: float


@one_index()
def find(request: SearchRequest) -> SearchPage:
    """The page of results for *request*, of published documents only.

    Without words it browses all documents, the newest first. Raises NoSuchPage and
    SearchUnavailable.
    """
    began = time.perf_counter()
    if not request.literal:
        request = replace(request, query=expanded(request.query))
    scope = Scope(withdrawn_since(), of_days(request))
    answer, addresses, scope = _answer(request, scope)
    numbers = fitting("" if request.titles else request.query.text)
    pages = max(1, -(-answer.count // request.page_size))
    if request.page > pages:
        raise NoSuchPage(request.page, pages)
    return SearchPage(
        query=request.query.text,
        count=answer.count,
        section_count=answer.section_count,
        page=request.page,
        pages=pages,
        synonyms=_synonyms(request.query),
        numbers=numbers.offers,
        documents=hits_of(request.query, answer, addresses, explain=request.explain),
        facets=tuple(facet_of(spec, answer, request.values(spec.name)) for spec in FACETS),
        suggestions=_suggestions(request, answer, scope),
        notes=(*request.query.notes, *_partial(answer)),
        jump=numbers.jump,
        nearest=None if answer.count else _nearest(request, scope),
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )


@one_index()
def best_matches(question: str, limit: int) -> tuple[BestMatch, ...]:
    """The *limit* best documents for a whole question: no word is required, rare ones count most.

    Raises SearchUnavailable.
    """
    asked = about(question)
    if not asked or limit < 1:
        return ()
    found = _candidates(asked, Scope(withdrawn_since()), max(limit, CANDIDATES))
    best = ranked(question, found)[:limit]
    return tuple(BestMatch(key, round(score, 6)) for key, score in best)


@one_index()
def resembling(
    title: str, headings: Collection[str], names: Collection[str], own: int, limit: int
) -> tuple[tuple[str, ...], tuple[Resembling, ...]]:
    """What tells a document from others, the rarest first, and the *limit* that best hold it.

    *own* is its primary key, never among them; see `characteristic` for the rest. Raises
    SearchUnavailable.
    """
    rarity = Rarity(lexicon().counts)
    telling = characteristic(title, headings, names, rarity)
    if not telling:
        return (), ()
    asked = SQ(anywhere__fuzzy=Pattern(telling, "".join(telling)))
    found = run(query_set(asked, Scope(withdrawn_since() | {own})), 0, limit).documents
    most = max((each.score for each in found), default=0.0) or 1.0
    told = rarity.of_words(title, names)
    alike = (
        Resembling(each.card.key, each.score / most, _alike(told, each.card.shown, rarity))
        for each in found
    )
    return tuple(sorted(telling, key=rarity.of, reverse=True)), tuple(alike)


def _alike(told: dict[str, float], card: dict[str, Any], rarity: Rarity) -> float:
    names = (*card["issuers"], card["district"] or "")
    return title_likeness(told, rarity.of_words(card["title"], names))


def _candidates(wanted: tuple[str, ...], scope: Scope, depth: int) -> list[Candidate]:
    """The best documents for some of the words *wanted*, with the text of their best sections."""
    pattern = Pattern(wanted, "".join(wanted))
    answer = run(query_set(SQ(anywhere__fuzzy=pattern), scope), 0, depth)
    return [_candidate(found) for found in answer.documents]


def _candidate(found: FoundDocument) -> Candidate:
    texts = [section.shown["shown"]["text"] for section in found.sections]
    title = found.card.shown["title"]
    return Candidate(found.card.shown["id"], title, "\n".join([title, *texts]), found.score)


FEW = 2
"""A query with as few documents is looked at for slips, as one with none is."""
MANY_TIMES = 10


PARTIAL = (
    "“~”和“*”两边的字太常见，只检索了较晚收入的约 {} 的章节，"
    "下面的结果和篇数都不全。请换用更少见的词。"
)


def _partial(answer: Answer) -> tuple[str, ...]:
    """Says so when not all of the index was looked at; never less than 1 %, never 100 %."""
    if answer.searched >= 1:
        return ()
    return (PARTIAL.format(f"{min(99, max(1, round(answer.searched * 100)))}%"),)


def _synonyms(query: Query) -> tuple[Synonyms, ...]:
    terms = dict.fromkeys(term for term in query.terms if term.also)
    return tuple(Synonyms(term.text, term.also) for term in terms)


def _suggestions(request: SearchRequest, answer: Answer, scope: Scope) -> tuple[str, ...]:
    """What was perhaps meant: only what finds something, and much more than what was typed."""
    if answer.count > FEW or not request.query.clauses or request.page > 1:
        return ()
    meant = corrected(request.query, lexicon())
    if meant is None:
        return ()
    query = titled(parse_query(meant)) if request.titles else parse_query(meant)
    other = run(ordered(replace(request, query=query), scope), 0, 1)
    return (meant,) if other.count > answer.count * MANY_TIMES else ()


def _nearest(request: SearchRequest, scope: Scope) -> Nearest | None:
    """The first page of what answers most of a query that nothing answers whole."""

    def count(query: Query) -> int:
        return run(ordered(replace(request, query=query), scope), 0, 1).count

    kept = loosened(request.query, count)
    if kept is None:
        return None
    loose = replace(request, query=kept.query, page=1)
    answer, addresses, _ = _answer(loose, scope)
    return Nearest(
        query=kept.query.text,
        dropped=kept.dropped,
        count=answer.count,
        section_count=answer.section_count,
        documents=hits_of(kept.query, answer, addresses),
    )


def _answer(request: SearchRequest, scope: Scope) -> tuple[Answer, dict[int, str], Scope]:
    """The engine's answer and the addresses of the page's documents as the database has them now.

    The scope comes back without what turned out to be withdrawn.
    """
    start = (request.page - 1) * request.page_size
    while True:
        answer = run(ordered(request, scope), start, start + request.page_size)
        keys = {found.card.key for found in answer.documents}
        addresses = published_addresses(keys)
        gone = keys - addresses.keys()
        if not gone:
            return answer, addresses, scope
        # The index lags behind a withdrawal nobody noted; asking again keeps the counts exact.
        scope = replace(scope, hidden=scope.hidden | gone)


def matching(request: SearchRequest, among: Collection[int]) -> frozenset[int]:
    """Which of the published documents *among* (primary keys) *request* finds.

    Order and page of the request do not matter; synonyms are those its query has (`expanded`).
    Raises SearchUnavailable.
    """
    if not among:
        return frozenset()
    with one_index():
        results = ordered(request, Scope(dated=of_days(request)))
        results.query.add_filter(SQ(document__in=tuple(among)))
        answer = run(results, 0, len(among))
    return frozenset(found.card.key for found in answer.documents)
