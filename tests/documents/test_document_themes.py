"""A long list of themes shows the strongest first, each with how far it reaches and why."""

from __future__ import annotations

import pytest
from django.test import Client

from documents.document_themes import MAIN, themes_of_document
from documents.models import Section, SectionTheme, Theme
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

SECTIONS = [(2, f"{n}、", f"第{n}节", "文字。") for n in range(1, 9)]


def earn(section: Section, name: str, *terms: str) -> None:
    theme, _ = Theme.objects.get_or_create(name=name, defaults={"slug": f"t-{name}"})
    SectionTheme.objects.create(section=section, theme=theme, terms=list(terms))


def test_the_theme_of_most_sections_comes_first_with_the_terms_of_most(
    make_document: MakeDocument,
) -> None:
    document = make_document(sections=SECTIONS, indexed=False)
    first, second, third = document.sections.filter(level=2)[:3]
    earn(first, "甲", "甲词", "甲词二")
    for section in (second, third):
        earn(section, "乙", "乙词", *(["别的"] if section == third else []))

    strongest, other = themes_of_document(document)
    assert (strongest.name, strongest.extent, strongest.terms) == ("乙", "2 节", ("乙词", "别的"))
    assert (other.name, other.extent) == ("甲", "1 节")


def test_a_given_theme_claims_no_extent(make_document: MakeDocument) -> None:
    document = make_document(sections=SECTIONS, themes=["给定"], indexed=False)

    (given,) = themes_of_document(document)
    assert (given.terms, given.extent) == ((), "")


def test_readers_see_the_strongest_few_and_the_rest_when_they_ask(
    client: Client, make_document: MakeDocument
) -> None:
    document = make_document(sections=SECTIONS)
    sections = list(document.sections.filter(level=2))
    names = [f"主题{n}" for n in range(8)]
    for number, name in enumerate(names):
        for section in sections[number:]:
            earn(section, name, "词")
    page = client.get(f"/documents/{document.slug}/").content.decode()
    at_once, rest = page.split('<details class="more-values">')[:2]
    rest = rest.split("</details>")[0]

    assert [name for name in names if f">{name}</a>" in at_once] == names[:MAIN]
    assert [name for name in names if f">{name}</a>" in rest] == names[MAIN:]
    assert "另有 3 个主题" in rest
