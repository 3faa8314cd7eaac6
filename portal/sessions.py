"""How long a sign-in lasts: some days without a visit, and some weeks at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

IDLE = 7 * 24 * 3600
"""Seconds without a visit after which one signs in again (also the age of the cookie)."""
LONGEST = 30 * 24 * 3600
"""Seconds after which one signs in again, whatever happened (OWASP ASVS 5, 7.3.2)."""
NOTED_EVERY = 3600
"""Seconds between two notes of a visit: not every page may write to the database."""

BEGAN, SEEN = "signed_in_at", "seen_at"


@receiver(user_logged_in)
def _begin(sender: type[User], request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None:
        request.session[BEGAN] = request.session[SEEN] = int(time.time())


class SessionEnds:
    """Signs out whoever was away too long, or has been signed in too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _look(request)
        return self.get_response(request)


def _look(request: HttpRequest) -> None:
    now = int(time.time())
    began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
    if now - began > LONGEST or now - seen > IDLE:
        logout(request)
    elif now - seen > NOTED_EVERY:
        request.session[SEEN] = now
