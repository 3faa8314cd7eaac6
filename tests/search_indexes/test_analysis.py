"""Text becomes the same tokens and characters on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from search_indexes.analysis import characters, folded, index_words, words
from search_indexes.cutter import Cutter


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("青科委〔2025〕１号", "青科委20251号"),
        ("資訊科技（IT）", "资讯科技it"),
        ("互联网＋，5％", "互联网+5"),
        ("㎡ ① café", "m21cafe"),
        ("a\u200bb\u00adc\ufe0f", "abc"),
        ("2024—2026年", "20242026年"),
    ],
)
def test_characters_keep_what_exact_search_compares(text: str, bare: str) -> None:
    assert characters(text) == bare


def test_the_index_holds_the_words_inside_a_longer_word() -> None:
    assert {"高新", "技术", "高新技术", "企业"} <= set(index_words("高新技术企业"))


def test_blanks_of_justified_type_do_not_split_a_word() -> None:
    assert "总则" in index_words("第一章  总  则")


def test_a_query_asks_for_no_particle_unless_it_is_all_there_is() -> None:
    assert words("科技的创新") == ("科技", "创新")
    assert words("的") == ("的",)


def test_a_word_of_the_query_is_among_the_words_of_the_same_text() -> None:
    text = "加快建设具有全球影响力的科技创新中心"
    assert set(words(text)) <= set(index_words(text))


def test_the_dictionary_is_cached_in_the_portals_own_folder(
    settings: Settings, tmp_path: Path
) -> None:
    settings.PORTAL_DATA = tmp_path
    assert Cutter().cut("科技创新") == ["科技", "创新"]
    assert list((tmp_path / "cache").glob("words-*.txt"))


@given(st.text(max_size=200))
def test_every_character_knows_where_it_stood(text: str) -> None:
    known = folded(text)
    assert known.characters == characters(text)
    assert len(known.origins()) == len(known.characters)
    assert known.origins() == sorted(known.origins())


@given(st.text(max_size=100))
def test_what_is_bare_is_left_alone(text: str) -> None:
    assert characters(characters(text)) == characters(text)
