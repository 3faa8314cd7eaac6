"""What a page of results has by the hundred is set without a template; nothing becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

from django.template import Context, Template

from portal.templatetags.answers import choices, fragments, steps
from search_indexes.results import Fragment

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


def test_a_template_takes_them_as_they_are() -> None:
    template = Template("{% load answers %}{% steps path %}{% fragments found %}")
    context = Context({"path": ["<i>"], "found": [Fragment("<", match=True)]})

    assert template.render(context) == '<span class="step">&lt;i&gt;</span><mark>&lt;</mark>'
