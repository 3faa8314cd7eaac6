"""When nothing has all the words, the nearest are shown and what was dropped is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search_indexes.finder import find
from search_indexes.nearest import as_typed
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.results import SearchPage
from tests.conftest import MakeDocument


@pytest.fixture
def ask(make_document: MakeDocument) -> Callable[..., SearchPage]:
    make_document("甲", "企业申报补贴。", public_id="a", district="青浦区")
    make_document("乙", "企业培育。", public_id="b")
    make_document("丙", "企业用电。", public_id="c")
    make_document("丁", "量子计算。", public_id="q")

    def ask(text: str, **selected: tuple[str, ...]) -> SearchPage:
        return find(SearchRequest(parse_query(text), selected))

    return ask


def test_the_rarest_words_are_kept_and_the_others_named(ask: Callable[..., SearchPage]) -> None:
    page = ask("企业 量子 申报")

    assert (page.count, page.documents) == (0, ())
    assert page.nearest is not None
    # 申报 and 量子 are as rare; the first of them stays, and with it what goes together with it.
    assert page.nearest.query == "量子"
    assert page.nearest.dropped == ("企业", "申报")
    assert [hit.id for hit in page.nearest.documents] == ["q"]


def test_a_word_that_stands_nowhere_is_dropped(ask: Callable[..., SearchPage]) -> None:
    nearest = ask("企业 申报 元宇宙").nearest

    assert nearest is not None
    assert nearest.dropped == ("元宇宙",)
    assert nearest.count == 1


def test_words_typed_without_blanks_are_weighed_singly(ask: Callable[..., SearchPage]) -> None:
    nearest = ask("企业培育量子").nearest

    assert nearest is not None
    assert set(nearest.dropped) == {"量子"} or nearest.query == "量子"


def test_what_is_excluded_and_ticked_still_holds(ask: Callable[..., SearchPage]) -> None:
    nearest = ask("企业 元宇宙 -申报").nearest
    assert nearest is not None
    assert "a" not in [hit.id for hit in nearest.documents]

    nearest = ask("企业 元宇宙", district=("青浦区",)).nearest
    assert nearest is not None
    assert [hit.id for hit in nearest.documents] == ["a"]


def test_one_word_has_nothing_to_drop(ask: Callable[..., SearchPage]) -> None:
    assert ask("元宇宙").nearest is None
    assert ask("元宇宙 虫洞").nearest is None


@pytest.mark.parametrize("typed", ["科技 “创新，驱动” -标题:“人才”", "甲 OR “乙丙” 文号:青科委"])
def test_clauses_written_out_are_read_as_the_same_clauses(typed: str) -> None:
    clauses = parse_query(typed).clauses
    assert parse_query(as_typed(clauses)).clauses == clauses
