"""A 发文字号 in any form leads to its document, or to the few it may become."""

from __future__ import annotations

import pytest

from search_indexes.numbers import Number, fitting, read_number
from tests.conftest import MakeDocument


@pytest.mark.parametrize(
    ("typed", "code", "year", "serial"),
    [
        ("青科委〔2025〕1号", "青科委", 2025, 1),
        ("青科委(2025)第 1 号", "青科委", 2025, 1),
        ("青科委［２０２５］１号", "青科委", 2025, 1),
        ("青科委2025年1号", "青科委", 2025, 1),
        ("青科委2025-1", "青科委", 2025, 1),
        ("青科委〔2025〕", "青科委", 2025, None),
        ("青科委〔2025", "青科委", 2025, None),
        ("青科委〔20", "青科委", None, None),
        ("青科委〔", "青科委", None, None),
        ("青科委2025", "青科委", 2025, None),
        ("青科委1号", "青科委", None, 1),
        ("青科委第12号", "青科委", None, 12),
        ("青科委〔2025〕1", "青科委", 2025, 1),
    ],
)
def test_every_form_of_a_number_is_read(
    typed: str, code: str, year: int | None, serial: int | None
) -> None:
    number = read_number(typed)
    assert number is not None
    assert (number.code, number.year, number.serial) == (code, year, serial)


@pytest.mark.parametrize(
    "typed",
    ["青科委", "高新技术企业", "", "〔2025〕1号", "2025", "1号", "abc〔2025〕1号", "字" * 99],
)
def test_other_words_are_no_number(typed: str) -> None:
    assert read_number(typed) is None


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    make_document("甲", ref=("青科委", 2025, 1))
    make_document("乙", ref=("青科委", 2025, 12))
    make_document("丙", ref=("青科委", 2024, 1))
    make_document("丁", ref=("嘉科", 2024, 7))


@pytest.mark.parametrize(
    ("typed", "jump"),
    [("青科委2025年12号", "/documents/d2/"), ("嘉科7号", "/documents/d4/"), ("嘉科7", None)],
)
def test_one_that_fits_is_gone_to(library: None, typed: str, jump: str | None) -> None:
    assert fitting(typed).jump == jump


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("青科委〔2025〕", ["青科委〔2025〕1号", "青科委〔2025〕12号"]),
        ("青科委1号", ["青科委〔2025〕1号", "青科委〔2024〕1号"]),
        ("青科委〔20", ["青科委〔2025〕1号", "青科委〔2025〕12号", "青科委〔2024〕1号"]),
        ("嘉科〔2024〕", ["嘉科〔2024〕7号"]),
        ("嘉科〔2023〕", []),
        ("没有〔2025〕1号", []),
    ],
)
def test_the_few_that_fit_are_offered(library: None, typed: str, offered: list[str]) -> None:
    assert [each.ref_no for each in fitting(typed).offers] == offered


def test_two_documents_of_one_number_are_both_offered(
    library: None, make_document: MakeDocument
) -> None:
    make_document("戊", ref=("嘉科", 2024, 7))
    found = fitting("嘉科〔2024〕7号")
    assert found.jump is None
    assert [each.title for each in found.offers] == ["戊", "丁"]


def test_a_whole_number_says_so() -> None:
    assert Number("青科委", 2025, 1, signed=True).whole
    assert not Number("青科委", 2025, None, signed=False).whole
