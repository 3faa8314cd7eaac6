"""Answers 304 to a visitor whose browser holds a page that would be the same today."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.timezone import localdate

from portal.fragments import SECONDS
from search_indexes.journal import Stamp, stamp

PAGES = frozenset({"home", "document"})
"""Names of the addresses whose pages depend on nothing but what `_tag` looks at."""

_KEY = secrets.token_bytes(32)
"""Of this start of the portal: another release may set the same words otherwise, and nobody can
make up a tag for a page that they were never given."""


class Unchanged:
    """Tags the pages of visitors (RFC 9110, 8.8.3), and compares the tag that comes back.

    One query answers whether anything published has changed; the page is not even looked for.
    Readers who are signed in are told to keep nothing, so that there is nothing to compare.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "stamp") and response.status_code == 200:
            _say(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """304 when nothing has changed; else the page, under a tag of what was there before it."""
        if not _may_be_kept(request):
            return None
        request.stamp = stamp()  # type: ignore[attr-defined]
        held = parse_etags(request.headers.get("If-None-Match", ""))
        if _tag(request) not in held:
            return None
        response = HttpResponseNotModified()
        _say(request, response)
        return response


def stamp_of(request: HttpRequest | None) -> Stamp:
    """What is published, as it was read at the beginning of *request*, or else now."""
    found: Any = getattr(request, "stamp", None)
    return found if isinstance(found, Stamp) else stamp()


def _may_be_kept(request: HttpRequest) -> bool:
    """Whether the page is one for all but what the address and the cookies say."""
    match = request.resolver_match
    return (
        match is not None
        and match.url_name in PAGES
        and request.method in {"GET", "HEAD"}
        and not settings.DEBUG
        and not request.user.is_authenticated
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not len(get_messages(request))
    )


def _say(request: HttpRequest, response: HttpResponse) -> None:
    response.headers["ETag"] = _tag(request)
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])


def _tag(request: HttpRequest) -> str:
    """Of the address, every cookie, the day, what is published, and the minutes a piece is kept.

    The secret of the forms may be new: it is looked at where Django leaves it, so that the tag of
    a first page is that of the next.
    """
    cookies = {**request.COOKIES, settings.CSRF_COOKIE_NAME: request.META.get("CSRF_COOKIE", "")}
    parts = (
        request.build_absolute_uri(),
        sorted(cookies.items()),
        localdate().isoformat(),
        stamp_of(request),
        _period(),
    )
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "replace"), key=_KEY, digest_size=16)
    return f'W/"{digest.hexdigest()}"'


def _period() -> int:
    """The number of the minutes for which a tag holds: changes by hand are seen after them."""
    return int(time.time() // SECONDS)
