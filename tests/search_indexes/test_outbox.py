"""What was published stays published, whatever the index does, and the index hears of it later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from search_indexes import sync
from search_indexes.engine.errors import IndexBusy
from search_indexes.models import IndexChange
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
