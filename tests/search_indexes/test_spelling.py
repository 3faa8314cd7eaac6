"""A slip of the keyboard or the pen gets the words that were meant, when they find something."""

from __future__ import annotations

import pytest

from search_indexes.finder import find
from search_indexes.lexicon import Lexicon
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.sounds import blurred, initials, sound
from search_indexes.spelling import corrected
from tests.conftest import MakeDocument

TEXT = (
    "培育高新技术企业，申报专精特新。优化营商环境，加快乡村振兴，保护知识产权。" * 3
    + "提升自主创新能力，未来产业规划。"
)


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    for number in range(12):
        make_document(f"通知{number}", TEXT, indexed=number == 11)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("高心技术企业", "高新技术企业"),
        ("gaoxinjishuqiye", "高新技术企业"),
        ("营商环静", "营商环境"),
        ("乡村正新", "乡村振兴"),
        ("末来产业", "未来产业"),
        ("创新 知识产全", "创新 知识产权"),
    ],
)
def test_what_sounds_or_looks_like_words_of_the_index_is_offered(
    library: None, typed: str, meant: str
) -> None:
    assert find(SearchRequest(parse_query(typed))).suggestions == (meant,)


@pytest.mark.parametrize("typed", ["营商环境", "“营商环静”", "-营商环静", "zzzz", "", "，"])
def test_nothing_is_offered_for_what_is_right_or_meant_to_the_letter(
    library: None, typed: str
) -> None:
    assert find(SearchRequest(parse_query(typed))).suggestions == ()


def test_an_empty_lexicon_corrects_nothing() -> None:
    assert corrected(parse_query("营商环静"), Lexicon({})) is None


def test_what_finds_nothing_is_not_offered(library: None) -> None:
    # 补贴 stands nowhere, so that the corrected query would find nothing either.
    assert find(SearchRequest(parse_query("补贴 知识产全"))).suggestions == ()


def test_characters_sound_as_in_their_word() -> None:
    assert sound("银行") == "yinhang"
    assert sound("行动") == "xingdong"
    assert sound("女子AI") == "nvziAI"
    assert initials("重庆2024") == "cq2024"
    assert blurred("zhangsheng") == "zansen"
