"""What is set without a template reads, to the letter, as the template would set it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from documents.page_values import DocumentPage, NoteRef, PartView, SectionView
from documents.text.values import SectionKind
from portal.templatetags.setting import stretches
from portal.typeset import Link, Typeset, typeset
from search_indexes import excerpt
from search_indexes.query import parse_query

FIRST = SectionView("p1", SectionKind.PART, 1, 2, "", "题", (), None, None)
HEADED = SectionView(
    "p1-2", SectionKind.HEADING, 2, 3, "一、", "培育<企业>", ("按《甲》给予“补贴”。", "企业&补贴"),
    None, None, path="一、“引”", fingerprint="0123456789abcdef" * 4,
)  # fmt: skip
RUN_IN = SectionView(
    "p1-3", SectionKind.ITEM, 3, None, "（一）", "企业", ("补贴企业。",), None, None, ending="："
)
BARE = replace(RUN_IN, anchor="p1-4", number="", heading="", ending="")
EMPTY = replace(HEADED, anchor="p1-5", paragraphs=(), number="")
ARTICLE = SectionView(
    "p1-6", SectionKind.ITEM, 2, None, "第一条", "", ("企业。", "", "补贴。"), None, None
)


def page_of(*sections: SectionView) -> DocumentPage:
    return DocumentPage((), (PartView((), (), (FIRST, *sections), ()),), (), (), "p1")


def by_template(section: SectionView, typed: Typeset) -> str:
    context = {"section": section, "typed": typed, "opening": None}
    return render_to_string("documents/_section.html", context)


def letters(markup: str) -> str:
    """*markup* without the white space that no reader sees, between tags."""
    return "".join(line.strip() for line in markup.splitlines())


@pytest.mark.parametrize("section", [HEADED, RUN_IN, BARE, EMPTY, ARTICLE])
@pytest.mark.parametrize("query", ["", "企业 补贴"])
@pytest.mark.parametrize("linked", [False, True])
def test_a_section_reads_the_same_with_and_without_the_template(
    section: SectionView, query: str, linked: bool
) -> None:
    page = page_of(section)
    links = {(section.anchor, 1): [Link(0, 2, "/documents/a/?b=1&c", "“甲”")]} if linked else {}
    wanted = excerpt.patterns(parse_query(query)) if query else ()
    typed = typeset("题", page, wanted, links, current=2)

    _, ready = stretches(page.parts[0].sections, typed)
    markup = ready.markup
    assert ready.section is None
    assert letters(markup) == letters(by_template(section, typed))
    assert ("<mark" in markup) == (bool(query) and "企业" in markup)
    assert markup.count('class="here"') <= 1


@pytest.mark.parametrize(
    "odd",
    [
        {"page": 3},
        {"bookmark": 7},
        {"hidden": True},
        {"former": ("p1-9",)},
        {"paragraphs": ("甲\t乙",)},
    ],
)
def test_whatever_is_more_than_text_is_left_to_the_template(odd: dict[str, Any]) -> None:
    section = replace(HEADED, **odd)
    page = page_of(RUN_IN, section, ARTICLE)

    found = stretches(page.parts[0].sections, typeset("题", page, (), {}))
    assert [each.section for each in found] == [FIRST, None, section, None]


def test_a_mark_of_a_note_is_left_to_the_template() -> None:
    page = replace(page_of(HEADED), marks={("p1-2", 2): (NoteRef(2, 1, "①", "ref-1"),)})

    found = stretches(page.parts[0].sections, typeset("题", page, (), {}))
    assert [each.section for each in found] == [FIRST, HEADED]


def test_an_old_version_is_left_to_the_template() -> None:
    page = page_of(HEADED)

    assert all(each.section for each in stretches(page.parts[0].sections, "", version=object()))
