"""Gives every answer its headers, and refuses what no database can keep."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.db import DataError
from django.http import HttpRequest, HttpResponse

from portal.api.problems import problem
from portal.views.errors import bad_request

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class ResponseHeaders:
    """Adds the content security policy and its kin, unless the view has set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


UNKEEPABLE = "请求里有不能使用的空字符（NUL）。请去掉后再试。"


class NoNul:
    """A NUL in an address or a form is a caller's fault: PostgreSQL keeps it in no text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """400 where the driver refused a NUL; every other error stays what it is."""
        if not isinstance(error, DataError) or "NUL" not in str(error):
            return None
        if request.path.startswith("/api/"):
            return problem(HTTPStatus.BAD_REQUEST, UNKEEPABLE)
        return bad_request(request, UNKEEPABLE)
