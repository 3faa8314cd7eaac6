"""The pages that say what went wrong and where to go on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, message: str) -> HttpResponse:
    """A request that cannot be understood; *message* is the Chinese sentence that says why."""
    return render(request, "400.html", {"message": message}, status=400)


def not_found(request: HttpRequest, message: str) -> HttpResponse:
    """An address that leads nowhere; *message* is the Chinese sentence that says why."""
    return render(request, "404.html", {"message": message}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: nothing was changed; going back keeps what was typed."""
    return render(request, "errors/csrf.html", status=403)
