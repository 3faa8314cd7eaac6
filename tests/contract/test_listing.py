"""How answers are counted, narrowed, ordered and paged."""

from __future__ import annotations

from datetime import date

import pytest

from search_indexes.facets import NOT_GIVEN
from search_indexes.finder import NoSuchPage
from search_indexes.request import Sort
from search_indexes.results import FacetValue, SearchPage
from tests.conftest import MakeDocument
from tests.contract.conftest import Ask, ids


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    """Four documents about 创新: two districts, one without anything stated."""
    many = [(2, "", "", "创新。")] * 5
    make_document(
        "甲",
        many,
        public_id="a",
        district="青浦区",
        written=date(2025, 1, 2),
        issuers=["甲委", "乙委"],
        themes=["科技、教育"],
    )
    make_document(
        "乙",
        "创新。",
        public_id="b",
        district="青浦区",
        written=date(2024, 1, 2),
        issuers=["甲委"],
        themes=["人才"],
    )
    make_document("丙", "创新。", public_id="c", district="嘉定区", written=date(2024, 5, 6))
    make_document("丁", "创新。", public_id="d")


def test_facets_count_documents_and_not_sections(library: None, ask: Ask) -> None:
    page = ask("创新")
    assert (page.count, page.section_count) == (4, 8)
    assert counts(page, "district") == {"青浦区": 2, "嘉定区": 1, NOT_GIVEN: 1}
    assert counts(page, "year") == {"2025": 1, "2024": 2, NOT_GIVEN: 1}


def test_a_document_counts_under_each_of_its_values_and_no_value_is_split(
    library: None, ask: Ask
) -> None:
    page = ask("创新")
    assert counts(page, "issuer") == {"甲委": 2, "乙委": 1, NOT_GIVEN: 2}
    assert counts(page, "theme") == {"科技、教育": 1, "人才": 1, NOT_GIVEN: 2}


def test_values_of_one_facet_are_or_and_facets_are_and(library: None, ask: Ask) -> None:
    assert sorted(ids(ask("创新", district=("青浦区", "嘉定区")))) == ["a", "b", "c"]
    assert ids(ask("创新", district=("青浦区", "嘉定区"), year=("2025",))) == ["a"]


def test_a_facets_own_ticks_do_not_narrow_its_own_counts(library: None, ask: Ask) -> None:
    page = ask("创新", district=("青浦区",))
    assert counts(page, "district") == {"青浦区": 2, "嘉定区": 1, NOT_GIVEN: 1}
    assert counts(page, "year") == {"2025": 1, "2024": 1}
    page = ask("创新", district=("青浦区",), year=("2024",))
    assert counts(page, "district") == {"青浦区": 1, "嘉定区": 1}
    assert counts(page, "year") == {"2025": 1, "2024": 1}


def test_what_is_not_stated_can_be_asked_for(library: None, ask: Ask) -> None:
    assert ids(ask("创新", district=(NOT_GIVEN,))) == ["d"]
    assert sorted(ids(ask("创新", theme=(NOT_GIVEN,)))) == ["c", "d"]


def test_an_unknown_value_is_shown_ticked_with_nothing_under_it(library: None, ask: Ask) -> None:
    page = ask("创新", district=("没有的区",))
    assert page.count == 0
    ticked = [value for value in facet(page, "district") if value.selected]
    assert [(value.value, value.count) for value in ticked] == [("没有的区", 0)]


def test_without_words_every_document_is_listed_the_newest_first(library: None, ask: Ask) -> None:
    page = ask("")
    assert ids(page) == ["a", "c", "b", "d"]
    assert (page.count, page.section_count) == (4, 12)
    assert ids(ask("", district=("青浦区",))) == ["a", "b"]


def test_undated_documents_come_last_either_way(library: None, ask: Ask) -> None:
    assert ids(ask("创新", sort=Sort.NEWEST)) == ["a", "c", "b", "d"]
    assert ids(ask("创新", sort=Sort.OLDEST)) == ["b", "c", "a", "d"]


def test_equal_scores_are_ordered_by_date_and_then_by_age(
    make_document: MakeDocument, ask: Ask
) -> None:
    for name, written in {"a": None, "b": date(2024, 1, 1), "c": date(2025, 1, 1)}.items():
        make_document("同", "创新。", public_id=name, written=written)
    make_document("同", "创新。", public_id="d", written=date(2024, 1, 1))
    assert ids(ask("创新")) == ["c", "d", "b", "a"]


def test_the_better_match_comes_first(make_document: MakeDocument, ask: Ask) -> None:
    make_document("甲", f"创新{'，另有其他事项若干' * 20}。", public_id="a")
    make_document("创新规划", "创新。", public_id="b")
    make_document("丙", "创新创新。", public_id="c")
    assert ids(ask("创新")) == ["b", "c", "a"]


def test_the_document_whose_title_was_typed_comes_before_those_that_name_it(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("甲区创新条例", "根据《创新条例》制定，创新条例另有规定的除外。", public_id="a")
    make_document("创新条例", [(2, "", "", "其他事项。"), (2, "", "", "附则。")], public_id="b")
    make_document("中华人民共和国人才法", "其他事项。", public_id="c")
    make_document("乙", "人才法规定，依照人才法、按照人才法办理。", public_id="d")
    for typed in ("创新条例", "创新 条例", "“创新条例”"):
        assert ids(ask(typed))[0] == "b", typed
    assert ids(ask("人才法")) == ["c", "d"]


def test_words_side_by_side_come_before_the_same_words_apart(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document(
        "甲", "创新靠人才，企业另有培育计划。", public_id="apart", written=date(2025, 1, 1)
    )
    make_document("乙", "培育企业靠人才，另有创新计划。", public_id="together")
    assert ids(ask("培育 企业 创新", ageless=True)) == ["together", "apart"]


def test_a_phrase_ranks_by_how_much_a_section_says_of_it(
    make_document: MakeDocument, ask: Ask
) -> None:
    filler = "，另有其他事项若干" * 5
    make_document("甲", f"科技创新{filler}。", public_id="little", written=date(2025, 1, 1))
    make_document("乙", f"科技创新，科技创新，科技创新{filler}。", public_id="much")
    assert ids(ask("“科技创新”", ageless=True)) == ["much", "little"]


def test_a_document_shows_its_three_best_sections_and_counts_all(library: None, ask: Ask) -> None:
    hit = next(hit for hit in ask("创新").documents if hit.id == "a")
    assert hit.section_count == 5
    assert [section.anchor for section in hit.sections] == ["p1", "p2", "p3"]


def test_pages_join_to_the_whole_list_without_repeats(
    make_document: MakeDocument, ask: Ask
) -> None:
    for number in range(7):
        make_document(f"文件{number}", "创新。")
    whole = ids(ask("创新"))
    parts = [ids(ask("创新", page=page, page_size=3)) for page in (1, 2, 3)]
    assert [name for part in parts for name in part] == whole
    assert [len(part) for part in parts] == [3, 3, 1]


def test_a_page_beyond_the_last_is_an_error(library: None, ask: Ask) -> None:
    with pytest.raises(NoSuchPage, match="共 1 页"):
        ask("创新", page=2)
    assert ask("没有的词").pages == 1


def facet(page: SearchPage, name: str) -> tuple[FacetValue, ...]:
    return next(facet.values for facet in page.facets if facet.name == name)


def counts(page: SearchPage, name: str) -> dict[str, int]:
    return {value.value: value.count for value in facet(page, name)}
