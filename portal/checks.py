"""What `check --deploy` asks beyond Django's own questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether callers can be told apart and weaknesses be reported."""
    found: list[CheckMessage] = []
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "PORTAL_HTTPS is on, but no proxy is trusted: all readers share one address.",
                hint="Set PORTAL_TRUSTED_PROXIES to the proxy's address, as 127.0.0.1.",
                id="portal.W001",
            )
        )
    if not settings.SECURITY_CONTACT:
        found.append(
            Warning(
                "Nobody can report a weakness: /.well-known/security.txt has no contact.",
                hint="Set PORTAL_SECURITY_CONTACT, as mailto:security@example.org.",
                id="portal.W002",
            )
        )
    if not settings.PORTAL_URL.startswith("https://"):
        found.append(
            Warning(
                f"Links in mail begin with {settings.PORTAL_URL}, which is not https.",
                hint="Set PORTAL_URL to the address readers use.",
                id="portal.W003",
            )
        )
    return found
