"""Marks in a text what a query asked for; the template makes the markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from django import template
from django.utils.functional import SimpleLazyObject

from documents.page_values import DocumentPage
from documents.places import Place
from portal.typeset import Link, Run, Typeset, typeset
from search_indexes import excerpt, terms
from search_indexes.analysis import cutting
from search_indexes.query import parse_query
from search_indexes.results import Fragment

register = template.Library()


@register.simple_tag
def pieces(text: str, query: str) -> tuple[Fragment, ...]:
    """*text* cut where the words of *query* begin and end; one piece without a query."""
    return excerpt.marked(text, _wanted(query)) if query else (Fragment(text),)


@register.inclusion_tag("_fragments.html")
def marked(text: str, query: str) -> dict[str, tuple[Fragment, ...]]:
    """*text* with the words of *query* marked; a line end follows it, so put it last."""
    return {"fragments": pieces(text, query)}


@register.simple_tag
def set_text(
    title: str,
    page: DocumentPage,
    query: str,
    citations: Mapping[Place, Sequence[Any]] | str,
    current: str,
) -> Typeset:
    """The texts of *page* with hits numbered and citations linked; *current* as in the address.

    They are set when a template first asks for one of them.
    """
    number = int(current) if current.isascii() and current.isdigit() and len(current) < 7 else 0

    def make() -> Typeset:
        links = {
            place: [Link(each.start, each.end, each.url, each.title) for each in found]
            for place, found in (citations or {}).items()  # type: ignore[union-attr]
        }
        return typeset(title, page, _wanted(query) if query else (), links, number)

    return cast("Typeset", SimpleLazyObject(make))


@register.simple_tag
def runs(typeset: Typeset | str, anchor: str, number: int) -> tuple[Run, ...]:
    """The runs of one text of the page; none where the plain text is all there is."""
    return typeset.runs_at((anchor, number)) if isinstance(typeset, Typeset) else ()


def _wanted(query: str) -> tuple[excerpt.Pattern, ...]:
    """What to mark, cut as the index that found the page cuts: marks and hits agree."""
    return _cut(query, terms.in_use())


@lru_cache(maxsize=64)
def _cut(query: str, known: tuple[str, ...]) -> tuple[excerpt.Pattern, ...]:
    """A page asks for one query hundreds of times."""
    with cutting(known):
        return excerpt.patterns(parse_query(query))
