"""Small answers for browsers, crawlers and monitors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.upkeep.doctor import SPARE_BYTES
from search_indexes import terms
from search_indexes.finder import find
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import Query, SearchRequest

SECURITY_VALID = timedelta(days=180)
"""RFC 9116 asks for less than a year, so that a contact that is no more is not trusted."""


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
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); nothing while the settings name nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = datetime.combine(datetime.now(UTC).date() + SECURITY_VALID, time(), UTC)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.PORTAL_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether readers can be served: 503 names what is missing.

    Policy terms that wait for `reindex` are named too; readers are served meanwhile.
    """
    failures = {name: reason for name, check in CHECKS.items() if (reason := check())}
    state = {name: failures.get(name, "ok") for name in CHECKS}
    state["terms"] = "unknown" if failures else _terms()
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


def _terms() -> str:
    waiting = terms.waiting()
    return terms.describe(waiting) if waiting else "ok"


def _disk() -> str | None:
    """Uploads, the index and SQLite's own journal need room to finish what they began."""
    try:
        free = shutil.disk_usage(settings.PORTAL_DATA).free
    except OSError as error:
        return f"The data folder cannot be read ({error.strerror})."
    if not os.access(settings.PORTAL_DATA, os.W_OK):
        return "The data folder is read-only; nothing can be uploaded or kept."
    if free < SPARE_BYTES:
        return f"Only {free >> 20} MB are free in the data folder; {SPARE_BYTES >> 20} are needed."
    return None


CHECKS: dict[str, Callable[[], str | None]] = {
    "database": _database,
    "index": _index,
    "disk": _disk,
}


def _base(request: HttpRequest) -> dict[str, str]:
    return {"base": request.build_absolute_uri("/").rstrip("/")}
