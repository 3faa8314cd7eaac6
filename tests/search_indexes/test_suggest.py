"""While a reader types, pieces of what is published are suggested, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from documents.models import Document
from search_indexes.suggest import Kind, forget, suggest
from tests.conftest import MakeDocument


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget()


@pytest.fixture
def library(make_document: MakeDocument) -> Document:
    make_document(
        "青浦区高新技术企业培育办法",
        [(2, "一、", "总体要求", "甲。"), (2, "二、", "只此一处", "乙。")],
        issuers=["青浦区科学技术委员会"],
        ref=("青科委", 2025, 1),
        themes=["高新技术企业"],
    )
    return make_document(
        "银行业支持重庆发展的通知",
        [(2, "一、", "总体要求", "丙。")],
        issuers=["重庆市金融局"],
        ref=("渝金", 2024, 7),
    )


def texts(typed: str) -> list[str]:
    return [each.text for each in suggest(typed)]


@pytest.mark.parametrize(
    "typed",
    [
        "高新技术",
        "gaoxinjishu",
        "gaoxinj",
        "gxjs",
        "GXJSQY",
        "高新jishu",
        "培育",
        "peiyubanfa",
        "高 新",
        "高新技術",
    ],
)
def test_a_title_is_found_by_characters_pinyin_and_initials(library: Document, typed: str) -> None:
    assert "青浦区高新技术企业培育办法" in texts(typed)


def test_characters_are_read_as_in_their_word(library: Document) -> None:
    assert "银行业支持重庆发展的通知" in texts("yinhangye")
    assert "银行业支持重庆发展的通知" in texts("zhichichongqing")


def test_pinyin_begins_with_a_syllable(library: Document) -> None:
    assert texts("inhangye") == []


@pytest.mark.parametrize(
    ("typed", "text", "kind"),
    [
        ("高新", "高新技术企业", Kind.THEME),
        ("青浦区科", "青浦区科学技术委员会", Kind.ISSUER),
        ("青科委2025", "青科委〔2025〕1号", Kind.REF_NO),
        ("总体", "总体要求", Kind.HEADING),
        ("ztyq", "总体要求", Kind.HEADING),
    ],
)
def test_each_kind_of_piece_is_suggested(
    library: Document, typed: str, text: str, kind: Kind
) -> None:
    assert (text, kind) in [(each.text, each.kind) for each in suggest(typed)]


def test_what_begins_with_the_letters_comes_first(library: Document) -> None:
    assert texts("高新")[0] == "高新技术企业"


def test_a_heading_of_one_document_is_no_suggestion(library: Document) -> None:
    assert texts("只此一处") == []


def test_a_heading_counts_documents(library: Document) -> None:
    (found,) = suggest("总体要求")
    assert found.count == 2


def test_what_is_withdrawn_is_suggested_no_more(
    library: Document, withdraw: Callable[..., Any], make_document: MakeDocument
) -> None:
    assert texts("银行业")
    withdraw(library)
    assert texts("银行业") == []
    assert texts("总体要求") == [], "only one document has it now"
    make_document("银行业新规")
    assert texts("银行业") == ["银行业新规"]


@pytest.mark.parametrize("typed", ["", "  ", "，。", "长" * 500, "\0", "%", "\ud800"])
def test_odd_letters_suggest_nothing(library: Document, typed: str) -> None:
    assert suggest(typed) == ()
