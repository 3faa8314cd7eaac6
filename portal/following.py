"""Following searches, places, bodies, themes and documents."""

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
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.request import SearchRequest, Sort, as_parameters

MOST_FOLLOWS = 100

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
    new = {"seen_version": version, "mailed_version": version}
    return Follow.objects.get_or_create(user=user, kind=kind, value=value, defaults=new)[0]


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


def mark_seen(user: User, until: datetime | None = None) -> None:
    """Everything new counts as seen; with *until* only what there was at that time."""
    now = timezone.now()
    until = min(until or now, now)
    follows = Follow.objects.filter(user=user)
    follows.filter(seen_at__lt=until).update(seen_at=until)
    documents = list(follows.filter(kind=Kind.DOCUMENT))
    known = Document.objects.filter(pk__in=[int(each.value) for each in documents])
    versions = dict(known.filter(updated_at__lte=until).values_list("pk", "version_hash"))
    for follow in documents:
        follow.seen_version = versions.get(int(follow.value), follow.seen_version)
    Follow.objects.bulk_update(documents, ["seen_version"])


def set_rate(follow: Follow, rate: str, note: str) -> None:
    """How often news is mailed, and why the reader follows; starting to mail starts from now."""
    if follow.rate == Rate.OFF and rate != Rate.OFF:
        follow.mailed_at = timezone.now()
        if follow.kind == Kind.DOCUMENT:
            document = Document.objects.filter(pk=int(follow.value)).first()
            follow.mailed_version = document.version_hash if document else ""
    follow.rate, follow.note = rate, note
    follow.save()
