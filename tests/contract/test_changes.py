"""What is published is found, what is withdrawn is gone, and a rebuild changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from documents.models import Document, Section, Status
from search_indexes.engine.errors import IndexBusy
from search_indexes.models import IndexChange
from search_indexes.rebuild import Difference, RebuildFailed, difference, rebuild
from search_indexes.sync import catch_up
from tests.conftest import MakeDocument
from tests.contract.conftest import Ask, ids


def test_a_published_document_is_found(make_document: MakeDocument, ask: Ask) -> None:
    make_document("甲", "创新。", public_id="a")
    make_document("乙", "创新。", public_id="b")
    assert sorted(ids(ask("创新"))) == ["a", "b"]
    assert not difference()


def test_a_withdrawn_document_leaves_the_results(
    make_document: MakeDocument, withdraw: Callable[..., Any], ask: Ask
) -> None:
    document = make_document("甲", "创新。")
    make_document("乙", "创新。", public_id="b")
    withdraw(document)
    assert ids(ask("创新")) == ["b"]
    assert ids(ask("")) == ["b"]
    assert not difference()


def test_a_withdrawn_document_is_gone_even_while_the_index_lags(
    make_document: MakeDocument, withdraw: Callable[..., Any], ask: Ask
) -> None:
    document = make_document("甲", "创新。", district="青浦区")
    make_document("乙", "创新。", public_id="b", district="青浦区")
    withdraw(document, indexed=False)
    for page in (ask("创新"), ask("")):
        assert ids(page) == ["b"]
        assert page.count == 1
        assert [value.count for value in page.facets[0].values] == [1]


def test_a_withdrawal_nobody_announced_is_noticed_on_the_page(
    make_document: MakeDocument, ask: Ask
) -> None:
    document = make_document("甲", "创新。")
    make_document("乙", "创新。", public_id="b")
    Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
    page = ask("创新")
    assert (ids(page), page.count) == (["b"], 1)


def test_a_changed_document_is_found_by_its_new_text_only(
    make_document: MakeDocument, ask: Ask
) -> None:
    document = make_document("甲", "创新。", public_id="a")
    Section.objects.filter(document=document, order=1).update(text="人才。")
    Document.objects.filter(pk=document.pk).update(version_hash="f" * 64)
    assert difference().outdated == (document.pk,)
    IndexChange.objects.create(document=document.pk)
    assert catch_up() == 1
    assert ids(ask("创新")) == []
    assert ids(ask("人才")) == ["a"]
    assert not difference()


def test_many_changes_leave_one_entry_a_section(make_document: MakeDocument, ask: Ask) -> None:
    documents = [make_document(f"文件{number}", "创新。") for number in range(12)]
    for document in documents[::2]:
        IndexChange.objects.create(document=document.pk)
        catch_up()
    page = ask("创新", page_size=5)
    assert (page.count, page.section_count) == (12, 12)
    assert not difference()


def test_a_rebuild_gives_the_same_answers(make_document: MakeDocument, ask: Ask) -> None:
    for number in range(5):
        make_document(f"文件{number}", f"创新{'。' * number}", district="青浦区")
    before = ask("创新")
    rebuild()
    after = ask("创新")
    assert ids(after) == ids(before)
    assert after.facets == before.facets
    assert not difference()


def test_readers_are_served_by_the_old_index_until_the_new_one_is_whole(
    make_document: MakeDocument, ask: Ask
) -> None:
    long = [(2, "", "", "创新。")] * 1000
    make_document("甲", long, public_id="a")
    seen: list[int] = []
    rebuild(lambda sections: seen.append(ask("创新").section_count))
    assert seen == [1000]


def test_a_change_during_a_rebuild_is_not_lost(make_document: MakeDocument, ask: Ask) -> None:
    document = make_document("甲", [(2, "", "", "创新。")] * 1000, public_id="a")

    def change(sections: int) -> None:
        Section.objects.filter(document=document, order=1).update(text="人才。")
        IndexChange.objects.create(document=document.pk)
        catch_up()

    rebuild(change)
    assert ask("人才").section_count == 1
    assert ask("创新").section_count == 999


def test_what_is_published_while_the_new_index_is_checked_is_taken_after_it(
    make_document: MakeDocument, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("甲", "创新。", public_id="a")
    late: list[Document] = []
    compared = difference

    def compare(folder: Path | None = None) -> Difference:
        # Twice: before what came late is taken up, and before the new index is made the live one.
        late.append(make_document(f"乙{len(late)}", "创新。", indexed=False))
        return compared(folder)

    monkeypatch.setattr("search_indexes.rebuild.difference", compare)
    rebuild()
    assert len(late) == 2
    assert ask("创新").count == 2
    assert catch_up() == 2, "both stay noted; to take one up twice is no harm"
    assert ask("创新").count == 3
    assert not compared()


def test_what_nobody_announced_while_the_new_index_is_checked_stops_the_rebuild(
    make_document: MakeDocument, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("甲", "创新。", public_id="a")
    wrong = Difference(missing=(7,), outdated=(), extra=(), documents=1, sections=1)
    monkeypatch.setattr("search_indexes.rebuild.difference", lambda folder=None: wrong)
    with pytest.raises(RebuildFailed, match="缺少 1 份"):
        rebuild()
    assert ids(ask("创新")) == ["a"]


def test_a_rebuild_that_fails_leaves_the_old_index_serving(
    make_document: MakeDocument, ask: Ask, index: Path
) -> None:
    make_document("甲", [(2, "", "", "创新。")] * 1000)

    class Stopped(Exception):
        pass

    def stop(sections: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rebuild(stop)
    assert ask("创新").section_count == 1000
    assert not list(index.glob("building-*"))


def test_a_failing_index_keeps_the_change_for_later(
    make_document: MakeDocument, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("甲", "创新。", public_id="a")
    make_document("乙", "创新。", public_id="b", indexed=False)

    def busy(*args: Any, **kwargs: Any) -> None:
        raise IndexBusy("busy")

    with monkeypatch.context() as patch:
        patch.setattr("search_indexes.engine.backend.PolicyBackend.replace", busy)
        with pytest.raises(IndexBusy):
            catch_up()
    assert ids(ask("创新")) == ["a"]
    assert catch_up() == 1
    assert sorted(ids(ask("创新"))) == ["a", "b"]
