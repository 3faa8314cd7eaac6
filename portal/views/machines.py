"""Small answers for browsers, crawlers and monitors."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search_indexes.finder import SearchUnavailable, find
from search_indexes.request import Query, SearchRequest


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: documents, not the endless combinations of filters."""
    return render(request, "robots.txt", _base(request), content_type="text/plain; charset=utf-8")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """The description that lets a browser offer the portal as a search engine (OpenSearch 1.1)."""
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "opensearch.xml", _base(request), content_type=kind)


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether readers can be served: 503 names what is missing."""
    failures = {name: reason for name, check in CHECKS.items() if (reason := check())}
    state = {name: failures.get(name, "ok") for name in CHECKS}
    return JsonResponse(state, status=503 if failures else 200)


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM documents_document LIMIT 1")
    except DatabaseError as error:
        return f"The database does not answer ({type(error).__name__}); see the log."
    return None


def _index() -> str | None:
    try:
        find(SearchRequest(Query(""), page_size=1))
    except SearchUnavailable as error:
        return str(error)
    return None


CHECKS: dict[str, Callable[[], str | None]] = {"database": _database, "index": _index}


def _base(request: HttpRequest) -> dict[str, str]:
    return {"base": request.build_absolute_uri("/").rstrip("/")}
