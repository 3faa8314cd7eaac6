"""What the tests of the portal's pages share."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from pytest_django import Settings

from portal import limits
from portal.rates import Counter


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    """Pages name static files without a manifest, which only a deployment has."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def behind_tls(settings: Settings) -> None:
    """The settings of a portal behind a proxy that speaks TLS (PORTAL_HTTPS=true)."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = True
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    settings.PORTAL_URL = "https://policy.example.org"


@pytest.fixture
def counted(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers behind a proxy on this machine are counted from nothing, while time stands still."""
    counter = Counter(tmp_path / "limits", clock=lambda: 1_000_000.0)
    monkeypatch.setattr(limits, "_counter", lambda file: counter)
    settings.TRUSTED_PROXIES = (ipaddress.ip_network("127.0.0.1"),)
