"""The database is set up so that readers never wait and writers wait their turn."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from documents.models import Document
from portal.environment import read_environment


@pytest.mark.django_db
def test_foreign_keys_and_the_write_ahead_log_are_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has both by nature.")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        options = connection.settings_dict["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert options["timeout"] >= 10


def test_two_writers_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """What the options promise, on a file of its own: neither writer is told 'locked'."""
    file = tmp_path / "shared.sqlite3"
    with sqlite3.connect(file) as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute("CREATE TABLE t (n INTEGER)")
    failures: list[Exception] = []

    def write() -> None:
        try:
            own = sqlite3.connect(file, timeout=20, isolation_level=None)
            for number in range(200):
                own.execute("BEGIN IMMEDIATE")
                own.execute("INSERT INTO t VALUES (?)", (number,))
                own.execute("COMMIT")
        except sqlite3.OperationalError as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    with sqlite3.connect(file) as reader:
        assert reader.execute("SELECT COUNT(*) FROM t").fetchone()[0] == 800


def test_a_postgres_address_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://someone:secret@db.example.org:5432/policy")
    database = read_environment(tmp_path).database

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["NAME"], database["HOST"]) == ("policy", "db.example.org")


@pytest.mark.django_db
def test_a_document_always_has_a_title() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(public_id="x", slug="x", title="")
