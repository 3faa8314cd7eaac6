"""How to search: the language explained with counted examples, and the form that writes it."""

from __future__ import annotations

from collections.abc import Hashable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from documents import catalogue
from documents.standing import STATES
from documents.text import DOCUMENT_TYPES
from search_indexes.advanced import PERIODS, parameters_of
from search_indexes.examples import examples
from search_indexes.query import MAX_CHARACTERS
from search_indexes.query_sets import SearchUnavailable, indexed

BOXES = (
    ("all", "都要有", "词与词用空格隔开，都在同一节里"),
    ("exact", "原样的一句", "一字不差，标点、空格不算"),
    ("any", "有一个就可以", "词与词用空格隔开"),
    ("none", "不要有", "词与词用空格隔开，有一个就不要"),
    ("title", "标题里有", ""),
    ("issuer", "发文机关", "全称、简称或其中的字"),
    ("number", "文号", "可以不写全"),
)
"""The boxes of the form: name, label, and what to know."""


@require_safe
def search_help(request: HttpRequest) -> HttpResponse:
    """The rules with examples; they are counted once for every commit of the index."""
    context = {
        "identity": _identity(),
        "groups": SimpleLazyObject(examples),
        "most": MAX_CHARACTERS,
    }
    return render(request, "search/help.html", context)


def _identity() -> Hashable | None:
    """What the counts hang on beside what is published; without an index nothing is kept."""
    try:
        return indexed()
    except SearchUnavailable:
        return None


@require_safe
def advanced(request: HttpRequest) -> HttpResponse:
    """The form; sent (``go``), it leads to the search for the query it makes."""
    if "go" in request.GET:
        asked = parameters_of(request.GET.dict(), localdate())
        return redirect(f"{reverse('search')}?{urlencode(asked)}" if asked else reverse("search"))
    typed = request.GET.get("all", "")[:MAX_CHARACTERS]
    context = {
        "boxes": [
            (name, label, note, typed if name == "all" else "") for name, label, note in BOXES
        ],
        "periods": PERIODS.items(),
        "kinds": DOCUMENT_TYPES,
        "states": STATES,
        "districts": SimpleLazyObject(catalogue.districts),
        "themes": SimpleLazyObject(catalogue.themes),
        "most": MAX_CHARACTERS,
    }
    return render(request, "search/advanced.html", context)
