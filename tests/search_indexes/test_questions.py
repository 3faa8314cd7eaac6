"""A whole question is answered by what it is about, word by word and pair by pair."""

from __future__ import annotations

import pytest

from search_indexes.finder import best_matches
from search_indexes.questions import Candidate, about, ranked
from tests.conftest import MakeDocument


def test_the_words_of_asking_are_left_out_beside_others() -> None:
    assert "如何" not in about("如何认定高新技术企业")
    assert "企业" in about("如何认定高新技术企业")
    assert about("怎么办") == ("怎么办",)


def test_pairs_of_characters_find_what_words_are_cut_past() -> None:
    found = [
        Candidate("a", "甲", "房屋租赁合同登记。", 2.0),
        Candidate("b", "乙", "解除劳动合同补偿。", 2.0),
    ]
    assert [key for key, _ in ranked("解除合同有补偿吗", found)] == ["b", "a"]


def test_a_law_that_answers_in_several_places_is_the_likelier() -> None:
    found = [
        Candidate("a", "城市绿化条例第三条", "补偿", 2.0),
        Candidate("b", "劳动合同法第四十六条", "补偿", 1.9),
        Candidate("c", "劳动合同法第四十七条之一", "补偿", 1.9),
    ]
    assert [key for key, _ in ranked("补偿", found)] == ["b", "c", "a"]


def test_what_a_passage_says_goes_before_what_its_title_says(make_document: MakeDocument) -> None:
    make_document("关于辞退员工的通知", "城市绿化由主管部门负责。", public_id="title")
    make_document("办法", "辞退员工的，应当支付经济补偿。", public_id="text")
    found = [match.id for match in best_matches("单位辞退员工怎么办？", 10)]
    assert found == ["text", "title"]


def test_equals_keep_one_order() -> None:
    found = [Candidate("b", "乙", "创新", 2.0), Candidate("a", "甲", "创新", 2.0)]
    assert [key for key, _ in ranked("创新", found)] == ["a", "b"]


@pytest.mark.parametrize("question", ["", "？！", "  "])
def test_a_question_without_words_has_no_answer(make_document: MakeDocument, question: str) -> None:
    make_document("甲", "创新。")
    assert best_matches(question, 10) == ()
    assert best_matches("创新", 0) == ()
