"""Beside an equal document the newer comes first, by a little, unless that is switched off."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings

from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest, Sort
from tests.conftest import MakeDocument

pytestmark = pytest.mark.usefixtures("index")

FILLER = "，另有其他事项若干" * 3


@pytest.fixture(autouse=True)
def lift(settings: LazySettings) -> None:
    settings.SEARCH_RECENCY = 0.2


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    """The older says 创新 in fewer words, the newer in a few more; one has no date."""
    make_document("甲", f"创新{FILLER}。", public_id="old", written=date(2005, 1, 2))
    make_document("乙", f"创新{FILLER}事项。", public_id="new", written=date(2025, 1, 2))
    make_document("丙", f"创新{FILLER}。", public_id="undated")


def _asked(text: str, **options: object) -> list[tuple[str, float]]:
    page = find(SearchRequest(parse_query(text), **options))  # type: ignore[arg-type]
    return [(hit.id, hit.score) for hit in page.documents]


def test_the_newer_of_two_much_alike_comes_first(library: None) -> None:
    assert [name for name, _ in _asked("创新")] == ["new", "old", "undated"]


def test_without_the_lift_words_alone_decide(library: None, settings: LazySettings) -> None:
    plain = _asked("创新", ageless=True)
    assert [name for name, _ in plain] == ["old", "undated", "new"]
    settings.SEARCH_RECENCY = 0.0
    assert _asked("创新") == plain


def test_the_newest_gains_the_whole_lift_and_the_undated_nothing(library: None) -> None:
    plain, lifted = dict(_asked("创新", ageless=True)), dict(_asked("创新"))
    assert lifted["new"] == pytest.approx(plain["new"] * 1.2, abs=0.002)
    assert lifted["undated"] == plain["undated"]
    assert plain["old"] < lifted["old"] < plain["old"] * 1.02


def test_a_misread_date_far_ahead_takes_the_lift_from_nobody(
    library: None, make_document: MakeDocument
) -> None:
    before = dict(_asked("创新"))
    make_document("丁", "其他。", public_id="ahead", written=date(2999, 1, 1))
    after = dict(_asked("创新"))
    gained = {name: after[name] / dict(_asked("创新", ageless=True))[name] for name in after}
    assert gained["new"] == pytest.approx(1.2, abs=0.001)
    assert before.keys() == after.keys()


def test_orders_by_date_know_no_lift(library: None) -> None:
    assert [name for name, _ in _asked("创新", sort=Sort.OLDEST)] == ["old", "new", "undated"]
    plain = dict(_asked("创新", ageless=True))
    assert dict(_asked("创新", sort=Sort.NEWEST)) == plain
