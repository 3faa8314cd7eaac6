"""Finds what is new of what a reader follows, in a number of queries that follows do not raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q, Window
from django.db.models.functions import DenseRank

from documents.models import Document, DocumentIssuer, SectionTheme, Status
from documents.querysets import DocumentQuerySet
from portal.following import Subject, request_of, subjects
from portal.models import Follow, Kind
from search_indexes.finder import matching
from search_indexes.query_sets import SearchUnavailable, one_index
from search_indexes.reading import batched_keys
from search_indexes.request import SearchRequest
from search_indexes.synonyms import expanded_each

MOST_NEWS = 50
"""Documents named for one follow; the rest is one link away."""
SCANNED_AT_ONCE = 500
MOST_SCANNED = 10_000
"""Documents, the latest first, that are asked whether they answer a followed search."""

Since = Callable[[Follow], tuple[datetime, str]]
"""From when on documents are new for a follow, and the version of a document that is not."""


def as_seen(follow: Follow) -> tuple[datetime, str]:
    """Since the reader last said to have looked."""
    return follow.seen_at, follow.seen_version


def as_mailed(follow: Follow) -> tuple[datetime, str]:
    """Since the last mail."""
    return follow.mailed_at, follow.mailed_version


@dataclass(frozen=True, slots=True)
class News:
    """A follow with what is new; ``subject`` is None when it exists no more.

    ``unknown`` says that the search could not be asked just now.
    """

    follow: Follow
    subject: Subject | None
    documents: tuple[Document, ...] = ()
    unknown: bool = False


def news_of(user: User) -> tuple[News, ...]:
    """All that the user follows with what is new since the user last said to have seen it."""
    return news(list(Follow.objects.filter(user=user)), as_seen)


def news(follows: Sequence[Follow], since: Since) -> tuple[News, ...]:
    """What is new of each of one reader's *follows*, the latest first."""
    about = subjects(follows)
    there = [follow for follow in follows if follow.pk in about]
    found: dict[int, list[int] | None] = {}
    for kind, rows in _ROWS.items():
        found |= _filed([follow for follow in there if follow.kind == kind], rows, since)
    found |= _changed([follow for follow in there if follow.kind == Kind.DOCUMENT], since)
    found |= _answering([follow for follow in there if follow.kind == Kind.SEARCH], since)
    keys = {key for some in found.values() for key in some or ()}
    documents = Document.objects.published().for_listing().in_bulk(keys) if keys else {}
    return tuple(
        News(
            follow,
            about.get(follow.pk),
            tuple(documents[key] for key in found.get(follow.pk) or () if key in documents),
            found.get(follow.pk, []) is None,
        )
        for follow in follows
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that say which document belongs to what, and the fields that name both."""

    model: Any
    subject: str
    document: str


_ROWS = {
    Kind.DISTRICT: _Rows(Document, "district", ""),
    Kind.ISSUER: _Rows(DocumentIssuer, "issuer", "document__"),
    Kind.THEME: _Rows(SectionTheme, "theme", "section__document__"),
}


def _filed(follows: Sequence[Follow], rows: _Rows, since: Since) -> dict[int, list[int]]:
    """The latest documents of each place, body or theme; one query."""
    if not follows:
        return {}
    wanted = Q()
    for follow in follows:
        after = {f"{rows.document}published_at__gt": since(follow)[0]}
        wanted |= Q(**{rows.subject: int(follow.value)}, **after)
    latest = [F(f"{rows.document}published_at").desc(), F(f"{rows.document}pk").desc()]
    places = (
        rows.model.objects.filter(wanted, **{f"{rows.document}status": Status.PUBLISHED})
        .annotate(place=Window(DenseRank(), partition_by=F(rows.subject), order_by=latest))
        .filter(place__lte=MOST_NEWS)
        .order_by("place")
        .values_list(rows.subject, "place", f"{rows.document}pk")
        .distinct()
    )
    by_subject: dict[int, list[int]] = {}
    for subject, _, document in places:
        by_subject.setdefault(subject, []).append(document)
    return {follow.pk: by_subject.get(int(follow.value), []) for follow in follows}


def _changed(follows: Sequence[Follow], since: Since) -> dict[int, list[int]]:
    """The documents followed that have another version; one query."""
    if not follows:
        return {}
    published = Document.objects.published().filter(pk__in=[int(each.value) for each in follows])
    versions = dict(published.values_list("pk", "version_hash"))
    return {
        follow.pk: [key]
        for follow in follows
        if (key := int(follow.value)) in versions and versions[key] != since(follow)[1]
    }


def _answering(follows: Sequence[Follow], since: Since) -> dict[int, list[int] | None]:
    """The latest documents that each search finds, None where it cannot be asked; two queries."""
    if not follows:
        return {}
    latest = Document.objects.published().order_by("-published_at", "-pk")
    fresh = latest.filter(published_at__gt=min(since(follow)[0] for follow in follows))
    rows = list(fresh.values_list("pk", "published_at", "written_date")[:MOST_SCANNED])
    try:
        asked = _with_synonyms([request_of(follow) for follow in follows])
        return {
            follow.pk: _matching(
                replace(request, since=None, until=None),
                (
                    key
                    for key, at, day in rows
                    if at and at > since(follow)[0] and _of_its_days(request, day)
                ),
                MOST_NEWS,
            )
            for follow, request in zip(follows, asked, strict=True)
        }
    except SearchUnavailable:
        return dict.fromkeys((follow.pk for follow in follows), None)


def _with_synonyms(requests: Sequence[SearchRequest]) -> list[SearchRequest]:
    """As the search page asks them."""
    with one_index():
        queries = expanded_each(request.query for request in requests)
    return [
        request if request.literal else replace(request, query=query)
        for request, query in zip(requests, queries, strict=True)
    ]


def _of_its_days(request: SearchRequest, day: date | None) -> bool:
    if request.since is None and request.until is None:
        return True
    return day is not None and (
        (request.since is None or request.since <= day)
        and (request.until is None or day <= request.until)
    )


def latest_matching(request: SearchRequest, latest: DocumentQuerySet, most: int) -> list[Document]:
    """The first *most* of *latest*, published documents, that *request* finds.

    Asks about the latest documents only as far as needed, and never about more than MOST_SCANNED.
    Raises SearchUnavailable.
    """
    keys = latest.values_list("pk", flat=True)[:MOST_SCANNED].iterator(chunk_size=SCANNED_AT_ONCE)
    found = _matching(_with_synonyms([request])[0], keys, most)
    documents = Document.objects.published().for_listing().in_bulk(found)
    return [documents[key] for key in found if key in documents]


def _matching(request: SearchRequest, keys: Iterable[int], most: int) -> list[int]:
    """The first *most* of *keys* that *request* finds, asked for some at a time."""
    found: list[int] = []
    for some in batched_keys(keys, SCANNED_AT_ONCE):
        hits = matching(request, some)
        found += [key for key in some if key in hits]
        if len(found) >= most:
            break
    return found[:most]
