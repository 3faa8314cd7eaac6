"""Builds and runs haystack's query set for a request; the only module that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from haystack import connections
from haystack.constants import DEFAULT_ALIAS
from haystack.query import SQ, SearchQuerySet

from documents.models import Document
from search_indexes.analysis import characters, cutting, words
from search_indexes.chained import chain_of
from search_indexes.engine.errors import IndexUnusable
from search_indexes.engine.values import Answer, Pattern
from search_indexes.facets import FACETS
from search_indexes.order import in_order
from search_indexes.request import Clause, Group, SearchRequest, Sort, Term, TermKind
from search_indexes.sync import pending_documents

ORDERS = {Sort.RELEVANCE: "", Sort.NEWEST: "-date", Sort.OLDEST: "date"}

ORIGINAL_WEIGHT = 3
"""How much more what was typed counts than a synonym of it."""


class SearchUnavailable(Exception):
    """The index cannot answer now; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that are not to be shown, and the only ones to be shown (``None``: all)."""

    hidden: frozenset[int] = frozenset()
    dated: frozenset[int] | None = None


@contextmanager
def one_index() -> Iterator[None]:
    """One commit of the index, and its way to cut words, for all that is asked until it is left."""
    try:
        with connections["default"].get_backend().held() as live, cutting(live.terms):
            yield
    except IndexUnusable as error:
        raise SearchUnavailable(str(error)) from error


def indexed() -> tuple[str, int]:
    """The commit of the index that is asked now; raises SearchUnavailable."""
    try:
        live = connections["default"].get_backend().opened()
    except IndexUnusable as error:
        raise SearchUnavailable(str(error)) from error
    return live.folder.name, live.manifest.toc


def withdrawn_since() -> frozenset[int]:
    """Documents the index may still show although they are not published any more."""
    pending = pending_documents()
    if not pending:
        return pending
    published = Document.objects.published().filter(pk__in=pending).values_list("pk", flat=True)
    return pending - set(published)


def of_days(request: SearchRequest) -> frozenset[int] | None:
    """Published documents of the days asked for, ``None`` when every day will do."""
    if request.since is None and request.until is None:
        return None
    dated = Document.objects.published().filter(written_date__isnull=False)
    if request.since:
        dated = dated.filter(written_date__gte=request.since)
    if request.until:
        dated = dated.filter(written_date__lte=request.until)
    return frozenset(dated.values_list("pk", flat=True))


def ordered(request: SearchRequest, scope: Scope) -> SearchQuerySet:
    """What *request* asks for within *scope*, with its facets, in its order; not asked yet."""
    query = request.query
    wanted = _all_of(query.clauses)
    rather = in_order(query)
    if rather.characters:
        wanted &= SQ(anywhere__rather=rather)
    if query.text and not query.clauses:
        wanted = SQ(document__in=())  # nothing but punctuation: nothing can hold it
    results = query_set(wanted, scope)
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


def query_set(wanted: SQ, scope: Scope) -> SearchQuerySet:
    """What holds *wanted* within *scope*, without facets; an empty one asks for everything."""
    # Its own methods would copy the whole set at every step.
    results = SearchQuerySet(using=DEFAULT_ALIAS)  # else all routers are asked which it is
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


def run(results: SearchQuerySet, start: int, end: int) -> Answer:
    """The engine's answer with the documents from *start* to *end*; raises SearchUnavailable."""
    query = results.query
    query.set_limits(start, end)
    try:
        query.get_results()
    except IndexUnusable as error:
        raise SearchUnavailable(str(error)) from error
    answer: Answer = query.answer
    return answer
