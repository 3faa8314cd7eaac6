"""A passage is cited by its numbers, in the forms that the standards give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from documents.citations import (
    Cited,
    bibtex,
    gb7714,
    official,
    paths_of,
    with_paragraph,
    with_source,
)
from documents.jump import find_sections
from tests.cases.jumps import JUMPS, OUTLINE, PATHS

TODAY = date(2026, 11, 21)
POINTS = Cited(
    title="关于印发《工作要点》的通知",
    url="https://example.org/documents/qkw-2025-1/#p1-1-2",
    key="qkw-2025-1",
    issuers=("上海市青浦区科学技术委员会",),
    ref_no="青科委〔2025〕1号",
    written=date(2025, 1, 16),
    path="一、（二）二是",
)


@dataclass(frozen=True, slots=True)
class Outlined:
    """A section as far as its numbers go."""

    anchor: str
    level: int
    kind: str
    number: str
    heading: str


SECTIONS = [Outlined(*row) for row in OUTLINE]


@pytest.mark.parametrize(("typed", "anchors"), JUMPS)
def test_a_section_is_found_by_its_numbers_and_nothing_is_guessed(
    typed: str, anchors: tuple[str, ...]
) -> None:
    assert tuple(found.anchor for found in find_sections(typed, SECTIONS)) == anchors


@pytest.mark.parametrize(("anchor", "path"), PATHS.items())
def test_a_path_names_the_section_as_a_memo_does(anchor: str, path: str) -> None:
    assert paths_of(SECTIONS, "关于印发《办法》的通知")[anchor] == path


def test_a_paragraph_is_counted_within_its_section() -> None:
    assert with_paragraph("二、（一）", 2) == "二、（一），第2段"
    assert with_paragraph("", 2) == "第2段"
    assert with_paragraph("二、（一）", 0) == "二、（一）"


@pytest.mark.parametrize(
    ("changes", "form"),
    [
        (
            {},
            "上海市青浦区科学技术委员会《关于印发〈工作要点〉的通知》（青科委〔2025〕1号），"
            "2025年1月16日，一、（二）二是",
        ),
        (
            {"issuers": ("甲局", "乙局"), "path": ""},
            "甲局、乙局《关于印发〈工作要点〉的通知》（青科委〔2025〕1号），2025年1月16日",
        ),
        (
            {"issuers": (), "ref_no": "", "written": None, "path": ""},
            "《关于印发〈工作要点〉的通知》",
        ),
    ],
)
def test_the_official_form_leaves_out_what_is_not_known(
    changes: dict[str, object], form: str
) -> None:
    assert official(replace(POINTS, **changes)) == form  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("issuers", "authors"),
    [
        (("甲局",), "甲局. "),
        (("甲局", "乙局", "丙局"), "甲局，乙局，丙局. "),
        (("甲局", "乙局", "丙局", "丁局"), "甲局，乙局，丙局，等. "),
        ((), ""),
    ],
)
def test_gb7714_names_three_bodies_at_most(issuers: tuple[str, ...], authors: str) -> None:
    assert gb7714(replace(POINTS, issuers=issuers), TODAY) == (
        f"{authors}关于印发《工作要点》的通知：青科委〔2025〕1号[Z/OL]. "
        "一、（二）二是(2025-01-16)[2026-11-21]. https://example.org/documents/qkw-2025-1/#p1-1-2."
    )


def test_bibtex_keeps_bodies_whole_and_escapes_what_tex_would_read() -> None:
    entry = bibtex(replace(POINTS, title="100%_{试点}", issuers=("甲局", "乙局")), TODAY)

    assert entry.startswith("@misc{qkw-2025-1,\n  author = {{甲局} and {乙局}},")
    assert r"title = {{100\%\_\{试点\}}}," in entry
    assert "year = {2025}," in entry
    assert "urldate = {2026-11-21}," in entry
    assert entry.count("{") - entry.count(r"\{") == entry.count("}") - entry.count(r"\}")


def test_a_copied_text_says_where_it_stands() -> None:
    text, source, address = with_source("　原文。\n", POINTS).split("\n")

    assert text == "原文。"
    assert source == f"——{official(POINTS)}"
    assert address == POINTS.url
