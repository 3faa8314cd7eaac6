"""What belongs to one reader no other reader can read, change or take, whatever they send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from documents.models import Bookmark, Document, Folder, Status
from portal.models import AlertAddress, Follow, Kind
from tests.conftest import MakeDocument
from tests.promises import Tried


@dataclass(frozen=True, slots=True)
class Two:
    """The owner of some things, and another reader with things of their own."""

    owner: User
    other: User
    browser: Client
    document: Document
    bookmark: Bookmark
    folder: Folder
    follow: Follow
    own: Bookmark
    own_folder: Folder


@pytest.fixture
def two(make_document: MakeDocument) -> Two:
    document = make_document("甲", "原文。", public_id="a")
    owner, other = User.objects.create_user("owner"), User.objects.create_user("other")
    browser = Client()
    browser.force_login(other)
    keep = {"document": document, "anchor": "p1", "fingerprint": "f"}
    bookmark = Bookmark.objects.create(user=owner, note="owners secret note", **keep)
    folder = Folder.objects.create(user=owner, name="owners secret folder")
    follow = Follow.objects.create(user=owner, kind=Kind.SEARCH, value="q=secret", note="why")
    AlertAddress.objects.create(user=owner, email="owner@example.org")
    own = Bookmark.objects.create(user=other, **keep)
    own_folder = Folder.objects.create(user=other, name="own")
    return Two(owner, other, browser, document, bookmark, folder, follow, own, own_folder)


def of_owner(two: Two) -> dict[str, Any]:
    """Everything that is the owner's, row by row."""
    models = (Bookmark, Folder, Follow, AlertAddress)
    found = {m.__name__: list(m._default_manager.filter(user=two.owner).values()) for m in models}
    return {**found, "User": User.objects.filter(pk=two.owner.pk).values().get()}


BOOKMARK = ("bookmark-edit", "bookmark-remove", "bookmark-accept")
FOLDER = (
    "folder", "folder-rename", "folder-remove", "folder-move", "folder-share", "folder-unshare",
)  # fmt: skip
FOLLOW = ("follow-edit", "follow-remove")
PAIRS = [(name, method) for name in (*BOOKMARK, *FOLDER, *FOLLOW) for method in ("GET", "POST")]


@pytest.mark.parametrize(("name", "method"), PAIRS)
def test_a_strangers_key_leads_nowhere(two: Two, name: str, method: str, tried: Tried) -> None:
    thing = two.bookmark if name in BOOKMARK else two.folder if name in FOLDER else two.follow
    before = of_owner(two)
    data = {"name": "stolen", "note": "stolen", "rate": "daily", "anchor": "p0", "by": "1"}
    answer = two.browser.generic(
        method, reverse(name, args=[thing.pk]), "&".join(f"{k}={v}" for k, v in data.items()),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    tried(1, "pairs of a stranger's thing and a way to it")

    assert answer.status_code in (404, 405)
    assert b"secret" not in answer.content
    assert of_owner(two) == before


PLACES = [
    "/bookmarks/", "/bookmarks/?q=secret", "/bookmarks/?tag=secret", "/bookmarks/?folder={folder}",
    "/bookmarks/export/csv/", "/bookmarks/export/md/", "/following/", "/documents/a/",
    "/search/?q=secret", "/api/v1/search?q=secret", "/api/v1/documents/a", "/feeds/",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_stranger_is_listed_found_or_exported(two: Two, place: str) -> None:
    answer = two.browser.get(place.format(folder=two.folder.pk))
    content = b"".join(answer) if answer.streaming else answer.content

    assert answer.status_code == 200
    assert b"secret note" not in content
    assert b"secret folder" not in content
    assert b"owner@example.org" not in content


def test_ones_own_bookmark_cannot_be_put_into_a_strangers_folder(two: Two) -> None:
    before = of_owner(two)
    prefix = two.own.pk
    two.browser.post(
        f"/bookmarks/{prefix}/edit/",
        {f"{prefix}-note": "n", f"{prefix}-tags": "", f"{prefix}-folders": [two.folder.pk]},
    )

    assert of_owner(two) == before
    assert not two.folder.bookmarks.exists()


NEW = {"username": "new", "password1": "long enough 1", "password2": "long enough 1"}
CLAIMS = [
    ("/accounts/signup/", NEW),
    ("/accounts/password/", {"old_password": "x", "new_password1": "y"}),
    ("/bookmarks/{own}/edit/", {"{own}-note": "n"}),
    ("/bookmarks/folders/", {"name": "mine"}),
    ("/bookmarks/folders/{own_folder}/rename/", {"name": "renamed"}),
    ("/following/add/", {"kind": "search", "value": "q=a"}),
    ("/following/address/", {"email": "other@example.org"}),
    ("/documents/a/bookmarks/", {"anchor": "p1"}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "fields"), CLAIMS, ids=[place for place, _ in CLAIMS])
def test_fields_nobody_asked_for_are_not_taken(
    two: Two, place: str, fields: dict[str, str]
) -> None:
    """Rights, owners and states sent along with a form change nothing."""
    before = of_owner(two)
    names = {"own": two.own.pk, "own_folder": two.own_folder.pk}
    claimed = {
        "user": two.owner.pk, "user_id": two.owner.pk, "owner": two.owner.pk, "id": two.bookmark.pk,
        "pk": two.bookmark.pk, "is_staff": "on", "is_superuser": "on", "is_active": "on",
        "groups": [group.pk for group in Group.objects.all()], "status": "draft",
    }  # fmt: skip
    browser = Client() if "signup" in place else two.browser
    data = {name.format(**names): value for name, value in fields.items()}
    answer = browser.post(place.format(**names), {**data, **claimed})

    assert answer.status_code < 500
    assert of_owner(two) == before
    assert not User.objects.filter(is_staff=True).exists()
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(groups__isnull=False).exists()
    assert Document.objects.get().status == Status.PUBLISHED
