"""Finds the articles that texts cite, and in them the paragraph (款) and the item (项) meant.

In a statute the paragraphs of an article are its 款, its entries （一）（二） the 项 (立法法).
A place is given only where exactly one fits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from documents.mentions import Article
from documents.text.numerals import number

Deep = tuple[int, str, int, int]
"""Document, article as 第十二条, paragraph and item counted from 1, 0 for none."""

# By hand, as all that a page asks for which was not rendered before.
_ARTICLES = """
SELECT a.document_id, a.anchor, a.number, a.text, b.anchor, b.number, b.text
 FROM documents_section a LEFT JOIN documents_section b ON b.parent_id = a.id
 WHERE a.document_id IN ({}) AND a.anchor IN ({}) ORDER BY a.id, b."order"
"""


class Place(NamedTuple):
    """A section that may be an article, or stand below one."""

    anchor: str
    number: str
    text: str


def deep_key(document: int, article: Article) -> Deep:
    """What *article* of *document* is looked up by, down to paragraph and item."""
    return document, article.number, article.paragraph, article.item


def named_deep(article: Article) -> str:
    """*article* as one says it: 第十二条第2款第3项."""
    paragraph = f"第{article.paragraph}款" if article.paragraph else ""
    item = f"第{article.item}项" if article.item else ""
    return f"{article.number}{paragraph}{item}"


def deeper_anchors(
    led: Iterable[tuple[int, Article]], at: Mapping[tuple[int, str], tuple[int, str]]
) -> dict[Deep, str]:
    """Anchors of the paragraphs and items that *led* names in the articles of *at*.

    One query, and none when nothing goes below articles.
    """
    wanted = {
        deep_key(document, article): at[document, article.number][1]
        for document, article in led
        if article.deep_end and (document, article.number) in at
    }
    if not wanted:
        return {}
    articles = _articles({key[0] for key in wanted}, set(wanted.values()))
    found = {}
    for key, anchor in wanted.items():
        article = articles.get((key[0], anchor))
        place = place_in(*article, key[2], key[3]) if article else ""
        if place:
            found[key] = place
    return found


def _articles(
    documents: Collection[int], anchors: Collection[str]
) -> dict[tuple[int, str], tuple[Place, list[Place]]]:
    """The sections at *anchors* of *documents*, each with those right below it in order."""
    asked = _ARTICLES.format(*(", ".join(["%s"] * len(some)) for some in (documents, anchors)))
    found: dict[tuple[int, str], tuple[Place, list[Place]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked, [*documents, *anchors])
        for document, anchor, number_, text, *below in cursor.fetchall():
            article = found.setdefault((document, anchor), (Place(anchor, number_, text), []))
            if below[0] is not None:
                article[1].append(Place(*below))
    return found


def place_in(article: Place, below: Sequence[Place], paragraph: int, item: int) -> str:
    """The anchor of an item or paragraph of *article*, whose sections are *below*; else empty.

    What stands behind the items may have become sections without a number: paragraphs are then
    only counted where the article itself has but the first.
    """
    if item:
        fitting = [each.anchor for each in below if _value(each.number) == item]
        return fitting[0] if len(fitting) == 1 else ""
    own = [f"{article.anchor}-t{n}" for n in range(1, _paragraphs(article) + 1)]
    loose = [each for each in below if not each.number]
    if loose and len(own) != 1 and paragraph > 1:
        return ""
    own += [
        f"{each.anchor}-t{n}" if n > 1 else each.anchor
        for each in loose
        for n in range(1, _paragraphs(each) + 1)
    ]
    return own[paragraph - 1] if paragraph <= len(own) else ""


def _value(printed: str) -> int | None:
    return number(printed.strip("（）()、.．是第项")) if printed else None


def _paragraphs(section: Place) -> int:
    return sum(1 for line in section.text.split("\n") if line.strip())
