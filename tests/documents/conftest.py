"""What the tests of this room share: a sample on disk and people."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from documents.apps import EDITORS
from documents.intake import take_in
from documents.models import Document
from tests.documents.samples import NOTICE


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A place of its own for the originals of each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return tmp_path / "media"


@pytest.fixture
def notice_file(tmp_path: Path) -> Path:
    """The sample notice as a text file."""
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE, "utf-8")
    return file


@pytest.fixture
def draft(db: None, notice_file: Path) -> Document:
    """The sample notice taken in, not yet published."""
    return take_in(notice_file, "松江通知.txt")


@pytest.fixture
def editor(db: None) -> User:
    """Somebody in the editors' group."""
    user = User.objects.create_user("editor", password="a long enough word", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    return user


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    """A browser in which the editor is signed in."""
    client.force_login(editor)
    return client
