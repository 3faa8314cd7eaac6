"""The pages that say what went wrong and where to go on."""

from __future__ import annotations

import errno
import sys
from sqlite3 import SQLITE_FULL, SQLITE_READONLY

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


FULL = "服务器的磁盘已满，这一次的改动没有保存。"
READ_ONLY = "服务器目前只能读取、不能写入，这一次的改动没有保存。"


def storage_refused(error: BaseException | None) -> str:
    """Why *error* says that nothing more can be kept, in Chinese; empty for any other fault.

    A full disk reaches us as an OSError, as SQLite's SQLITE_FULL, or as PostgreSQL's 53100.
    """
    while error is not None:
        number = getattr(error, "errno", None) if isinstance(error, OSError) else None
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        state = getattr(error, "sqlstate", None)
        if number in (errno.ENOSPC, errno.EDQUOT) or code == SQLITE_FULL or state == "53100":
            return FULL
        if number == errno.EROFS or code == SQLITE_READONLY or state == "25006":
            return READ_ONLY
        error = error.__cause__
    return ""


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of the portal's own, with the number under which the log knows it.

    Like Django's own it is made without the request: what is broken may be what a page needs.
    Where the disk takes no more it says so, with status 507 (RFC 4918, 11.5) or 503.
    """
    if reason := storage_refused(sys.exception()):
        told = {"request_id": current_request_id(), "reason": reason}
        page = loader.get_template("errors/storage.html").render(told)
        return HttpResponse(page, status=507 if reason is FULL else 503)
    page = loader.get_template("500.html").render({"request_id": current_request_id()})
    return HttpResponse(page, status=500)
