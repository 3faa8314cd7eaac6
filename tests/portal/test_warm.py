"""What readers need is read before the web server begins its processes, and shared by them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.template import engines
from pytest_django import DjangoAssertNumQueries

from portal import serving
from portal.warm import warm_up
from search_indexes import lexicon, searchlog, suggest
from tests.conftest import MakeDocument


@pytest.fixture
def warm(make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    make_document("人才工作要点", "引进高层次人才。")
    suggest.forget()
    monkeypatch.setattr(lexicon, "_known", {})
    # A test's own rows are seen by its own connection alone, and nothing of it may stay behind.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(searchlog, "write_in_background", lambda: None)
    warm_up()


@pytest.mark.django_db
def test_the_first_reader_waits_for_nothing(
    warm: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):  # whether anything changed since
        assert [each.text for each in suggest.suggest("人才")] == ["人才工作要点"]
    assert len(lexicon._known) == 1
    backend: Any = engines["django"]
    loader = backend.engine.template_loaders[0]
    names = {str(name) for name in loader.get_template_cache}
    assert {"search/search.html", "documents/document.html", "base.html"} <= names


@pytest.mark.django_db
def test_reading_ahead_begins_no_thread(
    make_document: MakeDocument, request: pytest.FixtureRequest
) -> None:
    """A process that forks with threads leaves their locks held in its children."""
    before = set(threading.enumerate())
    request.getfixturevalue("warm")
    assert set(threading.enumerate()) <= before


@pytest.mark.django_db
def test_an_index_that_cannot_be_read_keeps_no_server_from_starting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(searchlog, "write_in_background", lambda: None)
    warm_up()
    assert "could be read ahead" in caplog.text


@pytest.mark.django_db
def test_a_disk_that_cannot_be_written_keeps_no_server_from_starting(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OSError(30, "Read-only file system")

    make_document("人才工作要点", "引进高层次人才。")
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(searchlog, "write_in_background", lambda: None)
    monkeypatch.setattr(lexicon, "prepare", refuse)
    warm_up()
    assert "Read-only file system" in caplog.text


def test_no_process_shares_a_connection_of_the_one_that_began_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append(True))
    monkeypatch.setattr("gc.freeze", lambda: None)
    serving.when_ready(None)
    assert serving.preload_app
    assert closed == [True]
