"""Answers a SearchRequest with a SearchPage; the only module that builds a SearchQuerySet."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from haystack import connections
from haystack.query import SQ, SearchQuerySet

from documents.models import Document
from search_indexes.analysis import characters, cutting, words
from search_indexes.chained import chain_of
from search_indexes.characteristic import Rarity, characteristic, title_likeness
from search_indexes.engine.errors import IndexUnusable
from search_indexes.engine.values import Answer, FoundDocument, Pattern
from search_indexes.facets import FACETS
from search_indexes.lexicon import lexicon
from search_indexes.nearest import loosened
from search_indexes.numbers import fitting
from search_indexes.order import in_order
from search_indexes.query import parse_query
from search_indexes.questions import Candidate, about, ranked
from search_indexes.request import (
    Clause,
    Group,
    Query,
    SearchRequest,
    Sort,
    Term,
    TermKind,
    titled,
)
from search_indexes.results import Nearest, SearchPage, Synonyms
from search_indexes.shown import facet_of, hits_of
from search_indexes.spelling import corrected
from search_indexes.sync import pending_documents
from search_indexes.synonyms import expanded

ORDERS = {Sort.RELEVANCE: "", Sort.NEWEST: "-date", Sort.OLDEST: "date"}


CANDIDATES = 1000
"""Answers of a question's words that are weighed again by pairs of characters, at least."""

ORIGINAL_WEIGHT = 3
"""How much more what was typed counts than a synonym of it."""


class NoSuchPage(Exception):
    """The page asked for lies beyond the last one."""

    def __init__(self, page: int, pages: int) -> None:
        super().__init__(f"没有第 {page} 页，结果共 {pages} 页。")
        self.page = page
        self.pages = pages


