"""The first page: what the portal holds and the ways into it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents import catalogue
from documents.models import Document
from portal.district_map import district_map

NEWEST = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search box, districts, themes and years with their counts, newest documents."""
    published = Document.objects.published()
    districts = catalogue.districts()
    context = {
        "count": published.count(),
        "districts": districts,
        "map": district_map(districts),
        "themes": catalogue.themes(),
        "years": catalogue.years(),
        "newest": published.for_listing().newest()[:NEWEST],
    }
    return render(request, "home/home.html", context)
