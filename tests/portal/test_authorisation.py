"""Who may do what: every address, method and role against a table that a person has read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from documents.apps import EDITORS
from documents.intake import take_in
from documents.models import Bookmark, Document
from documents.publishing import publish, withdraw
from search_indexes.rebuild import rebuild
from tests.documents.samples import NOTICE
from tests.promises import Tried

ROLES = ("anonymous", "reader", "editor", "closed")
"""`closed` is an editor whose account was closed while signed in."""
STATES = ("published", "draft", "withdrawn", "missing")
LETTERS = {200: "o", 301: "m", 302: "m", 400: "b", 403: "f", 404: "n", 405: "x", 410: "g"}
"""Answers: o fine, m moved on, l to the sign-in page, b a bad form, f forbidden, n not found,
x not by this method, g gone."""

# Address: what GET, then POST, answers to the four roles in order. Addresses that hang on a
# document have a pair of words for each of its states, in the order of STATES.
TABLE: dict[str, str] = {
    "None": "nnnn nnnn",
    "alert-address": "xxxx lmml",
    "alert-confirm": "nnnn nnnn nnnn nnnn nnnn nnnn nnnn nnnn",
    "alert-stop": "nnnn nnnn nnnn nnnn nnnn nnnn nnnn nnnn",
    "api-document": "oooo xxxx nnnn xxxx gggg xxxx nnnn xxxx",
    "api-openapi": "oooo xxxx",
    "api-root": "oooo xxxx",
    "api-search": "oooo xxxx",
    "api-suggest": "oooo xxxx",
    "batch": "lfnl lfxl lfnl lfxl lfnl lfxl lfnl lfxl",
    "batch-retry": "lfxl lfnl lfxl lfnl lfxl lfnl lfxl lfnl",
    "bookmark-accept": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "bookmark-add": "xxxx mmmm xxxx nnmn xxxx nnmn xxxx nnnn",
    "bookmark-edit": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "bookmark-export": "lnnl xxxx lnnl xxxx lnnl xxxx lnnl xxxx",
    "bookmark-import": "lool lbbl",
    "bookmark-remove": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "bookmarks": "oooo xxxx",
    "browser-mark-remove": "xxxx mmmm",
    "browser-words": "xxxx mmmm",
    "cite": "oooo xxxx nnon xxxx nnon xxxx nnnn xxxx",
    "compare": "bbbb xxxx",
    "discard": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "document": "oooo xxxx nnon xxxx ggog xxxx nnnn xxxx",
    "document-file": "oooo xxxx nnon xxxx ggog xxxx nnnn xxxx",
    "document-on": "bbbb xxxx nnbn xxxx nnbn xxxx nnnn xxxx",
    "document-version": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "edit-outline": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "feed": "oooo xxxx",
    "feed-document": "oooo xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "feed-facet": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "feed-search": "oooo xxxx",
    "folder": "lnnl xxxx lnnl xxxx lnnl xxxx lnnl xxxx",
    "folder-create": "xxxx lmml",
    "folder-move": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "folder-remove": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "folder-rename": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "folder-share": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "folder-unshare": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "follow-add": "xxxx lmml",
    "follow-edit": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "follow-remove": "xxxx lnnl xxxx lnnl xxxx lnnl xxxx lnnl",
    "follow-seen": "xxxx lmml",
    "following": "lool xxxx",
    "health": "oooo xxxx",
    "home": "oooo xxxx",
    "job": "lfnl lfxl lfnl lfxl lfnl lfxl lfnl lfxl",
    "job-retry": "lfxl lfnl lfxl lfnl lfxl lfnl lfxl lfnl",
    "jump": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "login": "ommo ommo",
    "logout": "xxxx mmmm",
    "missing": "lfol xxxx",
    "opensearch": "oooo xxxx",
    "page-image": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "password_change": "lool lool",
    "publish": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "ready": "oooo xxxx",
    "report": "oooo bbbb nnnn nnnn nnnn nnnn nnnn nnnn",
    "review": "lfol lfbl lfol lfbl lfol lfbl lfnl lfnl",
    "review-section": "lfol lfbl lfol lfbl lfol lfbl lfnl lfnl",
    "robots": "oooo xxxx",
    "search": "oooo xxxx",
    "search-advanced": "oooo xxxx",
    "search-export": "oooo xxxx",
    "search-feedback": "mmmm bbbb",
    "search-help": "oooo xxxx",
    "security": "nnnn xxxx",
    "shared-folder": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "short": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "short-passage": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "signup": "ommo ommo",
    "similar": "oooo xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "sitemap": "oooo xxxx",
    "upload": "lfol lfbl",
    "validity": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "verify": "bbbb xxxx",
    "version-changes": "nnnn xxxx nnnn xxxx nnnn xxxx nnnn xxxx",
    "version-from-draft": "lfxl lfnl lfxl lfnl lfxl lfnl lfxl lfnl",
    "version-proposed": "lfnl lfnl lfnl lfnl lfnl lfnl lfnl lfnl",
    "version-upload": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "withdraw": "lfxl lfml lfxl lfml lfxl lfml lfxl lfnl",
    "words-add": "xxxx mmmm xxxx nnmn xxxx nnmn xxxx nnnn",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern of the URLconf: its name and the parameters it takes."""

    name: str
    parameters: tuple[str, ...]


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin":
                continue  # Django's own matrix; what editors may there is tested at the desk
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, space)
        else:
            yield Address(f"{prefix}{pattern.name}", tuple(pattern.pattern.converters))


