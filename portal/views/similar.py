"""The page of documents that resemble one."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from documents.models import Document
from search_indexes.query_sets import SearchUnavailable
from search_indexes.similar import similar_to

log = logging.getLogger(__name__)


@require_safe
def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """A few published documents like the one at *slug*, each with the ground it is there for."""
    document = get_object_or_404(Document.objects.for_listing().published(), slug=slug)
    context: dict[str, object] = {"document": document}
    try:
        context["similar"] = similar_to(document)
    except SearchUnavailable:
        log.exception("The search failed; similar documents were not shown.")
        context["unavailable"] = True
    status = 503 if "unavailable" in context else 200
    return render(request, "documents/similar.html", context, status=status)
