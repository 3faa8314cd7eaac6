"""Sets what a page of results has by the hundred without asking a template for each."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.http import urlencode

from portal.markup import filled, joined
from portal.year_chart import YearChart
from search_indexes.results import Fragment, SectionHit

register = template.Library()

_PLACE = """
          <li>
            <a class="hit-path"
               href="{}#{}">{}</a>
            {}
            {}
          </li>
        """
_EXCERPT = """
              <p class="excerpt">{}</p>
            """
_REASONS = """
              <ul class="reasons">
                {}
              </ul>
            """
_BAR = """
      <rect class="year-bar{}" x="{}" y="{}" width="{}" height="{}"><title>{}年 {} 份</title></rect>
    """
_YEAR = """
          <tr>
            <th scope="row">{}</th>
            <td>{}</td>
          </tr>
        """
_CHOICE = (
    '<label class="choice"><input type="checkbox" name="{0}" value="{1}" form="search-form"{2}>'
    ' <span class="choice-name">{1}</span>'
    ' <span class="count">{3}<span class="visually-hidden"> 份</span></span></label>\n'
)


@register.filter
def parameters(pairs: list[tuple[str, str]]) -> str:
    """Pairs as the query of an address."""
    return urlencode(pairs)


@register.simple_tag
def fragments(pieces: Iterable[Fragment]) -> str:
    """Text with the query's words marked, on one line."""
    return joined(
        [filled("<mark>{}</mark>", each.text) if each.match else each.text for each in pieces]
    )


@register.simple_tag
def steps(path: Iterable[str]) -> str:
    """The headings down to a section; the text itself where there are none."""
    return joined([filled('<span class="step">{}</span>', each) for each in path or ["正文"]])


@register.simple_tag
def places(sections: Iterable[SectionHit], page: str) -> str:
    """Where a document answers: its best *sections*, each with its way, its text and reasons.

    *page* is the document's address with the query.
    """
    return joined([_place(each, page) for each in sections])


def _place(section: SectionHit, page: str) -> str:
    text = filled(_EXCERPT, fragments(section.excerpt)) if section.excerpt else ""
    why = joined([filled("<li>{}</li>", each) for each in section.reasons])
    return filled(
        _PLACE,
        page,
        section.anchor,
        steps(section.path),
        text,
        filled(_REASONS, why) if why else "",
    )


@register.simple_tag
def bars(chart: YearChart) -> str:
    """A bar for each year of the *chart*."""
    width = str(chart.bar_width)
    return joined(
        [
            filled(_BAR, " year-bar-selected" if ticked else "", x, y, width, height, year, count)
            for year, count, x, y, height, ticked in chart.drawn
        ]
    )


@register.simple_tag
def counts_by_year(chart: YearChart) -> str:
    """A row of a table for each year of the *chart*."""
    return joined([filled(_YEAR, year, count) for year, count, *_ in chart.drawn])


@register.simple_tag
def choices(values: Iterable[tuple[str, str, bool]], name: str) -> str:
    """The values of the facet *name* as boxes to tick, each with its count in figures."""
    return joined(
        [
            filled(_CHOICE, name, value, " checked" if ticked else "", count)
            for value, count, ticked in values
        ]
    )
