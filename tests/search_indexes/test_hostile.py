"""Whatever is typed gets an answer, and never more than was published."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from tests.conftest import MakeDocument
from tests.promises import Tried

QUERIES = [
    "科" * 100_000,
    " ".join(["科技"] * 5_000),
    " OR ".join(["科技"] * 2_000),
    "(" * 500 + "科技" + ")" * 500,
    "[" * 100 + "{" * 100,
    '"科技 创新"~100',
    "*",
    "**科*",
    "?技",
    "(科技 OR " * 60 + "创新" + ")" * 60,
    "-(" * 100 + "科技 OR 创新" + ")" * 100,
    "(科技 OR 创新) " * 60,
    " ".join(["的*一*是*在*不"] * 100),
    "“的 一 是”~100 " * 100,
    "“的 一 是”~" + "9" * 400,
    "*".join("的" * 200),
    "科技~2",
    "科技^1e400",
    "id:documents.section.1",
    "django_id:1",
    "django_ct:documents.section",
    "card:1 shown:1",
    "date:[20259999 TO 2026]",
    "\0",
    "科技\0创新",
    "\ud800",
    "\u202e科技\u202c",
    "🀄️ 👩‍👩‍👧‍👦",
    "é" + "\u0301" * 400,
    "/.*科.*/",
    "' OR 1=1 --",
    "{{ 7*7 }} {% debug %}",
    "<script>alert(1)</script>",
    "科技 AND NOT (创新",
    "-" * 300,
    '"' * 301,
    "标题:标题:标题:",
    "|" * 200,
]

TYPED = st.lists(
    st.text(max_size=20) | st.sampled_from([each for each in QUERIES if len(each) < 200]),
    max_size=6,
).map(" ".join)
"""Random text among words that mean something to the query language or to an engine."""


@pytest.mark.parametrize("typed", QUERIES, ids=range(len(QUERIES)))
def test_an_odd_query_gets_an_answer(make_document: MakeDocument, typed: str, tried: Tried) -> None:
    make_document("甲", "科技创新。")
    tried(1, "odd queries")
    page = find(SearchRequest(parse_query(typed)))
    page.query.encode()
    assert page.count in (0, 1)


def ask(typed: str, value: str) -> None:
    """Any text in the box and in a filter finds the one document there is, or nothing."""
    page = find(SearchRequest(parse_query(typed), {"district": (value,)} if value else {}))
    assert page.count in (0, 1)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed=st.text(max_size=60), value=st.text(max_size=10))
def test_random_text_gets_an_answer(library: None, typed: str, value: str) -> None:
    ask(typed, value)


@pytest.mark.nightly
@pytest.mark.django_db
def test_twenty_thousand_random_texts_get_an_answer(library: None, tried: Tried) -> None:
    asked = 0

    @hypothesis_settings(max_examples=20_000, deadline=None, database=None)
    @given(typed=TYPED, value=st.text(max_size=10))
    def every(typed: str, value: str) -> None:
        nonlocal asked
        asked += 1
        ask(typed, value)

    every()
    tried(asked, "random texts")
    assert asked >= 20_000


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    make_document("甲", "科技创新。")


@pytest.mark.parametrize("typed", ["django_id:1", "id:1", "草稿", "documents.section"])
def test_a_withdrawn_text_is_out_of_reach(
    make_document: MakeDocument, withdraw: object, typed: str
) -> None:
    make_document("甲", "科技。")
    document = make_document("草稿", "草稿。")
    assert callable(withdraw)
    withdraw(document)
    assert find(SearchRequest(parse_query(typed))).count == 0
