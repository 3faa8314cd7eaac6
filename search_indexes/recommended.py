"""Finds the documents that editors recommend for what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from documents.models import Document
from search_indexes.analysis import characters
from search_indexes.models import Recommendation, RecommendedDocument
from search_indexes.request import SearchRequest
from search_indexes.synonyms import expanded

MOST = 5
"""Documents recommended for one query; more would push the results out of sight."""

Keys = dict[str, frozenset[int]]
"""The recommendations by the bare characters of each form of their queries."""

_STAMP = "SELECT MAX(updated_at), COUNT(*) FROM search_indexes_recommendation"


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[object, ...]
    keys: Keys


_kept: list[_Kept] = []


def recommended(request: SearchRequest) -> tuple[Document, ...]:
    """The published documents recommended for *request*, in the editors' order.

    Only for a query without filters, on its first page: who narrows the results wants no more
    than that. The query is compared as a whole, by characters; a synonym of all of it will do,
    unless the request is literal.
    """
    terms = request.query.terms
    narrowed = request.selected or request.since or request.until or request.titles
    if not terms or narrowed or request.page > 1 or any(term.excluded for term in terms):
        return ()
    keys = _current()
    found = {key for form in _forms(request, keys) for key in keys.get(form, ())}
    if not found:
        return ()
    places = RecommendedDocument.objects.filter(recommendation__in=found)
    chosen = places.filter(document__in=Document.objects.published())
    ordered = chosen.order_by("order", "pk").values_list("document", flat=True)
    first = tuple(dict.fromkeys(ordered))[:MOST]
    documents = Document.objects.for_listing().in_bulk(first)
    return tuple(documents[key] for key in first if key in documents)


def _forms(request: SearchRequest, keys: Keys) -> Iterator[str]:
    yield characters(request.query.text)
    if not keys or request.literal or len(request.query.terms) != 1:
        return
    yield from map(characters, expanded(request.query).terms[0].also)


def _current() -> Keys:
    """The forms of all queries as they are now; read anew when an editor changed one."""
    # By hand: every search asks, and the database answers sooner than a query is built.
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        stamp = cursor.fetchone()
    if not _kept or _kept[0].stamp != stamp:
        active = Recommendation.objects.filter(active=True).only("queries")
        _kept[:] = [_Kept(stamp, _by_form(active))]
    return _kept[0].keys


def _by_form(recommendations: Iterable[Recommendation]) -> Keys:
    found: dict[str, set[int]] = {}
    for each in recommendations:
        for form in each.forms:
            found.setdefault(characters(form), set()).add(each.pk)
    return {form: frozenset(keys) for form, keys in found.items()}
