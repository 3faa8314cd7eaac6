"""What a page of results has by the hundred is set without a template; nothing becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from django.template import Context, Template

from documents.page_values import SectionView
from portal.templatetags.answers import (
    bars,
    choices,
    counts_by_year,
    fragments,
    places,
    steps,
)
from portal.templatetags.setting import outline
from portal.year_chart import year_chart
from search_indexes.results import Facet, FacetValue, Fragment, SectionHit

ODD = "<b>甲&\"乙'</b>"


class Seen(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_words_are_marked_and_nothing_else_is_markup() -> None:
    seen = Seen(fragments([Fragment(ODD), Fragment(ODD, match=True), Fragment("丙")]))

    assert [tag for tag, _ in seen.tags] == ["mark"]
    assert seen.text == f"{ODD}{ODD}丙"


def test_values_are_boxes_that_say_what_they_tick() -> None:
    seen = Seen(choices([(ODD, "1200", False), ("青浦区", "3", True)], "district"))
    boxes = [attributes for tag, attributes in seen.tags if tag == "input"]

    assert [(box["value"], "checked" in box) for box in boxes] == [(ODD, False), ("青浦区", True)]
    assert {(box["name"], box["type"], box["form"]) for box in boxes} == {
        ("district", "checkbox", "search-form")
    }
    assert [tag for tag, _ in seen.tags].count("label") == 2
    assert seen.text.split() == [ODD, "1200", "份", "青浦区", "3", "份"]


def test_a_section_without_headings_above_it_is_called_the_text() -> None:
    assert Seen(steps(["一、", ODD])).text == f"一、{ODD}"
    assert Seen(steps([])).text == "正文"


def test_a_place_leads_to_its_section_and_says_why_it_is_there() -> None:
    place = SectionHit("p1", "/a/#p1", ("一、", ODD), 1.0, (Fragment(ODD),), (ODD,))
    silent = SectionHit("p2", "/a/#p2", (), 1.0, ())
    seen = Seen(places([place, silent], f"/a/?q={ODD}"))

    assert [attributes["href"] for tag, attributes in seen.tags if tag == "a"] == [
        f"/a/?q={ODD}#p1", f"/a/?q={ODD}#p2",
    ]  # fmt: skip
    assert [attributes.get("class") for tag, attributes in seen.tags if tag in ("p", "ul")] == [
        "excerpt", "reasons",
    ]  # fmt: skip
    assert seen.text.split() == [f"一、{ODD}", ODD, ODD, "正文"]


def test_the_bars_and_the_table_say_the_same_of_each_year() -> None:
    values = (FacetValue("2024", 3), FacetValue("2023", 12, selected=True))
    chart = year_chart(Facet("year", "年份", values))
    assert chart is not None
    drawn, told = Seen(bars(chart)), Seen(counts_by_year(chart))

    assert drawn.text.split() == ["2023年", "12", "份", "2024年", "3", "份"]
    assert told.text.split() == ["2023", "12", "2024", "3"]
    ticked = ["selected" in (attributes["class"] or "") for tag, attributes in drawn.tags
              if tag == "rect"]  # fmt: skip
    assert ticked == [True, False]


def test_the_contents_lead_to_every_section() -> None:
    first = SectionView("p1-2", "heading", 2, 3, "一、", ODD, (), None, None)
    seen = Seen(outline([first, replace(first, anchor="p1-3", depth=3, heading="")]))

    assert [tag for tag, _ in seen.tags] == ["li", "a", "li", "a"]
    assert [each["href"] for tag, each in seen.tags if tag == "a"] == ["#p1-2", "#p1-3"]
    assert [each["class"] for tag, each in seen.tags if tag == "li"] == ["depth-2", "depth-3"]
    assert seen.text.split() == [f"一、{ODD}", "一、"]


def test_a_template_takes_them_as_they_are() -> None:
    template = Template("{% load answers %}{% steps path %}{% fragments found %}")
    context = Context({"path": ["<i>"], "found": [Fragment("<", match=True)]})

    assert template.render(context) == '<span class="step">&lt;i&gt;</span><mark>&lt;</mark>'
