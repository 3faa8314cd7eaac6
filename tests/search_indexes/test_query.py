"""What people type becomes a query; what cannot be read so is plain words, and is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_indexes.chained import chain_of
from search_indexes.nearest import as_typed
from search_indexes.query import MAX_CHARACTERS, MAX_TERMS, parse_query
from search_indexes.request import Member, QueryField, Term, TermKind, terms_of

CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize(
    ("typed", "clauses"), json.loads((CASES / "queries.json").read_text("utf-8"))
)
def test_a_query_is_read_as_documented(typed: str, clauses: list[list[str]]) -> None:
    assert [[_written(term) for term in clause] for clause in parse_query(typed).clauses] == clauses


@pytest.mark.parametrize(
    ("typed", "terms", "note"), json.loads((CASES / "odd_queries.json").read_text("utf-8"))
)
def test_an_odd_query_is_read_as_plain_words_and_says_so(
    typed: str, terms: list[str], note: str
) -> None:
    query = parse_query(typed)
    assert [term.text for term in query.terms] == terms
    assert all(term.kind is TermKind.WORDS for term in query.terms)
    assert any(note in each for each in query.notes)


def test_an_ordinary_query_carries_no_note() -> None:
    assert parse_query("标题:规划 “科技 创新” -人才 区块链 OR 量子").notes == ()


def test_a_query_too_long_is_cut_and_says_so() -> None:
    query = parse_query("科" * 100_000)
    assert len(query.text) == MAX_CHARACTERS
    assert any("只用了前" in note for note in query.notes)


@pytest.mark.parametrize(("length", "cut"), [(MAX_CHARACTERS, False), (MAX_CHARACTERS + 1, True)])
def test_a_query_is_cut_at_its_limit_and_not_before(length: int, cut: bool) -> None:
    query = parse_query("科" * length)
    assert len(query.text) == MAX_CHARACTERS
    assert bool(query.notes) == cut


@pytest.mark.parametrize(("count", "cut"), [(MAX_TERMS, False), (MAX_TERMS + 1, True)])
def test_terms_are_cut_at_their_limit_and_not_before(count: int, cut: bool) -> None:
    query = parse_query(" ".join(f"词{number}" for number in range(count)))
    assert len(query.clauses) == MAX_TERMS
    assert bool(query.notes) == cut


@pytest.mark.parametrize(
    ("typed", "written", "note"),
    [
        ("“科技创新”~5", ['"科技创新', "~5"], "隔开两个或三个词"),
        ("“甲 乙 丙 丁”~5", ['"甲 乙 丙 丁', "~5"], "隔开两个或三个词"),
        ("“科* 创新”~5", ["near5:科* 创新"], "不能用在同一个引号里"),
        ("“科技 创新”~99999", ["near100:科技 创新"], "最多写 100"),
        ("*高*企业", ["wildcard:高*企业"], "要放在两个字词之间"),
    ],
)
def test_a_sign_that_asks_for_too_much_is_read_as_far_as_it_goes_and_said(
    typed: str, written: list[str], note: str
) -> None:
    query = parse_query(typed)
    assert [_written(term) for term in query.terms] == written
    assert any(note in each for each in query.notes)


def test_pieces_of_wildcards_count_as_terms() -> None:
    query = parse_query(" ".join(["甲*乙*丙*丁*戊"] * 24))
    assert len(query.clauses) == MAX_TERMS // 5
    assert len(parse_query("“甲 乙 丙”~9 " * 24).clauses) == MAX_TERMS // 6
    assert any("只用了前" in note for note in query.notes)


@given(st.text('甲乙 "“”~～*＊12-|标题:', max_size=30))
def test_a_query_written_again_is_the_same_query(typed: str) -> None:
    query = parse_query(typed)
    chains = [c for c in query.clauses if any(chain_of(t) for t in terms_of([c]))]
    again = parse_query(as_typed(tuple(chains)))
    assert [c for c in again.clauses if any(chain_of(t) for t in terms_of([c]))] == chains


def test_alternatives_count_as_terms_and_the_last_is_cut_too() -> None:
    query = parse_query(" ".join(["词"] * (MAX_TERMS - 1)) + " 甲 OR 乙 OR 丙 丁")
    assert [term.text for term in terms_of(query.clauses[-1:])] == ["甲"]
    assert len(query.clauses) == MAX_TERMS


def test_a_query_of_too_many_terms_is_cut_and_says_so() -> None:
    query = parse_query(" ".join(f"词{number}" for number in range(60)))
    assert sum(map(len, query.clauses)) == MAX_TERMS
    assert any("只用了前" in note for note in query.notes)


def test_control_characters_and_lone_surrogates_are_blanks() -> None:
    assert parse_query("科技\0创新\ud800人才").text == "科技 创新 人才"
    assert parse_query("科技\u2028创新\u2029人才").text == "科技 创新 人才"


@given(st.text(st.characters(), max_size=80))
def test_nothing_that_can_be_typed_breaks_the_parser(typed: str) -> None:
    query = parse_query(typed)
    query.text.encode()
    assert all(term.text for term in query.terms)


@given(st.text('标题:文号：-－"“”「」|或OR 的科技', max_size=30))
def test_no_mixture_of_signs_breaks_the_parser(typed: str) -> None:
    query = parse_query(typed)
    assert query.clauses or not query.text or query.notes


def _written(term: Member) -> str:
    if not isinstance(term, Term):
        inner = [[_written(each) for each in clause] for clause in term.clauses]
        return f"{'-' if term.excluded else ''}{inner}"
    field = "" if term.field is QueryField.ANYWHERE else f"{term.field}:"
    kinds = {
        TermKind.WORDS: "",
        TermKind.EXACT: '"',
        TermKind.NEAR: f"near{term.within}:",
        TermKind.WILDCARD: "wildcard:",
    }
    return f"{'-' if term.excluded else ''}{field}{kinds[term.kind]}{term.text}"
