"""One line of JSON an event, with the number of its request and nothing about the reader."""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

log = logging.getLogger("portal.requests")

_request_id: ContextVar[str] = ContextVar("request_id", default="")

CSRF = "django.security.csrf"

LONGEST = 4000
"""Characters of a message; what is longer was made by somebody who wants the log full."""

# Mail addresses, network addresses, numbers as long as a telephone's or an identity card's, and
# strings that are long and without a space: tokens, session keys, signed values.
_PERSONAL = re.compile(
    r"[^\s@<>\"']+@[^\s@<>\"']+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![\w])\d{11,18}[Xx]?(?![\w])"
    r"|(?<![\w./-])[A-Za-z0-9_:~=-]{32,}(?![\w./-])"
)


def current_request_id() -> str:
    """The number of the request in hand, or nothing outside of one."""
    return _request_id.get()


def masked(text: str) -> str:
    """*text* without the portal's secrets and without what looks like somebody's own data."""
    for secret in _secrets():
        text = text.replace(secret, "[secret]")
    return _PERSONAL.sub("[…]", text)[:LONGEST]


def _secrets() -> list[str]:
    found = [settings.SECRET_KEY, settings.EMAIL_HOST_PASSWORD]
    found.append(settings.DATABASES["default"].get("PASSWORD") or "")
    return [str(each) for each in found if each and len(str(each)) > 3]


class JsonLine(logging.Formatter):
    """Time (UTC), level, logger, message; and where there is one, request and exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line: JSON escapes every control character there is."""
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(_message(record)),
        }
        if number := _request_id.get():
            event["request_id"] = number
        event |= getattr(record, "event", {})
        if record.exc_info and record.exc_info[1]:
            event["exception"] = _exception(record.exc_info[1])
        # Escaped beyond ASCII too: U+2028 and U+0085 end a line for some who read logs.
        return json.dumps(event, ensure_ascii=True, default=str)


class TextLine(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, what else is known; control characters escaped."""
        when = datetime.fromtimestamp(record.created).astimezone()
        more = " ".join(f"{name}={value}" for name, value in getattr(record, "event", {}).items())
        line = f"{when:%H:%M:%S} {record.levelname} {record.name} {masked(_message(record))} {more}"
        line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line.rstrip())
        if record.exc_info and record.exc_info[1]:
            found = _exception(record.exc_info[1])
            line = "\n  ".join([line, *found["frames"], f"{found['type']}: {found['message']}"])
        return line


def _message(record: logging.LogRecord) -> str:
    """Django names the path of a refused request, where a token may stand: its route will do."""
    request = getattr(record, "request", None)
    if record.name.startswith("django.") and isinstance(request, HttpRequest):
        status = getattr(record, "status_code", 500)
        why = (
            f" ({record.args[0]})" if record.name == CSRF and isinstance(record.args, tuple) else ""
        )
        return f"answered {status}{why}: {route_of(request)}"
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _exception(error: BaseException) -> dict[str, Any]:
    """Type, message and frames; a database's message is left out, for it quotes rows."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    own = "" if isinstance(error, DatabaseError) else masked(str(error))
    return {
        "type": type(error).__qualname__,
        "message": own,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def route_of(request: HttpRequest) -> str:
    """The pattern that answers, as in urls.py: a path may hold a token, a pattern never."""
    return f"/{request.resolver_match.route}" if request.resolver_match else "unknown"


class RequestLog:
    """Gives each request a number, tells it to the caller, and writes one line about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request_id.set(_number(request))
        began = request.began = time.perf_counter()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = _request_id.get()
            event = {
                "method": request.method if request.method in METHODS else "other",
                "route": route_of(request),
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
            }
            log.info("request", extra={"event": event})
            return response
        finally:
            _request_id.reset(token)


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _number(request: HttpRequest) -> str:
    """The proxy's number for the request, if a proxy is trusted and it is one; else a new one."""
    given = request.headers.get("X-Request-ID", "")
    if settings.TRUSTED_PROXIES and re.fullmatch(r"[0-9a-f-]{16,36}", given):
        return given
    return uuid.uuid4().hex
