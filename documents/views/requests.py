"""What a view behind a sign-in may rely on."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """A request that login_required let through: there is a user."""

    user: User


EditorRequest = SignedInRequest
"""The same with an editor's permissions checked by the view's decorator."""
