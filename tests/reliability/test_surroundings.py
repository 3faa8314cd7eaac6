"""The portal starts in surroundings that are poorer or odder than a developer's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import Settings

from tests.conftest import MakeDocument
from tests.journeys.conftest import ROOT, environment
from tests.promises import Tried

BARE = {"LANG": "C", "LC_ALL": "C"}
"""A shell without a locale, as cron and slim containers have it."""


def manage(data: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**environment(data), **BARE},
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.mark.nightly
def test_it_works_without_a_locale_in_a_folder_with_spaces_and_characters(tmp_path: Path) -> None:
    data = tmp_path / "政策 文库 (1)"
    prepared = manage(data, "start", "--prepare-only")
    found = manage(data, "find", "--json", "--limit", "1", "--district", "青浦区", "高新技术企业")

    assert prepared.returncode == 0, prepared.stderr[-2000:]
    assert found.returncode == 0, found.stderr[-2000:]
    assert json.loads(found.stdout)["count"] > 0


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = manage(tmp_path / "file" / "data", "check")

    assert done.returncode == 1
    assert b"PORTAL_DATA" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.nightly
@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can mount the source read-only.")
def test_it_works_from_a_source_that_cannot_be_written_in_an_odd_folder(tmp_path: Path) -> None:
    """As a package would install it; nothing is written but in PORTAL_DATA."""
    source, data = tmp_path / "源 码 (1)", tmp_path / "data"
    source.mkdir()
    words = '"$1" manage.py migrate --verbosity 0 && "$1" manage.py reindex'
    script = f'mount --bind -o ro "$2" "$3" && cd "$3" && ! touch x 2>/dev/null && {words}'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", sys.executable, ROOT, source],
        env=environment(data),
        capture_output=True,
        timeout=300,
        check=False,
    )
    if b"mount:" in done.stderr or b"unshare:" in done.stderr:
        pytest.skip(f"Nothing can be mounted here: {done.stderr.decode()[:200]}")

    assert done.returncode == 0, done.stderr[-2000:]
    assert (data / "portal.sqlite3").is_file()
    assert (data / "index").is_dir()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="It is SQLite that is made read-only.")
def test_a_database_that_takes_no_writes_serves_readers_and_says_so_to_writers(
    make_document: MakeDocument, client: Client, settings: Settings, tried: Tried
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    make_document("创新券办法", "发放创新券。")
    client.force_login(User.objects.create_user("reader"))
    client.raise_request_exception = False
    connection.connection.execute("PRAGMA query_only = ON")
    try:
        read = [client.get(path) for path in ("/", "/search/?q=创新券", "/documents/d1/")]
        wrote = client.post("/following/add/", {"kind": "search", "value": "q=x"})
    finally:
        connection.connection.execute("PRAGMA query_only = OFF")
    tried(len(read) + 1, "requests while the database takes no writes")

    assert [answer.status_code for answer in read] == [200] * 3
    assert all("创新券办法" in strip_tags(answer.content.decode()) for answer in read)
    assert wrote.status_code == 503
    assert "只能读取" in wrote.content.decode()
