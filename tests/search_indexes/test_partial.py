"""A query that asks for too much work is answered in part, says so, and is never wrong in it."""

from __future__ import annotations

import pytest

from search_indexes.engine import evaluation
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.results import SearchPage
from tests.conftest import MakeDocument

NEAR = "“的 人”~5"


def ask(typed: str) -> SearchPage:
    return find(SearchRequest(parse_query(typed), page_size=100))


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    for number in range(12):
        text = "人的的的人。" if number % 3 else "别处。"
        make_document(f"第{number}份", text, public_id=f"d{number}", indexed=number == 11)


@pytest.mark.parametrize(
    "typed", [NEAR, f"-{NEAR}", f"{NEAR} OR 别处", f"-({NEAR} OR 标题:份*无)", "人*的 -标题:第3份"]
)
def test_what_is_answered_in_part_is_part_of_the_whole_answer_and_says_so(
    library: None, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ask(typed)
    assert whole.notes == ()
    monkeypatch.setattr(evaluation, "MOST_PLACES", 20)
    part = ask(typed)

    assert any("不全" in note and "%" in note for note in part.notes)
    assert 0 < part.count < whole.count
    found = {hit.id for hit in part.documents}
    assert found < {hit.id for hit in whole.documents}
    first = min(int(each[1:]) for each in found)
    left = {hit.id for hit in whole.documents if int(hit.id[1:]) > first}
    assert left <= found, "nothing is left out of the part that was searched"


def test_what_was_worked_out_with_less_is_not_taken_for_the_whole(
    library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "MOST_PLACES", 20)
    part = ask(NEAR).count
    monkeypatch.setattr(evaluation, "MOST_PLACES", 1_000_000)
    assert part < ask(NEAR).count == 8
