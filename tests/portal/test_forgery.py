"""Another site can neither act in a reader's name, nor lead them away, nor name the portal."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.portal.test_authorisation import ALL, STATES, TABLE, Portal, made
from tests.promises import Tried

WITHOUT_COOKIE = {"alert-stop"}
"""Mail programs post here without a cookie; the token in the address is the permission."""
AWAY = [
    "default",  # no name of a page of ours either
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example",
    "////evil.example/a", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https:evil.example",
    "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\tjavascript:alert(1)", " //evil.example",
    "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "\r\n//evil.example",
    "data:text/html,a", "vbscript:a", "ftp://evil.example", "//evil.example@testserver/",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "//[::1]/",
    "http://testserver:80@evil.example", "%2f%2fevil.example", "/%09/evil.example", "https://evil.example\\@testserver",
    "\x00//evil.example", "．．//evil.example", "〱〱evil.example", "http:evil.example//",
]  # fmt: skip
HOSTS = [
    "evil.example", "testserver.evil.example", "testserver@evil.example", "evil.example:80",
    "testserver:80@evil.example", "testserver evil.example", "", "[::1", "testserver/evil", "..",
]  # fmt: skip


@pytest.fixture
def portal(db: None, index: Path, settings: Settings, tmp_path: Path) -> Portal:
    return made(settings, tmp_path)


def rows() -> dict[str, int]:
    """How often each table was written to would be better, but rows and their sums do."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names of our own tables
            found[table] = hash(frozenset(map(repr, cursor.fetchall())))
    return found


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_no_form_of_another_site_changes_anything(
    portal: Portal, origin: str | None, tried: Tried
) -> None:
    """Every address that takes a form, sent by an editor's browser without the form's token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="editor"))
    browser.cookies["csrftoken"] = "a" * 32
    headers = {"Origin": origin, "Referer": f"{origin}/a"} if origin else {}
    before, asked = rows(), 0
    for name, address in ALL.items():
        if name in WITHOUT_COOKIE or name == "None":
            continue
        takes_forms = any(word != "xxxx" for word in TABLE[name].split()[1::2])
        for state in STATES if address.parameters else ("published",):
            answer = browser.post(portal.path(address, state), headers=headers)
            asked += 1
            assert answer.status_code in (403, 405), f"{name} {state}"
            assert not takes_forms or answer.status_code == 403 or state != "published", name
    tried(asked, "forged forms")

    assert asked > 100
    assert rows() == before


def test_looking_changes_nothing(portal: Portal, tried: Tried) -> None:
    """GET and HEAD of every address by everybody leave the database as it was."""
    browser = portal.browsers["editor"]
    before, asked = rows(), 0
    for address in ALL.values():
        for state in STATES if address.parameters else ("published",):
            for method in ("GET", "HEAD"):
                browser.generic(method, portal.path(address, state))
                asked += 1
    tried(asked, "pages looked at")
    changed = {table for table, sum_ in rows().items() if sum_ != before[table]}

    assert changed <= {"django_session"}


@pytest.mark.parametrize("place", ["/accounts/login/", "/accounts/signup/"])
@pytest.mark.parametrize("away", AWAY, ids=ascii)
def test_nobody_is_led_away(
    db: None, settings: Settings, place: str, away: str, tried: Tried
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("old", password="long enough 1")
    fields = {"username": "new", "password1": "long enough 1", "password2": "long enough 1"}
    if "login" in place:
        fields = {"username": "old", "password": "long enough 1"}
    client = Client()
    answer = client.post(place, {**fields, "next": away})
    already = client.get(place, {"next": away})
    tried(2, "answers that might lead away")

    for response in (answer, already):
        assert response.status_code == 302
        # What a browser makes of it: backslashes are slashes, tabs and line ends are nothing.
        heard = response["Location"].replace("\\", "/").translate({9: None, 10: None, 13: None})
        assert urljoin(f"http://testserver{place}", heard.strip()).startswith("http://testserver/")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/search/", "/api/v1/", "/feeds/", "/readyz"])
def test_a_name_that_is_not_the_portals_is_refused(db: None, host: str, path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert b"evil" not in answer.content


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Forwarded", "X-Original-URL"]
)
def test_no_forwarding_header_names_the_portal_or_its_pages(db: None, header: str) -> None:
    sent = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    page = Client().get("/opensearch.xml", headers=sent).content

    assert b"evil.example" not in page
    assert b"http://testserver/" in page


def test_mail_names_the_portal_as_the_settings_do(db: None, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.PORTAL_URL = "https://policy.example.org"
    client = Client()
    client.force_login(User.objects.create_user("reader"))
    client.post("/following/address/", {"email": "a@example.org"}, headers={"Host": "evil.example"})
    (sent,) = mail.outbox

    assert "https://policy.example.org/" in sent.body
    assert "evil.example" not in sent.body


def test_plain_http_is_not_taken_for_https_on_the_callers_word(db: None) -> None:
    """Without PORTAL_HTTPS the header means nothing; with it the proxy sets it on every request."""
    answer = Client().get("/opensearch.xml", headers={"X-Forwarded-Proto": "https"})

    assert b"http://testserver/" in answer.content
