"""Every answer, whatever its status, keeps itself to itself: the headers browsers act on."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from documents import catalogue
from tests.journeys.conftest import environment
from tests.portal.observatory import directives, score
from tests.portal.test_authorisation import ALL, ROLES, STATES, Portal, made
from tests.promises import Tried

ROOT = Path(__file__).resolve().parent.parent.parent
TLS = {"X-Forwarded-Proto": "https"}
PRODUCTION = {
    "PORTAL_HTTPS": "true",
    "PORTAL_ALLOWED_HOSTS": "policy.example.org",
    "PORTAL_TRUSTED_ORIGINS": "https://policy.example.org",
    "PORTAL_TRUSTED_PROXIES": "127.0.0.1",
    "PORTAL_SECURITY_CONTACT": "mailto:security@example.org",
    "PORTAL_URL": "https://policy.example.org",
}


def lacking(response: HttpResponseBase) -> list[str]:
    """What an answer behind TLS lacks, in words."""
    points, rules = score(response)
    policy = directives(response)
    found = [] if points >= 100 else [f"only {points} points: {rules}"]
    found += [
        f"{name} is {response.get(name)!r}"
        for name, wanted in {
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }.items()
        if response.get(name) != wanted
    ]
    found += [name for name in ("Permissions-Policy", "X-Request-ID") if not response.get(name)]
    found += [f"says {name}" for name in ("Server", "X-Powered-By") if response.get(name)]
    found += [word for words in policy.values() for word in words if word.startswith("'unsafe")]
    found += [
        name
        for name in ("base-uri", "form-action", "frame-ancestors")
        if name not in policy and "sandbox" not in policy
    ]
    return found


@pytest.fixture
def portal(db: None, behind_tls: None, index: Path, settings: Settings, tmp_path: Path) -> Portal:
    """The documents and people of the table of rights, behind TLS."""
    return made(settings, tmp_path)


def test_every_address_scores_a_hundred_for_everybody(portal: Portal, tried: Tried) -> None:
    seen: dict[int, int] = {}
    for name, address in ALL.items():
        for state in STATES if address.parameters else ("published",):
            for role in ROLES:
                answer = portal.browsers[role].get(portal.path(address, state), headers=TLS)
                seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
                assert not lacking(answer), f"{name} {state} {role}"
                if role in ("reader", "editor") and "html" in answer["Content-Type"]:
                    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", ")), name
                    assert "Cookie" in answer.get("Vary", ""), name
    tried(sum(seen.values()), f"answers of {len(seen)} statuses")
    assert {200, 302, 400, 403, 404, 405, 410} <= set(seen)


def admin_addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/admin/") -> set[str]:
    found = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= admin_addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif not pattern.pattern.converters and "(?P" not in str(pattern.pattern):
            found.add(prefix + str(pattern.pattern).strip("^$"))
    return found


def test_the_admin_scores_a_hundred_too(portal: Portal, tried: Tried) -> None:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password="x"))
    (admin,) = [
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.app_name == "admin"
    ]
    places = sorted(admin_addresses(admin.url_patterns))
    document = portal.documents["published"]
    places += [f"/admin/documents/document/{document.pk}/{end}" for end in ("change/", "history/")]
    statuses = []
    for place in places:
        answer = browser.get(place, headers=TLS)
        statuses.append(answer.status_code)
        assert not lacking(answer), place
    tried(len(places), "addresses of the admin")
    assert statuses.count(200) > 20


def test_answers_that_never_reach_a_view_have_them_too(
    portal: Portal, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "a.css").write_text("a{}")
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    tag = strict.get("/static/a.css", headers=TLS)["Last-Modified"]

    def broken(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(catalogue, "districts", broken)
    answers = {
        200: strict.get("/static/a.css", headers=TLS),
        301: strict.get("/following", headers=TLS),
        304: strict.get("/static/a.css", headers={**TLS, "If-Modified-Since": tag}),
        400: strict.get("/", headers={**TLS, "Host": "evil.example"}),
        403: strict.post("/accounts/login/", {"username": "a"}, headers=TLS),
        404: strict.get("/nothing/here/", headers=TLS),
        500: strict.get("/", headers=TLS),
    }
    plain = strict.get("/")
    assert {status: answer.status_code for status, answer in answers.items()} == {
        status: status for status in answers
    }
    assert plain["Location"].startswith("https://")
    for status, answer in answers.items():
        assert not lacking(answer), status
    number = answers[500]["X-Request-ID"]
    assert number in answers[500].content.decode()


def test_the_scorer_tells_bad_from_good(client: Client, db: None) -> None:
    """A portal without TLS misses points, so the hundred above is not given away."""
    points, rules = score(client.get("/accounts/login/"))

    assert points < 100
    assert "-20 hsts-not-implemented" in rules


def test_the_production_profile_passes_the_deployment_check(tmp_path: Path) -> None:
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    settings = environment(tmp_path)
    good = subprocess.run(
        [sys.executable, *check], cwd=ROOT, env={**settings, **PRODUCTION},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    laptop = subprocess.run(
        [sys.executable, *check], cwd=ROOT, env=settings,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert good.returncode == 0, good.stderr
    assert laptop.returncode == 1
    assert {"security.W008", "portal.W002", "portal.W003"} <= {
        word.strip("():") for word in laptop.stderr.split()
    }


def test_security_txt_names_whom_to_tell_for_less_than_a_year(
    client: Client, settings: Settings
) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.org"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=100) < left < timedelta(days=365)
