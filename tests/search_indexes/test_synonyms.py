"""What is called by two names is found by either, what was typed first; editors keep the list."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from search_indexes.analysis import characters
from search_indexes.finder import find
from search_indexes.models import SynonymGroup
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.results import SearchPage
from search_indexes.synonyms import starting_groups
from tests.conftest import MakeDocument


def ask(text: str, *, literal: bool = False) -> SearchPage:
    return find(SearchRequest(parse_query(text), literal=literal))


def ids(page: SearchPage) -> list[str]:
    return [hit.id for hit in page.documents]


@pytest.fixture
def two(make_document: MakeDocument) -> None:
    make_document("甲", "培育高企三十家。", public_id="short")
    make_document("乙", "高新技术企业，高新技术企业，高新技术企业认定。", public_id="long")


def test_both_names_find_both_and_the_typed_one_comes_first(two: None) -> None:
    assert ids(ask("高企")) == ["short", "long"]
    assert ids(ask("高新技术企业")) == ["long", "short"]


def test_the_page_says_what_was_searched_too_and_marks_it(two: None) -> None:
    page = ask("高企")
    (said,) = page.synonyms
    assert said.term == "高企"
    assert "高新技术企业" in said.also
    marked = [f.text for s in page.documents[1].sections for f in s.excerpt if f.match]
    assert "高新技术企业" in marked


def test_the_words_alone_can_be_asked_for(two: None) -> None:
    page = ask("高企", literal=True)
    assert ids(page) == ["short"]
    assert page.synonyms == ()


def test_quotes_and_minus_mean_the_word_itself(two: None) -> None:
    assert ids(ask("“高企”")) == ["short"]
    assert ids(ask("培育 OR 认定 -高企")) == ["long"]


def test_a_synonym_inside_a_longer_term_counts_as_a_word_of_its_own(two: None) -> None:
    assert "long" in ids(ask("高企认定"))
    assert ask("提高企业").synonyms == ()
    assert ask("青科委〔2025〕1号").synonyms == (), "a number is a name of its own"


def test_a_change_of_the_list_works_at_the_next_search(two: None) -> None:
    group = SynonymGroup.objects.create(terms="三十家\n认定")
    assert sorted(ids(ask("认定"))) == ["long", "short"]
    group.active = False
    group.save()
    assert ids(ask("认定")) == ["long"]


@pytest.mark.parametrize("terms", ["高企", "高企\n高 企", "高企\n，", "高企\n" + "长" * 61])
def test_a_group_needs_two_different_words(terms: str) -> None:
    with pytest.raises(ValidationError):
        SynonymGroup(terms=terms).clean()


@pytest.mark.django_db
def test_the_starting_list_is_in_the_database_and_every_group_is_whole() -> None:
    groups = list(starting_groups())
    assert SynonymGroup.objects.count() == len(groups) > 50
    for group in groups:
        assert len({characters(word) for word in group}) == len(group) > 1, group
