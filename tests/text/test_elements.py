"""The small readers: dates, reference numbers, kinds of documents, districts, folding, themes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from documents import text
from documents.text import (
    content_type_of,
    district_of,
    document_type_of,
    find_reference_numbers,
    fingerprint,
    fold,
    parse_date,
    parse_reference_number,
    themes_of,
)

TABLES: dict[str, list[Any]] = json.loads(
    (Path(__file__).parents[1] / "cases/text_elements.json").read_text("utf-8")
)


def test_the_door_names_exactly_what_it_gives() -> None:
    assert sorted(text.__all__) == sorted(set(text.__all__))
    assert all(hasattr(text, name) for name in text.__all__)
    public = {
        name
        for name, value in vars(text).items()
        if getattr(value, "__module__", "").startswith("documents.text")
        and not name.startswith("_")
    }
    assert public <= set(text.__all__)


@pytest.mark.parametrize(("printed", "iso"), TABLES["dates"])
def test_a_date_is_read_in_any_of_its_forms_and_never_invented(
    printed: str, iso: str | None
) -> None:
    read = parse_date(printed)
    assert (read.isoformat() if read else None) == iso


@pytest.mark.parametrize(("printed", "pieces"), TABLES["reference_numbers"])
def test_a_reference_number_is_read_in_any_bracket(printed: str, pieces: list[Any] | None) -> None:
    number = parse_reference_number(printed)
    assert ([number.code, number.year, number.serial] if number else None) == pieces


def test_numbers_cited_in_a_sentence_are_found_without_the_words_before_them() -> None:
    found = find_reference_numbers("根据国发〔2023〕15号和《意见》（闵科委规发〔2024〕2 号）执行")
    assert [str(number) for number in found] == ["国发〔2023〕15号", "闵科委规发〔2024〕2号"]


@pytest.mark.parametrize(("title", "kind", "content"), TABLES["document_types"])
def test_a_title_tells_its_kind_by_its_end(
    title: str, kind: str | None, content: str | None
) -> None:
    assert (document_type_of(title), content_type_of(title)) == (kind, content)


@pytest.mark.parametrize(("issuers", "code", "district"), TABLES["districts"])
def test_a_district_comes_from_names_and_codes_alone(
    issuers: list[str], code: str | None, district: str | None
) -> None:
    assert district_of(issuers, code) == district


def test_look_alikes_fold_to_the_same_text_and_traditional_characters_stay() -> None:
    assert fold("⻘浦⼀ＡＢ") == "青浦一ab"
    assert fold("發展") == "發展"
    assert fingerprint("青 浦，区") == fingerprint("⻘浦区。") != fingerprint("青浦县")


def test_a_theme_needs_a_long_term_or_two_short_ones() -> None:
    vocabulary = [("企业", ["高新技术企业", "企业"]), ("科普", ["科普"]), ("人才", ["人才"])]
    themes = themes_of("高新技术企业和人才，人才，科普", vocabulary)
    assert [(theme.name, theme.terms, theme.count) for theme in themes] == [
        ("人才", (("人才", 2),), 2),
        ("企业", (("高新技术企业", 1),), 1),
    ]
    assert themes_of("科普", []) == ()
