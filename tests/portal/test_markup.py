"""Nothing that was typed or uploaded becomes markup on the way through the quick door."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from hypothesis import given
from hypothesis import strategies as st

from portal.markup import filled, joined

TEXTS = st.text(alphabet="<>&\"'{}%\\ 甲a\0\n", max_size=12)


@given(TEXTS, TEXTS)
def test_a_filled_form_reads_as_django_would_fill_it(first: str, second: str) -> None:
    form = '<a href="{}">{}</a>'

    assert filled(form, first, second) == format_html(form, first, second)
    inner = filled("<b>{}</b>", first)
    assert filled("<p>{}{}</p>", inner, second) == format_html("<p>{}{}</p>", inner, second)


@given(st.lists(TEXTS))
def test_joined_texts_are_escaped_and_markup_stays(texts: list[str]) -> None:
    pieces = [filled("<i>{}</i>", text) if n % 2 else text for n, text in enumerate(texts)]

    assert joined(pieces) == format_html_join("", "{}", ((each,) for each in pieces))
    assert joined([joined(pieces)]) == joined(pieces)
