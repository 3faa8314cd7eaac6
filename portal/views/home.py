"""The first page: what the portal holds and the ways into it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from documents import catalogue
from documents.models import Document
from portal.district_map import district_map

NEWEST = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search box, districts, themes and years with their counts, newest documents."""
    published = Document.objects.published()
    # Counted when the template first asks: it is rendered once for everybody but editors.
    districts = SimpleLazyObject(catalogue.districts)
    context = {
        "alike": not request.user.has_perm("documents.add_document"),
        "count": SimpleLazyObject(published.count),
        "districts": districts,
        "map": SimpleLazyObject(lambda: district_map(tuple(districts))),
        "themes": SimpleLazyObject(catalogue.themes),
        "years": SimpleLazyObject(catalogue.years),
        "newest": published.for_listing().newest()[:NEWEST],
    }
    return render(request, "home/home.html", context)
