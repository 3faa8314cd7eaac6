"""What the portal tells feed readers and crawlers about its newest documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from documents.models import Document
from documents.text.characters import repair
from portal.following import name_of
from portal.news import latest_matching
from portal.views.errors import bad_request
from search_indexes.facets import FACETS
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import SearchRequest, Sort, as_parameters

NEWEST = 50


class Documents(Feed[Document, Any]):
    """A feed whose entries are documents, as Atom (RFC 4287)."""

    feed_type = Atom1Feed
    language = "zh-Hans"

    def item_title(self, item: Document) -> str:
        """As on the document, without characters XML does not know; the feed writer escapes it."""
        return repair(item.title)

    def item_description(self, item: Document) -> str:
        """Issuers, reference number and district, as far as they are stated."""
        place = item.district.name if item.district else ""
        line = " · ".join(filter(None, ["、".join(item.issuer_names), item.ref_no, place]))
        return escape(repair(line))  # the summary of an entry is HTML

    def item_author_name(self, item: Document) -> str | None:
        """The issuers."""
        return "、".join(item.issuer_names) or None

    def item_pubdate(self, item: Document) -> datetime | None:
        """When readers could first see it."""
        return item.published_at

    def item_updateddate(self, item: Document) -> datetime:
        """When its record or text last changed."""
        return item.updated_at


class NewestDocuments(Documents):
    """The documents published last."""

    title = "政策文库：最新文件"
    subtitle = "最近收录的政策文件"
    link = reverse_lazy("home")
    feed_url = reverse_lazy("feed")

    def items(self) -> Iterable[Document]:
        """The newest first."""
        return Document.objects.published().for_listing().order_by("-published_at", "-pk")[:NEWEST]


class SearchFeed(Documents):
    """The documents published last among those a search finds."""

    subtitle = "检索所得，最近收录的在前"

    def __init__(self, asked: SearchRequest) -> None:
        parameters = urlencode(as_parameters(replace(asked, sort=Sort.RELEVANCE, page=1)))
        self.asked = asked
        self.title = repair(f"政策文库：{name_of(asked)}")
        self.link = f"{reverse('search')}?{parameters}"
        self.feed_url = f"{reverse('feed-search')}?{parameters}"

    def items(self) -> Iterable[Document]:
        """The newest first."""
        latest = Document.objects.published().order_by("-published_at", "-pk")
        return latest_matching(self.asked, latest, NEWEST)


class DocumentFeed(Documents):
    """One document: a new entry whenever its record or text has changed."""

    def get_object(self, request: HttpRequest, slug: str) -> Document:
        """The document with this address now."""
        return Document.objects.published().for_listing().get(slug=slug)

    def title(self, obj: Document) -> str:
        """The document's own."""
        return obj.title

    def link(self, obj: Document) -> str:
        """The document's page."""
        return obj.get_absolute_url()

    def feed_url(self, obj: Document) -> str:
        """This feed."""
        return reverse("feed-document", args=[obj.slug])

    def items(self, obj: Document) -> Iterable[Document]:
        """The document as it is."""
        return [obj]

    def item_guid(self, item: Document) -> str:
        """Another for each version, so that a reader shows the change as news."""
        return f"{item.get_absolute_url()}#version-{item.version_hash[:16]}"


@require_safe
def of_search(request: HttpRequest) -> HttpResponse:
    """The feed of any search: the same parameters as the search page, facets too."""
    try:
        asked = request_from_parameters(request.GET)
    except BadRequestParameter as error:
        return bad_request(request, str(error))
    return _answer(request, asked)


@require_safe
def of_facet(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The feed of one district, issuer, theme or year by its name."""
    if kind not in {facet.name for facet in FACETS}:
        raise Http404
    return _answer(request, request_from_parameters(QueryDict(urlencode({kind: name}))))


def _answer(request: HttpRequest, asked: SearchRequest) -> HttpResponse:
    try:
        return SearchFeed(asked)(request)
    except SearchUnavailable as error:
        response = HttpResponse(f"{error}\n", "text/plain; charset=utf-8", status=503)
        response["Retry-After"] = "120"
        return response


class DocumentSitemap(Sitemap[Document]):
    """Every published document; 50,000 a page, as the protocol allows."""

    limit = 50_000

    def items(self) -> QuerySet[Document]:
        """In a fixed order, so that pages do not overlap."""
        return Document.objects.published().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item: Document) -> datetime:
        """When its record or text last changed."""
        return item.updated_at
