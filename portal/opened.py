"""Counts documents opened from an answer: their address carries the query that led there."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from search_indexes import searchlog


class CountOpened:
    """Hears of document pages asked for with ``?q=`` from a page of this site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match and match.url_name == "document" and response.status_code == 200:
            query = request.GET.get("q", "")
            if query and request.method == "GET" and _from_a_search(request):
                searchlog.opened(query)
        return response


def _from_a_search(request: HttpRequest) -> bool:
    """Whether a search page of this site led here; a shared link or a reload counts nothing."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.netloc == request.get_host() and came_from.path == "/search/"
