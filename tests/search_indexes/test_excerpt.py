"""Excerpts are pieces of the author's own text, from the best place, marked once."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from search_indexes.excerpt import EXCERPT_CHARACTERS, excerpt, mark, patterns
from search_indexes.query import parse_query
from search_indexes.request import Query, Term
from search_indexes.results import Fragment


def cut(text: str, typed: str) -> str:
    return _written(excerpt(text, patterns(parse_query(typed))))


def test_the_sentence_with_the_words_is_shown() -> None:
    text = "第一句说别的事情。" * 20 + "第二句培育高新技术企业。" + "第三句又说别的。" * 20
    shown = cut(text, "高新技术企业")
    assert shown.startswith("…第二句培育[高新技术企业]。")
    assert shown.endswith("。…")


def test_the_place_with_most_of_the_words_wins() -> None:
    text = "只有人才。" + "无关的一句话。" * 30 + "人才和企业都在。"
    assert cut(text, "人才 企业") == "…[人才]和[企业]都在。"
    assert cut("无关的一句话。" * 30 + "末了没有句号的人才", "人才") == "…末了没有句号的[人才]"


def test_a_term_that_stands_whole_is_marked_whole_and_not_in_parts() -> None:
    assert cut("企业申报高新技术企业。", "高新技术企业") == "企业申报[高新技术企业]。"


def test_a_term_that_does_not_stand_whole_is_marked_by_its_words() -> None:
    assert cut("高新技术的企业。", "高新技术企业") == "[高新技术]的[企业]。"


def test_the_authors_characters_are_kept_and_marked_in_any_script_or_width() -> None:
    assert cut("建設ＡＩ產業。", "ai产业") == "建設[ＡＩ產業]。"
    assert cut("科技，\n创新。", "“科技创新”") == "[科技， 创新]。"


def test_what_is_near_is_marked_piece_by_piece_and_only_there() -> None:
    assert cut("企业，创新补贴给企业。", "“企业 补贴”~2") == "[企业]，创新[补贴]给[企业]。"
    assert cut("企业很多。补贴给企业。", "“企业 补贴”~1") == "…[补贴]给[企业]。"
    assert cut("企业很多很多。补贴。", "“企业 补贴”~3") == "企业很多很多。补贴。"


def test_a_wildcard_is_marked_from_its_first_piece_to_its_last() -> None:
    assert cut("提高高新技术企业占比，高大上。", "高*企业") == "提高[高新技术企业]占比，高大上。"


def test_an_excluded_word_is_not_marked() -> None:
    assert cut("科技人才。", "科技 -人才") == "[科技]人才。"


def test_a_long_sentence_is_cut_around_the_words() -> None:
    shown = cut("字" * 300 + "创新" + "字" * 300, "创新")
    assert "[创新]" in shown
    assert len(shown) < EXCERPT_CHARACTERS + 10


def test_a_long_sentence_begins_and_ends_with_a_clause() -> None:
    text = "前面的话" * 40 + "，其中包括，推动创新，" + "后面的话，" * 40
    assert cut(text, "创新").startswith("…其中包括，推动[创新]，后面的话，")
    assert cut(text, "创新").endswith("后面的话，…")


def test_a_match_at_the_very_end_of_what_fits_keeps_its_sentence_whole() -> None:
    before = EXCERPT_CHARACTERS - 2
    assert cut("字" * before + "创新" + "字" * 50, "创新").startswith("字" * before + "[创新]")
    assert cut("字" * (before + 1) + "创新" + "字" * 50, "创新").startswith("…字")
    # However far down in the document the sentence stands.
    assert cut("一" * 99 + "。" + "字" * 60 + "创新。", "创新") == "…" + "字" * 60 + "[创新]。"


def test_a_word_that_just_fits_counts_for_its_place() -> None:
    shown = excerpt("丙一二三四五六七甲乙。别的。甲乙。", [("甲乙",), ("丙",)], 10)
    assert _written(shown) == "[丙]一二三四五六七[甲乙]…"


def test_the_longest_of_what_was_typed_is_marked_where_they_meet() -> None:
    assert cut("高新技术企业。企业。", "企业 高新技术企业") == "[高新技术企业]。[企业]。"


def test_of_the_words_of_a_term_the_longest_is_marked_and_single_characters_are_not() -> None:
    assert cut("服务中小企业。", "企业与中小企业") == "服务[中小企业]。"
    assert cut("新能源的车，公车补贴。", "新能源车补贴") == "[新能源]的车，公车[补贴]。"


WORDS = ("丁戊己", "甲乙", "丙")


def _sentences(drawn: str) -> str:
    """Sentences of one to six pieces, none longer than what an excerpt of 20 has room for."""
    short = re.sub("([^。]{6})(?=[^。])", r"\1。", re.sub("。+", "。", drawn.strip("。")))
    return short.replace("甲", "甲乙").replace("丁", "丁戊己") + "。"


@given(st.text("甲丙丁说。", min_size=8, max_size=60).map(_sentences))
def test_it_begins_with_the_first_sentence_after_which_most_different_words_stand(
    text: str,
) -> None:
    """Held to the plain definition: all sentences tried, the words within reach of each counted."""
    size = 20
    places = [match.span() for match in re.finditer("|".join(WORDS), text)]
    ends = [match.end() for match in re.finditer("。", text)]
    best, most = 0, -1
    for start, end in zip([0, *ends], ends, strict=False):
        if not any(start <= first < end for first, _ in places):
            continue
        within = {text[a:b] for a, b in places if a >= start and b <= start + size}
        if (worth := sum(map(len, within))) > most:
            best, most = start, worth
    fit = [end for end in ends if size // 2 <= end - best <= size]
    end = len(text) if best + size >= len(text) else fit[-1] if fit else best + size
    shown = "…" * (best > 0) + text[best:end] + "…" * (end < len(text))

    found = excerpt(text, [(word,) for word in WORDS], size)
    assert "".join(piece.text for piece in found) == shown
    assert all(piece.text for piece in found)


def test_a_match_longer_than_the_excerpt_is_shown_as_far_as_there_is_room() -> None:
    long = "甲" * (2 * EXCERPT_CHARACTERS)
    shown = excerpt(f"别的事情。{long}。人才。", [(long,), ("人才",)])
    assert shown[0].text == "…" or not shown[0].match
    assert max(len(each.text) for each in shown if each.match) <= EXCERPT_CHARACTERS
    assert sum(len(each.text) for each in shown) <= EXCERPT_CHARACTERS + 2


def test_a_synonym_is_marked_whole_or_not_at_all() -> None:
    term = Term("高企", also=("国家高新技术企业", "高新技术企业"))
    wanted = patterns(Query("高企", ((term,),)))
    assert _written(excerpt("国家支持高新技术企业。", wanted)) == "国家支持[高新技术企业]。"


def test_markup_stays_text() -> None:
    assert mark("<b>创新</b>", parse_query("创新")) == (
        Fragment("<b>"),
        Fragment("创新", match=True),
        Fragment("</b>"),
    )


@given(st.text("科技创新，。\n ＡIａ①é", max_size=60), st.text("科技创新“” Aa-", max_size=12))
def test_the_fragments_of_a_mark_join_to_the_text(text: str, typed: str) -> None:
    found = mark(text, parse_query(typed))
    assert "".join(fragment.text for fragment in found) == text
    assert all(fragment.text for fragment in found)


@given(st.text(max_size=400), st.text(max_size=20))
def test_no_text_breaks_an_excerpt(text: str, typed: str) -> None:
    excerpt(text, patterns(parse_query(typed)))


def _written(fragments: tuple[Fragment, ...]) -> str:
    return "".join(f"[{each.text}]" if each.match else each.text for each in fragments)
