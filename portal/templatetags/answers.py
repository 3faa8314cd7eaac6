"""Sets what a page of results has by the hundred without asking a template for each."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode

from search_indexes.results import Fragment

register = template.Library()

_CHOICE = (
    '<label class="choice"><input type="checkbox" name="{}" value="{}" form="search-form"{}>'
    ' <span class="choice-name">{}</span>'
    ' <span class="count">{}<span class="visually-hidden"> 份</span></span></label>\n'
)


@register.filter
def parameters(pairs: list[tuple[str, str]]) -> str:
    """Pairs as the query of an address."""
    return urlencode(pairs)


@register.simple_tag
def fragments(pieces: Iterable[Fragment]) -> str:
    """Text with the query's words marked, on one line."""
    marked = (
        format_html("<mark>{}</mark>", each.text) if each.match else each.text for each in pieces
    )
    return format_html_join("", "{}", ((each,) for each in marked))


@register.simple_tag
def steps(path: Iterable[str]) -> str:
    """The headings down to a section; the text itself where there are none."""
    return format_html_join(
        "", '<span class="step">{}</span>', ((each,) for each in path or ["正文"])
    )


@register.simple_tag
def choices(values: Iterable[tuple[str, str, bool]], name: str) -> str:
    """The values of the facet *name* as boxes to tick, each with its count in figures."""
    return format_html_join(
        "",
        _CHOICE,
        (
            (name, value, " checked" if ticked else "", value, count)
            for value, count, ticked in values
        ),
    )
