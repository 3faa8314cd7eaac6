"""Following searches, places, bodies, themes and documents: what is new since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from documents.models import District, Document, Issuer, Theme
from documents.querysets import DocumentQuerySet
from portal.models import Follow, Kind, Rate
from search_indexes.facets import FACETS
from search_indexes.finder import matching
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import SearchRequest, Sort, as_parameters

MOST_FOLLOWS = 100
MOST_NEWS = 50
"""Documents named for one follow; the rest is one link away."""
SCANNED_AT_ONCE = 500
MOST_SCANNED = 10_000
"""Documents, the latest first, that are asked whether they answer a followed search."""

MODELS: dict[str, type[Model]] = {
    Kind.DISTRICT: District,
    Kind.ISSUER: Issuer,
    Kind.THEME: Theme,
    Kind.DOCUMENT: Document,
}


class FollowRefused(Exception):
    """This cannot be followed; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is followed, as a reader sees it; ``feed`` is the address of its Atom feed."""

    name: str
    url: str
    feed: str


@dataclass(frozen=True, slots=True)
class News:
    """A follow with what is new; ``subject`` is None when it exists no more.

    ``unknown`` says that the search could not be asked just now.
    """

    follow: Follow
    subject: Subject | None
    documents: tuple[Document, ...] = ()
    unknown: bool = False


def add(user: User, kind: str, value: str) -> Follow:
    """Follows it from now on; doing so again changes nothing. Raises FollowRefused."""
    if kind not in Kind.values:
        raise FollowRefused("不能关注这样的内容。")
    value = _search_value(value) if kind == Kind.SEARCH else _key(kind, value)
    known = Follow.objects.filter(user=user, kind=kind, value=value).first()
    if known is not None:
        return known
    if Follow.objects.filter(user=user).count() >= MOST_FOLLOWS:
        raise FollowRefused(f"最多关注 {MOST_FOLLOWS} 项，请先取消一些。")
    version = ""
    if kind == Kind.DOCUMENT:
        version = Document.objects.get(pk=value).version_hash
    return Follow.objects.create(
        user=user, kind=kind, value=value, seen_version=version, mailed_version=version
    )


def _search_value(value: str) -> str:
    """The parameters in a fixed order without page and order, so that one search is one follow."""
    try:
        asked = request_from_parameters(QueryDict(value.lstrip("?")))
    except BadRequestParameter as error:
        raise FollowRefused(str(error)) from error
    pairs = as_parameters(replace(asked, sort=Sort.RELEVANCE, page=1))
    text = urlencode(pairs)
    if not pairs or len(text) > 1000:
        raise FollowRefused("请先输入检索词或选好条件，再关注这个检索。")
    return text


def _key(kind: str, value: str) -> str:
    """The primary key of what *value* (a key, or a name) means."""
    model = MODELS[kind]
    rows = model._default_manager.all()
    if isinstance(rows, DocumentQuerySet):
        rows = rows.published()
    found = None
    if value.isascii() and value.isdigit() and len(value) < 12:
        found = rows.filter(pk=int(value)).first()
    elif kind != Kind.DOCUMENT:
        found = rows.filter(name=value[:200].replace("\0", "")).first()
    if found is None:
        raise FollowRefused("没有找到要关注的内容，请从列表里选。")
    return str(found.pk)


def request_of(follow: Follow) -> SearchRequest:
    """The question of a followed search."""
    return request_from_parameters(QueryDict(follow.value))


def subjects(follows: Sequence[Follow]) -> dict[int, Subject]:
    """What each of *follows* is about, by its key; what exists no more is left out."""
    found: dict[int, Subject] = {}
    for kind, model in MODELS.items():
        mine = [follow for follow in follows if follow.kind == kind]
        rows = model._default_manager.in_bulk({int(follow.value) for follow in mine})
        for follow in mine:
            row = rows.get(int(follow.value))
            if row is not None and not (isinstance(row, Document) and not row.is_published):
                found[follow.pk] = _subject(follow, row)
    for follow in follows:
        if follow.kind == Kind.SEARCH:
            found[follow.pk] = _search_subject(follow)
    return found


def _subject(follow: Follow, row: Model) -> Subject:
    if isinstance(row, Document):
        return Subject(row.title, row.get_absolute_url(), reverse("feed-document", args=[row.slug]))
    name = str(row)
    return Subject(
        name,
        f"{reverse('search')}?{urlencode({follow.kind: name})}",
        f"{reverse('feed-search')}?{urlencode({follow.kind: name})}",
    )


def _search_subject(follow: Follow) -> Subject:
    return Subject(
        name_of(request_of(follow)),
        f"{reverse('search')}?{follow.value}",
        f"{reverse('feed-search')}?{follow.value}",
    )


def name_of(request: SearchRequest) -> str:
    """A search in words: the query and what is ticked."""
    ticked = [
        f"{facet.label}：{'、'.join(request.values(facet.name))}"
        for facet in FACETS
        if request.values(facet.name)
    ]
    place = "标题里的" if request.titles else ""
    query = [f"{place}“{request.query.text}”"] if request.query.text else []
    return "，".join(query + ticked) or "全部文件"


def news_of(user: User) -> tuple[News, ...]:
    """All that the user follows with what is new since the user last said to have seen it."""
    follows = list(Follow.objects.filter(user=user))
    about = subjects(follows)
    return tuple(
        news(follow, about.get(follow.pk), follow.seen_at, follow.seen_version)
        for follow in follows
    )


def news(follow: Follow, subject: Subject | None, since: datetime, version: str) -> News:
    """What is new about one follow since a time, or since a version of a document."""
    if subject is None:
        return News(follow, None)
    if follow.kind == Kind.DOCUMENT:
        changed = Document.objects.published().filter(pk=int(follow.value))
        rows = changed.exclude(version_hash=version).for_listing()
        return News(follow, subject, tuple(rows))
    fresh = Document.objects.published().filter(published_at__gt=since)
    try:
        return News(follow, subject, tuple(_matching(follow, fresh)))
    except SearchUnavailable:
        return News(follow, subject, unknown=True)


def _matching(follow: Follow, rows: DocumentQuerySet) -> Sequence[Document]:
    latest = rows.order_by("-published_at", "-pk")
    if follow.kind == Kind.SEARCH:
        return latest_matching(request_of(follow), latest, MOST_NEWS)
    field = {
        Kind.DISTRICT: "district",
        Kind.ISSUER: "issuers",
        Kind.THEME: "sections__themes",
    }[Kind(follow.kind)]
    return list(latest.filter(**{field: int(follow.value)}).distinct().for_listing()[:MOST_NEWS])


def latest_matching(request: SearchRequest, latest: DocumentQuerySet, most: int) -> list[Document]:
    """The first *most* of *latest* that *request* finds. Raises SearchUnavailable.

    Asks about the latest documents only as far as needed, and never about more than MOST_SCANNED.
    """
    found: list[int] = []
    for start in range(0, MOST_SCANNED, SCANNED_AT_ONCE):
        keys = list(latest.values_list("pk", flat=True)[start : start + SCANNED_AT_ONCE])
        hits = matching(request, keys)
        found += [key for key in keys if key in hits]
        if len(found) >= most or len(keys) < SCANNED_AT_ONCE:
            break
    documents = Document.objects.published().for_listing().in_bulk(found[:most])
    return [documents[key] for key in found[:most] if key in documents]


def mark_seen(user: User, pk: int | None = None) -> None:
    """Everything new counts as seen, of one follow or of all."""
    follows = Follow.objects.filter(user=user)
    if pk is not None:
        follows = follows.filter(pk=pk)
    follows.update(seen_at=timezone.now())
    for follow in follows.filter(kind=Kind.DOCUMENT):
        document = Document.objects.filter(pk=int(follow.value)).first()
        if document is not None:
            Follow.objects.filter(pk=follow.pk).update(seen_version=document.version_hash)


def set_rate(follow: Follow, rate: str, note: str) -> None:
    """How often news is mailed, and why the reader follows; starting to mail starts from now."""
    if follow.rate == Rate.OFF and rate != Rate.OFF:
        follow.mailed_at = timezone.now()
        if follow.kind == Kind.DOCUMENT:
            document = Document.objects.filter(pk=int(follow.value)).first()
            follow.mailed_version = document.version_hash if document else ""
    follow.rate, follow.note = rate, note
    follow.save()
