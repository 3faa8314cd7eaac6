"""Commits, joins and readers: whoever asks gets one whole commit, whatever is being written."""

from __future__ import annotations

import threading
from pathlib import Path

import haystack
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from haystack import connections

from search_indexes.engine import arraywriter, commits, generations, snapshot
from tests.search_indexes.engine_rows import DECLARED, commit, counts, empty_generation


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A live generation without documents."""
    return empty_generation(tmp_path / "engine")


def test_small_segments_are_joined_and_what_was_deleted_leaves_the_disk(root: Path) -> None:
    for document in range(30):
        commit(root, document)
    for document in range(30):
        commit(root, document, version="1")
    assert counts(root) == (30, 150, {"1": 30})
    live = snapshot.latest(root, DECLARED)
    assert len(live.leaves) == 1
    assert live.leaves[0].segment.size == 150
    assert len(list(generations.current(root).glob("*.arr"))) == 1


def test_segments_of_a_size_are_joined_when_they_have_gathered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arraywriter, "SMALL", 10)
    for start in range(0, 60, 4):
        commit(root, *range(start, start + 4))
    live = snapshot.latest(root, DECLARED)
    assert len(live.leaves) <= arraywriter.GATHERED
    assert counts(root) == (60, 300, {"0": 60})
    monkeypatch.setattr(arraywriter, "SMALL", 1)
    commit(root, *range(50), version="1")
    assert counts(root) == (60, 300, {"0": 10, "1": 50})


def test_readers_see_whole_commits_while_one_writes(root: Path) -> None:
    commit(root, *range(10), version="0")
    seen: list[tuple[int, int, dict[str, int]]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(counts(root))
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(1, 15):
        commit(root, *range(10), version=str(version))
    done.set()
    for reader in readers:
        reader.join()
    assert not failures
    for count, sections, years in seen:
        assert (count, sections) == (10, 50)
        assert list(years.values()) == [10], "two commits in one answer"


def test_a_commit_that_fails_leaves_nothing_behind(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(root, 1)
    before = sorted(file.name for file in generations.current(root).iterdir())

    def full(*args: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(commits, "write_manifest", full)
        with pytest.raises(OSError, match="no space"):
            commit(root, 2)
    assert counts(root)[0] == 1
    commit(root, 3)
    assert counts(root)[0] == 2
    after = list(generations.current(root).glob("*.arr"))
    assert len(after) == 1, before


def test_an_unknown_codec_stops_the_start(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS["default"], "CODEC", "fast")
    haystack.connections.reload("default")
    with pytest.raises(ImproperlyConfigured, match="array, stock"):
        connections["default"].get_backend()
