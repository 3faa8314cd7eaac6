"""What was published stays published, whatever the index does, and the index hears of it later."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents.models import Document
from documents.signals import documents_changed
from search_indexes import journal, sync
from search_indexes.engine import snapshot
from search_indexes.engine.errors import IndexBusy, IndexMissing
from search_indexes.models import IndexChange
from search_indexes.rebuild import difference
from tests.conftest import MakeDocument


def test_an_index_that_cannot_take_a_change_now_is_told_later(
    make_document: MakeDocument,
    withdraw: Callable[..., Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    document = make_document("甲", "创新。")
    applied = sync.catch_up
    monkeypatch.setattr(sync, "catch_up", _busy)
    with django_capture_on_commit_callbacks(execute=True) as told:
        withdraw(document, indexed=False)

    assert told, "nothing was to be done after the commit"
    assert "will be tried again: somebody else writes" in caplog.text
    document.refresh_from_db()
    assert document.is_withdrawn
    assert IndexChange.objects.filter(document=document.pk).exists()
    assert applied() == 1
    assert applied() == 0, "nothing is told twice"


def _busy() -> int:
    raise IndexBusy("somebody else writes")


def test_whatever_goes_wrong_in_the_index_the_change_itself_stands(
    make_document: MakeDocument,
    withdraw: Callable[..., Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = make_document("甲", "创新。")
    told: list[str] = []

    def broken() -> int:
        told.append("once")
        raise OSError("a fault that nobody expects")

    monkeypatch.setattr(sync, "catch_up", broken)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(document, indexed=False)

    assert told == ["once"]
    document.refresh_from_db()
    assert document.is_withdrawn
    assert sync.pending_documents() == {document.pk}


def test_each_document_of_many_changed_at_once_is_told_of(make_document: MakeDocument) -> None:
    first, _, third = (make_document(name, "创新。") for name in "甲乙丙")
    with transaction.atomic():
        documents_changed.send(Document, document_ids=[first.pk, third.pk])

    assert sync.pending_documents() == {first.pk, third.pk}
    assert sync.catch_up() == 2
    assert sync.pending_documents() == frozenset()


def test_more_changes_than_one_commit_takes_are_taken_in_several(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("零", "创新。")
    monkeypatch.setattr(sync, "CHANGES_AT_ONCE", 2)
    for name in "甲乙丙丁戊":
        make_document(name, "创新。", indexed=False)
    commits: list[int] = []
    apply_some = sync._apply_some

    def counted() -> int:
        commits.append(apply_some())
        return commits[-1]

    monkeypatch.setattr(sync, "_apply_some", counted)

    assert sync.catch_up() == 5
    assert commits == [2, 2, 1]
    assert not difference()


def test_what_was_told_is_forgotten_after_a_day_and_what_was_not_never(
    make_document: MakeDocument,
) -> None:
    document = make_document("甲", "创新。")
    now = timezone.now()
    IndexChange.objects.all().delete()
    for days in (2, 0.9):
        IndexChange.objects.create(document=document.pk, applied_at=now - timedelta(days=days))
    waiting = IndexChange.objects.create(document=document.pk)

    assert sync.catch_up() == 1
    waiting.refresh_from_db()
    assert waiting.applied_at is not None
    assert waiting.applied_at >= now
    assert IndexChange.objects.count() == 2, "the one of the day before yesterday is gone"


@pytest.mark.parametrize("few", [1, 2])
def test_a_change_rebuilds_a_missing_index_of_few_documents_only(
    make_document: MakeDocument, index: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    make_document("甲", "创新。")
    make_document("乙", "创新。", indexed=False)
    monkeypatch.setattr(sync, "FEW", few)
    shutil.rmtree(index)
    snapshot.forget(index)
    if few == 1:
        with pytest.raises(IndexMissing):
            sync.catch_up()
        assert sync.pending_documents(), "it stays noted for whoever has time"
    else:
        sync.catch_up()
        assert not sync.pending_documents()
        assert not difference()


def test_a_turn_of_the_day_concerns_what_has_a_day_and_no_verdict(
    make_document: MakeDocument,
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    days: dict[str, dict[str, date | str]] = {
        "only ends": {"expiry_date": yesterday},
        "only begins": {"effective_date": yesterday + timedelta(days=2)},
        "both": {"effective_date": yesterday, "expiry_date": yesterday},
        "neither": {},
        "a verdict": {"expiry_date": yesterday, "validity": "repealed"},
    }
    for name, given in days.items():
        key = make_document(name, "创新。").pk
        Document.objects.filter(pk=key).update(**given)
    turned = set(Document.objects.filter(title__in=list(days)[:3]).values_list("pk", flat=True))

    assert sync.turn_of_day() == 3
    assert sync.pending_documents() == turned
    assert sync.catch_up() == 3
    assert sync.turn_of_day() == 0


@pytest.mark.django_db
def test_the_stamp_of_an_empty_journal_is_naught() -> None:
    assert journal.stamp() == journal.Stamp(last=0, rows=0, keys=0)


def test_the_stamp_looks_at_the_latest_rows_alone(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_document("甲", "创新。").pk
    IndexChange.objects.all().delete()
    rows = [IndexChange.objects.create(document=key).pk for _ in range(4)]
    monkeypatch.setattr(journal, "LATEST", 3)

    assert journal.stamp() == journal.Stamp(rows[-1], 3, sum(rows[1:]))
