"""Sets what a page of results has by the hundred without asking a template for each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from search_indexes.results import Fragment

register = template.Library()


@register.simple_tag
def fragments(pieces: Iterable[Fragment]) -> SafeString:
    """Text with the query's words marked, on one line."""
    return _safe(
        f"<mark>{escape(each.text)}</mark>" if each.match else escape(each.text) for each in pieces
    )


@register.simple_tag
def steps(path: Iterable[str]) -> SafeString:
    """The headings down to a section; the text itself where there are none."""
    return _safe(f'<span class="step">{escape(each)}</span>' for each in path or ["正文"])


@register.simple_tag
def choices(values: Iterable[tuple[str, str, bool]], name: str) -> SafeString:
    """The values of the facet *name* as boxes to tick, each with its count in figures."""
    of = escape(name)
    return _safe(_choice(of, *each) for each in values)


def _choice(name: str, value: str, count: str, ticked: bool) -> str:
    shown, checked = escape(value), " checked" if ticked else ""
    return (
        f'<label class="choice"><input type="checkbox" name="{name}" value="{shown}"'
        f' form="search-form"{checked}> <span class="choice-name">{shown}</span>'
        f' <span class="count">{count}<span class="visually-hidden"> 份</span></span></label>\n'
    )


def _safe(markup: Iterable[str]) -> SafeString:
    """Every text in *markup* has been escaped here."""
    return mark_safe("".join(markup))  # noqa: S308 # nosec B308 B703
