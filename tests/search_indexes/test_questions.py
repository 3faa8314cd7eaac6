"""A whole question is answered by what it is about, and by what its best answers say."""

from __future__ import annotations

import pytest

from search_indexes.finder import best_matches
from search_indexes.questions import Candidate, about, more_words, ranked
from tests.conftest import MakeDocument


def test_the_words_of_asking_are_left_out_beside_others() -> None:
    assert "如何" not in about("如何认定高新技术企业")
    assert "企业" in about("如何认定高新技术企业")
    assert about("怎么办") == ("怎么办",)


def test_what_the_best_answers_share_is_asked_for_too() -> None:
    found = [
        Candidate("a", "劳动合同解除应当支付经济补偿。", 9.0),
        Candidate("b", "经济补偿按劳动者工作年限支付。", 8.0),
        *(Candidate(f"x{n}", "房屋租赁合同登记备案。", 0.1) for n in range(20)),
    ]
    assert "补偿" in more_words(found, ["辞退"])
    assert "劳动" not in more_words(found, ["劳动"])


def test_feedback_brings_in_what_the_question_does_not_say(make_document: MakeDocument) -> None:
    make_document("甲", "辞退员工的，应当支付经济补偿。", public_id="a")
    make_document("乙", "经济补偿按工作年限计算。", public_id="b")
    make_document("丙", "城市绿化由主管部门负责。", public_id="c")
    found = [match.id for match in best_matches("单位辞退员工怎么办？", 10)]
    assert found[0] == "a"
    assert found[:2] == ["a", "b"]


def test_scores_are_comparable_and_equals_keep_one_order() -> None:
    first = [Candidate("b", "创新", 2.0), Candidate("a", "创新", 2.0)]
    assert [key for key, _ in ranked("创新", first, {"a": 1.0, "b": 1.0})] == ["a", "b"]


@pytest.mark.parametrize("question", ["", "？！", "  "])
def test_a_question_without_words_has_no_answer(make_document: MakeDocument, question: str) -> None:
    make_document("甲", "创新。")
    assert best_matches(question, 10) == ()
    assert best_matches("创新", 0) == ()
