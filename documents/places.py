"""Names the place of every text on a document's page, for what is marked or linked in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from documents.page_values import DocumentPage

Place = tuple[str, int]
"""Where a text stands: the anchor (or ``title``, ``notes`` …) and its number there; 0 heads it."""


class Text(NamedTuple):
    """One text of the page with its place and what its section is called."""

    place: Place
    label: str
    text: str


def texts_of(title: str, page: DocumentPage) -> Iterator[Text]:
    """Every text of the page in reading order, with the place by which a template asks for it."""
    yield Text(("title", 0), "标题", title)
    for number, part in enumerate(page.parts, start=1):
        for order, section in enumerate(part.sections):
            anchor, called = section.anchor, section.called
            if not section.hidden:
                yield Text((anchor, 0), called, section.heading)
            if order == 0:
                for count, element in enumerate(part.opening, start=1):
                    yield Text((f"opening-{number}", count), "主送", element.text)
            for count, paragraph in enumerate(section.paragraphs, start=1):
                if "\t" in paragraph:
                    yield from _row(anchor, count, called, paragraph)
                else:
                    yield Text((anchor, count), called, paragraph)
        for count, element in enumerate(part.closing, start=1):
            yield Text((f"closing-{number}", count), "落款和版记", element.text)
    for count, note in enumerate(page.footnotes, start=1):
        yield Text(("notes", count), "注释", note.text)


def _row(anchor: str, number: int, label: str, text: str) -> Iterator[Text]:
    """Each cell of a table's row under a place of its own."""
    for cell, words in enumerate(text.split("\t"), start=1):
        yield Text((f"{anchor}-t{number}", cell), label, words)
