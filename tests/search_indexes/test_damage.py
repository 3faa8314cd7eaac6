"""A damaged index is noticed and named, never shown as an answer, and healed by a rebuild."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search_indexes import sync
from search_indexes.engine import commits, generations, snapshot
from search_indexes.engine.errors import IndexBusy, IndexDamaged
from search_indexes.finder import find
from search_indexes.models import IndexChange
from search_indexes.query import parse_query
from search_indexes.query_sets import SearchUnavailable
from search_indexes.rebuild import difference, rebuild
from search_indexes.request import SearchRequest
from search_indexes.sync import catch_up, heal
from tests.conftest import MakeDocument

QUESTION = SearchRequest(parse_query("创新"))


def test_files_others_may_write_are_not_trusted(make_document: MakeDocument, index: Path) -> None:
    make_document("甲", "创新。")
    (file,) = index.glob("g-*/*.arr")
    file.chmod(0o666)
    snapshot.forget(index)
    commits._verified.clear()
    with pytest.raises(SearchUnavailable, match="清单不符"):
        find(QUESTION)


def test_a_large_damaged_index_is_healed_by_whoever_has_time(
    make_document: MakeDocument, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("甲", "创新。")
    monkeypatch.setattr(sync, "FEW", 0)
    (file,) = index.glob("g-*/*.arr")
    file.write_bytes(b"")
    with pytest.raises(IndexDamaged):
        make_document("乙", "创新。")
    assert heal() == "索引文件 MAIN_" + file.stem.removeprefix("MAIN_") + ".arr 与清单不符"
    assert find(QUESTION).count == 2
    (apart,) = index.glob("damaged-*")
    assert (apart / file.name).read_bytes() == b""
    assert heal() is None


def test_an_index_of_another_version_is_set_apart_and_rebuilt(
    make_document: MakeDocument, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_document("甲", "创新。")
    (manifest,) = index.glob("g-*/manifest.json")
    other = replace(commits.read_manifest(manifest.parent), format=1)
    commits.write_manifest(manifest.parent, other)
    assert heal() == "索引是另一版本写的"
    assert "The index is rebuilt: 索引是另一版本写的" in caplog.text
    assert find(QUESTION).count == 1
    assert len(list(index.glob("damaged-*"))) == 1


def test_without_an_index_search_says_so(db: None, index: Path) -> None:
    with pytest.raises(SearchUnavailable, match="还没有索引"):
        find(QUESTION)


def test_the_next_change_heals_a_small_index(make_document: MakeDocument, index: Path) -> None:
    make_document("甲", "创新。")
    (file,) = index.glob("g-*/*.toc")
    file.unlink()
    snapshot.forget(index)
    make_document("乙", "创新。")
    assert find(QUESTION).count == 2


def test_a_commit_cut_short_leaves_the_one_before_it(
    make_document: MakeDocument, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document("甲", "创新。")

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    IndexChange.objects.create(document=document.pk)
    with monkeypatch.context() as patch:
        patch.setattr(commits, "write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            catch_up()
    snapshot.forget(index)
    assert find(QUESTION).count == 1
    assert catch_up() == 1
    assert find(QUESTION).count == 1
    assert not difference()


def test_whoever_waits_long_is_told_so_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "WAITING_SECONDS", 0.02)
    told: list[str] = []
    with (
        generations.lock(tmp_path, "rebuild"),
        pytest.raises(IndexBusy, match="另一进程正在重建索引"),
        generations.lock(tmp_path, "rebuild", 0.2, lambda: told.append("waiting")),
    ):
        pass
    assert 1 <= len(told) <= 11


def test_a_writer_waits_for_another_and_then_says_so(tmp_path: Path) -> None:
    with (
        generations.lock(tmp_path),
        pytest.raises(IndexBusy, match="稍后会自动重试"),
        generations.lock(tmp_path, seconds=0.1),
    ):
        raise AssertionError("two writers at once")
    with generations.lock(tmp_path, seconds=0.1):
        pass


def test_old_generations_are_removed(make_document: MakeDocument, index: Path) -> None:
    make_document("甲", "创新。")
    for _ in range(4):
        rebuild()
    assert len(list(index.glob("g-*"))) == 2
    assert not list(index.glob("building-*"))
