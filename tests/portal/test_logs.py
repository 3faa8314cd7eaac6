"""The log is one line of JSON an event, whatever is sent, and tells nothing about a reader."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings

from documents import catalogue
from portal.logs import JsonLine, TextLine
from tests.conftest import MakeDocument
from tests.promises import Tried

pytestmark = pytest.mark.django_db

HOSTILE = [
    "a\r\nb", "a\nERROR forged", "\x1b[31mred\x1b[0m", "\x07", "\u2028", "\u2029", "\x85", "\0",
    "\u202eevil", "%s %d", "{0}", '"}\n{"level":"ERROR"', "\\n", "\ud800", "𝕏" * 100, "甲" * 5000,
    "<script>", "\x9b31m", "\v\f", "${jndi:ldap://x}",
]  # fmt: skip
Events = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Events]:
    """All that is logged, as the lines it becomes; each must be JSON by itself."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLine())
    loggers = [logging.getLogger(), logging.getLogger("portal.requests")]
    levels = [each.level for each in loggers]
    loggers[0].addHandler(handler)
    for each in loggers:
        each.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    loggers[0].removeHandler(handler)
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_an_event_is_one_line_of_json(number: int, tried: Tried) -> None:
    text, out = HOSTILE[number], io.StringIO()
    alone = logging.Logger("documents")  # the tests' own report could not carry half a character
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLine())
    alone.addHandler(handler)
    alone.warning("Read %s.", text)
    alone.warning(text)
    try:
        raise ValueError(text)
    except ValueError:
        alone.exception("Failed")
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    tried(len(events), "events with a hostile text")

    assert len(events) == 3
    assert all({"time", "level", "logger", "message"} <= set(event) for event in events)
    assert [event["level"] for event in events] == ["WARNING", "WARNING", "ERROR"]
    line = TextLine().format(logging.makeLogRecord({"msg": text, "levelname": "INFO", "name": "x"}))
    assert line.splitlines() == [line]
    assert "\x1b" not in line


def test_a_request_is_one_event_with_the_number_the_answer_carries(
    client: Client, written: Events
) -> None:
    answer = client.get("/healthz")
    (event,) = written()

    assert event["request_id"] == answer["X-Request-ID"]
    assert event.pop("milliseconds") >= 0
    assert {name: event[name] for name in ("message", "method", "route", "status")} == {
        "message": "request",
        "method": "GET",
        "route": "/healthz",
        "status": 200,
    }


SECRETS = ["zhang.san@example.org", "13800138000", "11010519491231002X", "192.0.2.77", "秘密密码"]


def test_no_query_name_password_token_or_address_is_written(
    client: Client,
    written: Events,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    make_document: MakeDocument,
) -> None:
    make_document(indexed=False)  # an empty portal counts no districts
    User.objects.create_user("李四", password="秘密密码")
    token = "eyJtoken0123456789012345678901234567890:1abcdE:signature"
    client.raise_request_exception = False
    for secret in SECRETS:
        client.get("/search/", {"q": secret}, REMOTE_ADDR="192.0.2.77")
        client.post("/accounts/login/", {"username": "李四", "password": "wrong" + secret})
        client.get(f"/nothing/{secret}/")
    client.get(f"/following/stop/{token}/")
    short = "short-token-1234"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/following/address/{short}/").status_code == 403
    client.get("/", headers={"Host": "zhang.san@example.org"})

    def broken(*_: object) -> None:
        raise IntegrityError('duplicate key value (username)=(李四) "13800138000"')

    monkeypatch.setattr(catalogue, "districts", broken)
    client.get("/?q=zhang.san@example.org")
    text = json.dumps(written(), ensure_ascii=False)

    assert "IntegrityError" in text
    assert '"status": 500' in text
    for secret in [*SECRETS, token, short, "李四", settings.SECRET_KEY, client.session.session_key]:
        assert not secret or secret not in text, secret


def test_a_secret_that_reaches_a_message_is_masked(written: Events, settings: Settings) -> None:
    settings.EMAIL_HOST_PASSWORD = "mail-password"
    for text in (f"key {settings.SECRET_KEY}", "server said mail-password", *SECRETS[:4]):
        logging.getLogger("portal").error("It failed: %s", text)
    text = json.dumps(written(), ensure_ascii=False)

    for secret in (settings.SECRET_KEY, "mail-password", *SECRETS[:4]):
        assert secret not in text


def test_what_an_operator_needs_is_not_masked(written: Events) -> None:
    plain = "青科委〔2025〕1号 of 2025-01-16, 12345678 bytes at /srv/portal/media/ab/cd"
    logging.getLogger("portal").warning(plain)

    assert written()[0]["message"] == plain


def test_the_callers_own_request_number_is_not_believed(client: Client) -> None:
    asked = "0123456789abcdef0123456789abcdef"

    assert client.get("/healthz", headers={"X-Request-ID": asked})["X-Request-ID"] != asked


def test_the_trusted_proxys_request_number_is_kept_if_it_is_one(
    client: Client, counted: None
) -> None:
    asked = "0123456789abcdef0123456789abcdef"

    assert client.get("/healthz", headers={"X-Request-ID": asked})["X-Request-ID"] == asked
    forged = client.get("/healthz", headers={"X-Request-ID": "a b\tc" + asked})
    assert forged["X-Request-ID"] != asked


def test_an_error_page_and_the_health_answers_tell_no_secret(
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    make_document: MakeDocument,
) -> None:
    make_document(indexed=False)

    def broken(*_: object) -> None:
        raise RuntimeError(f"inner secret {settings.SECRET_KEY}")

    monkeypatch.setattr(catalogue, "districts", broken)
    client.raise_request_exception = False
    answers = [client.get(path) for path in ("/", "/healthz", "/readyz")]
    assert answers[0].status_code == 500
    pages = [answer.content.decode() for answer in answers]

    for page in pages:
        for secret in ("inner secret", settings.SECRET_KEY, str(settings.PORTAL_DATA), "Traceback"):
            assert secret not in page
