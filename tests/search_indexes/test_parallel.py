"""An index built by several processes is the one that a single process builds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from documents.models import Section
from search_indexes import parallel
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.rebuild import difference, rebuild
from search_indexes.request import SearchRequest
from tests.conftest import MakeDocument

DOCUMENTS = 6


def test_parts_built_apart_make_the_same_index(
    make_document: MakeDocument,
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("another process reads PostgreSQL's test database without a copy")
    for number in range(DOCUMENTS):
        make_document(f"文件{number}", f"加快第{number}项创新。", indexed=False)
    rebuild()
    alone = find(SearchRequest(parse_query("创新")))
    # Other processes cannot reach the test's own database.
    copy = str(tmp_path / "copy.sqlite3")
    with closing(sqlite3.connect(copy)) as target:
        target.executescript("".join(connection.connection.iterdump()))
    monkeypatch.setattr(parallel, "_database", lambda: copy)
    monkeypatch.setattr(parallel, "SECTIONS", 4)
    monkeypatch.setattr(parallel, "WORTH_IT", 1)
    done: list[int] = []
    rebuild(done.append)
    assert done[-1] == Section.objects.count()
    assert len(done) == DOCUMENTS * 2 / 4, "the parts were not built apart"
    assert not difference()
    together = find(SearchRequest(parse_query("创新")))
    assert [(hit.id, hit.score) for hit in together.documents] == [
        (hit.id, hit.score) for hit in alone.documents
    ]
    assert not list(index.glob("building-*"))
    assert len(list(index.glob("g-*/*.arr"))) == 2, "one segment in each generation"


def test_a_small_index_is_built_by_one_process(db: None) -> None:
    assert not parallel.worth_it()