ALL = {address.name: address for address in addresses(get_resolver().url_patterns)}


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal with one document in each state, a stranger's bookmark, and the four people."""

    documents: dict[str, Document]
    bookmark: Bookmark
    browsers: dict[str, Client]

    def path(self, address: Address, state: str) -> str:
        """The address with its parameters filled in for the document in *state*."""
        if state == "missing":
            values = {"slug": "no-such-document", "pk": 999_999, "anchor": "p2-2"}
        else:
            document = self.documents[state]
            key = self.bookmark.pk if "slug" not in address.parameters else document.files.get().pk
            values = {"slug": document.slug, "pk": key, "anchor": "p2-2"}
        known = {name: values.get(name, 1) for name in address.parameters}
        return "/no/such/page" if address.name == "None" else reverse(address.name, kwargs=known)


@pytest.fixture
def portal(db: None, index: Path, settings: Settings, tmp_path: Path) -> Portal:
    """The documents, the bookmark and the people."""
    return made(settings, tmp_path)


def made(settings: Settings, folder: Path) -> Portal:
    """The same for other tests that ask every address."""
    settings.MEDIA_ROOT = folder / "media"
    rebuild()
    return _portal(folder)


def _portal(folder: Path) -> Portal:
    documents = {}
    for number, state in enumerate(STATES[:3]):
        file = folder / f"{state}.txt"
        file.write_text(NOTICE.replace("〕7号", f"〕7{number}号"), "utf-8")
        documents[state] = take_in(file, file.name)
        if state != "draft":
            documents[state] = publish(documents[state])
        if state == "withdrawn":
            documents[state] = withdraw(documents[state])
    stranger = User.objects.create_user("stranger")
    bookmark = Bookmark.objects.create(
        user=stranger, document=documents["published"], anchor="p2-2", fingerprint="f"
    )
    browsers = {role: Client(raise_request_exception=True) for role in ROLES}
    for role in ROLES[1:]:
        user = User.objects.create_user(role)
        if role != "reader":
            user.groups.add(Group.objects.get(name=EDITORS))
        browsers[role].force_login(user)
        user.is_active = role != "closed"
        user.save()
    return Portal(documents, bookmark, browsers)


def answer(portal: Portal, address: Address, state: str, role: str, method: str) -> str:
    """The letter of one cell; whatever it changed is undone."""
    browser = portal.browsers[role]
    cookies = browser.cookies.output(header="")
    with transaction.atomic():
        got = browser.generic(method, portal.path(address, state))
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)  # signing out would carry over to the next address
    if got.status_code == 302 and got["Location"].startswith("/accounts/login/"):
        return "l"
    return LETTERS.get(got.status_code, str(got.status_code))


def words(portal: Portal, address: Address) -> str:
    """The row of an address as it is."""
    states = STATES if address.parameters and address.name != "None" else ("published",)
    return " ".join(
        "".join(answer(portal, address, state, role, method) for role in ROLES)
        for state in states
        for method in ("GET", "POST")
    )


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(TABLE) == set(ALL)


def test_every_address_answers_each_role_as_the_table_says(portal: Portal, tried: Tried) -> None:
    found = {name: words(portal, address) for name, address in ALL.items()}

    cells = sum(len(row.replace(" ", "")) for row in found.values())
    tried(len(found), "addresses")
    tried(cells, "cells")
    differing = {name: row for name, row in sorted(found.items()) if TABLE.get(name) != row}
    assert not differing, "\n".join(f"{name!r}: {row!r}," for name, row in differing.items())


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_address_changes_anything_by_an_unusual_method(portal: Portal, method: str) -> None:
    """An editor's PUT, PATCH or DELETE is refused, or shows a form; nothing is changed by it."""
    before = list(Document.objects.order_by("pk").values())
    for address in ALL.values():
        for state in STATES:
            assert answer(portal, address, state, "editor", method) in set("xnbogfm"), address
    assert list(Document.objects.order_by("pk").values()) == before
    assert Bookmark.objects.get() == portal.bookmark
