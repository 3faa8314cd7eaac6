"""Refuses what is asked too often: 429 with the seconds to wait, counted by caller or account."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal import client
from portal.api.problems import problem
from portal.rates import Counter, Rate

log = logging.getLogger(__name__)

LIMITED = {
    "search": "search",
    "search-help": "search",
    "similar": "search",
    "version-changes": "search",
    "api-root": "api",
    "api-search": "api",
    "api-document": "api",
    "api-openapi": "api",
    "api-suggest": "suggest",
    "feed": "feeds",
    "feed-search": "feeds",
    "feed-document": "feeds",
    "feed-facet": "feeds",
    "bookmark-export": "export",
    "search-export": "export",
    "search-feedback": "report",
    "report": "report",
    "signup": "signup",
    "login": "login",
    "admin:login": "login",
}
"""Which limit an address falls under, by the address's name."""
ONLY_POST = {"report", "signup", "login"}
"""Forms may be looked at as often as one likes."""
ONLY_ANONYMOUS = {"search"}
"""Readers with an account search as much as they need; the account can be closed."""


class Limits:
    """Asks for each limited address whether its caller may go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Answers in the view's place when the limit is reached."""
        match = request.resolver_match
        name = LIMITED.get(match.view_name) if match else None
        rate: Rate | None = settings.LIMITS.get(name) if name else None
        if name is None or rate is None or not _counts(request, name):
            return None
        wait = _wait(f"{name} {_caller(request)}", rate)
        return too_many(request, wait) if wait > 0 else None


def too_many(request: HttpRequest, seconds: float, **more: object) -> HttpResponse:
    """429 in the form the address answers in, with Retry-After in whole *seconds*."""
    wait = max(1, math.ceil(seconds))
    said = f"请求过于频繁，请在 {_time(wait)}后再试。"
    if request.path.startswith("/api/"):
        response: HttpResponse = problem(HTTPStatus.TOO_MANY_REQUESTS, said)
    else:
        response = render(request, "errors/busy.html", {"message": said, **more}, status=429)
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response


def locked_out(request: HttpRequest, *_: object) -> HttpResponse:
    """What a sign-in gets after too many wrong passwords, whether or not the account exists."""
    return too_many(request, settings.AXES_COOLOFF_TIME.total_seconds(), locked=True)


def _time(seconds: int) -> str:
    return f"{seconds} 秒" if seconds < 100 else f"{math.ceil(seconds / 60)} 分钟"


def _counts(request: HttpRequest, name: str) -> bool:
    if name in ONLY_POST and request.method != "POST":
        return False
    if client.is_owner(request):
        return False
    return not (name in ONLY_ANONYMOUS and request.user.is_authenticated)


def _caller(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    return f"address {client.household_of(request)}"


def _wait(key: str, rate: Rate) -> float:
    try:
        return _counter(settings.PORTAL_DATA / "limits").take(key, rate)
    except OSError as error:
        # A full or read-only disk must not keep readers out.
        log.warning("Requests cannot be counted and are not limited: %s", error.strerror)
        return 0.0


@cache
def _counter(file: Path) -> Counter:
    return Counter(file)
