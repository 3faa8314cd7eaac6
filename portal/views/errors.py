"""The pages that say what went wrong and where to go on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from portal.logs import current_request_id


def bad_request(request: HttpRequest, message: str) -> HttpResponse:
    """A request that cannot be understood; *message* is the Chinese sentence that says why."""
    return render(request, "400.html", {"message": message}, status=400)


def not_found(request: HttpRequest, message: str) -> HttpResponse:
    """An address that leads nowhere; *message* is the Chinese sentence that says why."""
    return render(request, "404.html", {"message": message}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: nothing was changed; going back keeps what was typed."""
    return render(request, "errors/csrf.html", status=403)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of the portal's own, with the number under which the log knows it.

    Like Django's own it is made without the request: what is broken may be what a page needs.
    """
    page = loader.get_template("500.html").render({"request_id": current_request_id()})
    return HttpResponse(page, status=500)
