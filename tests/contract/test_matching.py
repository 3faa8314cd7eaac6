"""Which sections an engine must find for which words."""

from __future__ import annotations

import pytest

from tests.conftest import MakeDocument
from tests.contract.conftest import Ask, anchors, ids


def test_a_word_finds_its_section(make_document: MakeDocument, ask: Ask) -> None:
    make_document("甲", "加快培育高新技术企业。", public_id="a")
    make_document("乙", "推进科学普及。", public_id="b")
    page = ask("高新技术企业")
    assert anchors(page) == {("a", "p1")}
    assert (page.count, page.section_count, page.pages) == (1, 1, 1)


def test_all_words_must_be_in_one_section(make_document: MakeDocument, ask: Ask) -> None:
    make_document(
        "甲", [(2, "一、", "", "科技创新。"), (2, "二、", "", "人才引进。")], public_id="a"
    )
    make_document("乙", "科技创新要靠人才引进。", public_id="b")
    assert ids(ask("创新 人才")) == ["b"]


def test_headings_title_issuer_and_number_count_for_a_section(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document(
        "长三角专项规划",
        [(2, "一、", "总体要求", ""), (3, "（一）", "主要目标", "到期完成。")],
        public_id="a",
        issuers=["上海市青浦区科学技术委员会"],
        ref=("青科委", 2025, 1),
    )
    for words in ("专项规划 完成", "总体要求 完成", "青浦区 完成", "青科委〔2025〕1号 完成"):
        assert anchors(ask(words)) == {("a", "p2")}, words


@pytest.mark.parametrize("typed", ["的", "科", "壹", "5", "A"])
def test_one_character_is_a_query(make_document: MakeDocument, ask: Ask, typed: str) -> None:
    make_document("甲", "科技的A类壹5。", public_id="a")
    make_document("乙", "人才。", public_id="b")
    assert ids(ask(typed)) == ["a"]


def test_a_typed_run_is_found_wherever_cutting_would_split_it(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("甲", "研究生命科学。", public_id="a")
    assert ids(ask("究生")) == ["a"]
    assert ids(ask("生命科学")) == ["a"]
    assert ids(ask("研究生命")) == ["a"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("建设张江高新区", "張江高新區"),
        ("建設張江高新區", "张江高新区"),
        ("培育ＡＩ企业", "ai企业"),
        ("培育ai企业", "ＡＩ企业"),
        ("达到１２３４家", "1234家"),
    ],
)
def test_script_width_and_case_find_each_other(
    make_document: MakeDocument, ask: Ask, text: str, typed: str
) -> None:
    make_document("甲", text, public_id="a")
    assert ids(ask(typed)) == ["a"]
    assert ids(ask(f"“{typed}”")) == ["a"]


def test_a_phrase_ignores_punctuation_and_line_ends_and_nothing_else(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("甲", "科技，创新。\n驱动发展。", public_id="a")
    make_document("乙", "科技的创新。", public_id="b")
    assert ids(ask("“科技创新”")) == ["a"]
    assert ids(ask("“科技 创新、驱动”")) == ["a"]
    assert ids(ask("“创新科技”")) == []


def test_a_phrase_does_not_reach_from_one_section_into_the_next(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("甲", [(2, "", "", "科技创"), (2, "", "", "新驱动")], public_id="a")
    assert ids(ask("“科技创新”")) == []


def test_a_phrase_of_the_title_or_number_finds_the_document_once(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("长三角专项规划", "到期完成。", public_id="a", ref=("青科委", 2025, 1))
    for phrase in ("“角专项规”", "“青科委[2025]1号”"):
        page = ask(phrase)
        assert anchors(page) == {("a", "p0")}
        assert page.section_count == 1


def test_an_excluded_word_takes_its_sections_out(make_document: MakeDocument, ask: Ask) -> None:
    make_document("甲", [(2, "", "", "科技人才。"), (2, "", "", "科技企业。")], public_id="a")
    assert anchors(ask("科技 -人才")) == {("a", "p2")}
    assert anchors(ask("科技 -“技人”")) == {("a", "p2")}
    assert ("a", "p1") not in anchors(ask("-人才"))


def test_or_finds_either(make_document: MakeDocument, ask: Ask) -> None:
    for name, text in {"a": "区块链技术", "b": "量子技术", "c": "芯片技术"}.items():
        make_document("文件", text, public_id=name)
    assert sorted(ids(ask("区块链 OR 量子 技术"))) == ["a", "b"]


def test_near_pieces_are_found_in_any_order_and_no_further_apart(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("甲", "给企业，一次性的补贴。", public_id="a")
    make_document("乙", "补贴企业。", public_id="b")
    make_document("丙", [(2, "", "", "这里是补贴"), (2, "", "", "企业在那里")], public_id="c")
    assert sorted(ids(ask("“补贴 企业”~4"))) == ["a", "b"]
    assert ids(ask("“企业 补贴”~3")) == ["b"]
    assert ids(ask("“补贴 企业”~4 -“补贴企业”")) == ["a"]
    assert ids(ask("“企业 一次 补贴”~2")) == ["a"]
    assert ids(ask("补贴 -“补贴 企业”~4")) == ["c"]
    sections = ask("“企业 补贴”~4 一次性").documents[0].sections
    marks = {each.text for section in sections for each in section.excerpt if each.match}
    assert marks == {"企业", "一次性", "补贴"}


def test_a_star_stands_for_a_few_characters_inside_a_word(
    make_document: MakeDocument, ask: Ask
) -> None:
    make_document("高质量企业名录", "别的。", public_id="a")
    make_document("乙", "培育高新技术企业。", public_id="b")
    make_document("丙", "高高兴兴地去看望辛苦的企业。企业高。", public_id="c")
    assert sorted(ids(ask("高*企业"))) == ["a", "b"]
    assert ids(ask("标题:高*企业")) == ["a"]
    assert ids(ask("“高＊技术 企业”")) == ["b"]
    marks = {f.text for s in ask("高*企业").documents for f in s.title_fragments if f.match}
    assert marks == {"高质量企业"}


def test_a_field_looks_nowhere_else(make_document: MakeDocument, ask: Ask) -> None:
    make_document("科技规划", "人才。", public_id="a", issuers=["市科委"], ref=("沪科", 2024, 7))
    make_document("人才要点", "科技规划，市科委，沪科〔2024〕7号。", public_id="b")
    assert ids(ask("标题:科技规划")) == ["a"]
    assert ids(ask("标题:“技规”")) == ["a"]
    assert ids(ask("发文机关:科委")) == ["a"]
    assert ids(ask("文号:沪科(2024)7号")) == ["a"]


def test_an_issuer_is_found_under_its_other_name(make_document: MakeDocument, ask: Ask) -> None:
    document = make_document(
        "甲", "正文。", public_id="a", issuers=["某某市科学技术局"], indexed=False
    )
    document.issuers.get().names.create(name="某某市科技局")
    make_document("乙", "正文。", public_id="b")
    assert ids(ask("发文机关:某某市科技局")) == ["a"]
    assert ids(ask("某某市科技局")) == ["a"]


def test_a_reference_number_in_any_form_leads_to_its_document(
    make_document: MakeDocument, ask: Ask
) -> None:
    document = make_document("甲", "正文。", ref=("青科委", 2025, 1))
    make_document("乙", "转发青科委〔2025〕1号文件。")
    for typed in ("青科委〔2025〕1号", "青科委[2025]1号", "青科委（2025） 第1号"):
        assert ask(typed).jump == document.get_absolute_url()
    assert ask("青科委").jump is None
    make_document("丙", "正文。", ref=("青科委", 2025, 1))
    assert ask("青科委〔2025〕1号").jump is None


def test_punctuation_alone_finds_nothing_and_says_so(make_document: MakeDocument, ask: Ask) -> None:
    make_document("甲", "正文。")
    page = ask("，。")
    assert page.count == 0
    assert page.notes