class SearchUnavailable(Exception):
    """The index cannot answer now; the message says why and what helps."""


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


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that are not to be shown, and the only ones to be shown (``None``: all)."""

    hidden: frozenset[int] = frozenset()
    dated: frozenset[int] | None = None


@contextmanager
def _one_index() -> Iterator[None]:
    """One commit of the index, and its way to cut words, for all that is asked until it is left."""
    try:
        with connections["default"].get_backend().held() as live, cutting(live.terms):
            yield
    except IndexUnusable as error:
        raise SearchUnavailable(str(error)) from error


@_one_index()
def find(request: SearchRequest) -> SearchPage:
    """The page of results for *request*, of published documents only.

    Without words it browses all documents, the newest first. Raises NoSuchPage and
    SearchUnavailable.
    """
    began = time.perf_counter()
    if not request.literal:
        request = replace(request, query=expanded(request.query))
    scope = Scope(_withdrawn_since(), _dated(request))
    answer, documents, scope = _answer(request, scope)
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
        documents=hits_of(request.query, answer, documents, explain=request.explain),
        facets=tuple(facet_of(spec, answer, request.values(spec.name)) for spec in FACETS),
        suggestions=_suggestions(request, answer, scope),
        notes=request.query.notes,
        jump=numbers.jump,
        nearest=None if answer.count else _nearest(request, scope),
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )


@_one_index()
def best_matches(question: str, limit: int) -> tuple[BestMatch, ...]:
    """The *limit* best documents for a whole question: no word is required, rare ones count most.

    Raises SearchUnavailable.
    """
    asked = about(question)
    if not asked or limit < 1:
        return ()
    found = _candidates(asked, Scope(_withdrawn_since()), max(limit, CANDIDATES))
    best = ranked(question, found)[:limit]
    return tuple(BestMatch(key, round(score, 6)) for key, score in best)


@_one_index()
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
    found = _run(_query_set(asked, Scope(_withdrawn_since() | {own})), 0, limit).documents
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
    answer = _run(_query_set(SQ(anywhere__fuzzy=pattern), scope), 0, depth)
    return [_candidate(found) for found in answer.documents]


def _candidate(found: FoundDocument) -> Candidate:
    texts = [section.shown["shown"]["text"] for section in found.sections]
    title = found.card.shown["title"]
    return Candidate(found.card.shown["id"], title, "\n".join([title, *texts]), found.score)


FEW = 2
"""A query with as few documents is looked at for slips, as one with none is."""
MANY_TIMES = 10


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
    other = _run(_ordered(replace(request, query=query), scope), 0, 1)
    return (meant,) if other.count > answer.count * MANY_TIMES else ()


def _nearest(request: SearchRequest, scope: Scope) -> Nearest | None:
    """The first page of what answers most of a query that nothing answers whole."""

    def count(query: Query) -> int:
        return _run(_ordered(replace(request, query=query), scope), 0, 1).count

    kept = loosened(request.query, count)
    if kept is None:
        return None
    loose = replace(request, query=kept.query, page=1)
    answer, documents, _ = _answer(loose, scope)
    return Nearest(
        query=kept.query.text,
        dropped=kept.dropped,
        count=answer.count,
        section_count=answer.section_count,
        documents=hits_of(kept.query, answer, documents),
    )


def _answer(request: SearchRequest, scope: Scope) -> tuple[Answer, dict[int, Document], Scope]:
    """The engine's answer and the page's documents as the database has them now.

    The scope comes back without what turned out to be withdrawn.
    """
    start = (request.page - 1) * request.page_size
    while True:
        answer = _run(_ordered(request, scope), start, start + request.page_size)
        keys = {found.card.key for found in answer.documents}
        documents = Document.objects.published().only("pk", "slug").in_bulk(keys)
        gone = keys - documents.keys()
        if not gone:
            return answer, documents, scope
        # The index lags behind a withdrawal nobody noted; asking again keeps the counts exact.
        scope = replace(scope, hidden=scope.hidden | gone)


def _withdrawn_since() -> frozenset[int]:
    """Documents the index may still show although they are not published any more."""
    pending = pending_documents()
    if not pending:
        return pending
    published = Document.objects.published().filter(pk__in=pending).values_list("pk", flat=True)
    return pending - set(published)


def _dated(request: SearchRequest) -> frozenset[int] | None:
    """Published documents of the days asked for, ``None`` when every day will do."""
    if request.since is None and request.until is None:
        return None
    dated = Document.objects.published().filter(written_date__isnull=False)
    if request.since:
        dated = dated.filter(written_date__gte=request.since)
    if request.until:
        dated = dated.filter(written_date__lte=request.until)
    return frozenset(dated.values_list("pk", flat=True))


def _ordered(request: SearchRequest, scope: Scope) -> SearchQuerySet:
    query = request.query
    wanted = _all_of(query.clauses)
    rather = in_order(query)
    if rather.characters:
        wanted &= SQ(anywhere__rather=rather)
    if query.text and not query.clauses:
        wanted = SQ(document__in=())  # nothing but punctuation: nothing can hold it
    results = _query_set(wanted, scope)
    for spec in FACETS:
        results.query.add_field_facet(spec.name, ticked=request.values(spec.name))
    sort = request.sort
    if not query.text and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    if ORDERS[sort]:
        results.query.add_order_by(ORDERS[sort])
    elif not request.ageless:
        results.query.recency = settings.SEARCH_RECENCY
    return results


def _query_set(wanted: SQ, scope: Scope) -> SearchQuerySet:
    # Its own methods would copy the whole set at every step.
    results = SearchQuerySet()
    if wanted:
        results.query.add_filter(wanted)
    if scope.dated is not None:
        results.query.add_filter(SQ(document__in=scope.dated))
    if scope.hidden:
        results.query.add_filter(~SQ(document__in=scope.hidden))
    return results


def _all_of(clauses: Iterable[Clause]) -> SQ:
    wanted = SQ()
    for clause in clauses:
        either = SQ()
        for member in clause:
            either |= _term(member) if isinstance(member, Term) else _group(member)
        wanted &= either
    return wanted


def _group(group: Group) -> SQ:
    condition = _all_of(group.clauses)
    return ~condition if group.excluded else condition


def _term(term: Term) -> SQ:
    lookup = "content" if term.kind is TermKind.WORDS else "exact"
    pattern = Pattern(words(term.text), characters(term.text), chain_of(term))
    name = f"{term.field.value}__{lookup}"
    condition = SQ(**{name: _insisting(pattern) if term.also else pattern})
    for other in term.also:
        condition |= SQ(**{name: Pattern(words(other), characters(other))})
    return ~condition if term.excluded else condition


def _insisting(pattern: Pattern) -> Pattern:
    """*pattern* with its words counted several times, so that synonyms come after the original."""
    return Pattern(pattern.words * ORIGINAL_WEIGHT, pattern.characters)


def _run(results: SearchQuerySet, start: int, end: int) -> Answer:
    query = results.query
    query.set_limits(start, end)
    try:
        query.get_results()
    except IndexUnusable as error:
        raise SearchUnavailable(str(error)) from error
    answer: Answer = query.answer
    return answer


def matching(request: SearchRequest, among: Collection[int]) -> frozenset[int]:
    """Which of the published documents *among* (primary keys) *request* finds.

    Order and page of the request do not matter. Raises SearchUnavailable.
    """
    if not among:
        return frozenset()
    with _one_index():
        results = _ordered(request, Scope(_withdrawn_since(), _dated(request)))
        results.query.add_filter(SQ(document__in=tuple(among)))
        answer = _run(results, 0, len(among))
    keys = {found.card.key for found in answer.documents}
    return frozenset(Document.objects.published().filter(pk__in=keys).values_list("pk", flat=True))
