"""Suggestions while a reader types, as JSON for the search box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.api.views import read_only
from search_indexes.suggest import suggest

MAX_AGE = 30
"""Seconds a browser may keep an answer while somebody types to and fro."""


@read_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """What published documents offer for ``q``: text, kind, its label, number of documents."""
    typed = request.GET.get("q", "")[:200]
    found = suggest(typed)
    answer = JsonResponse(
        {
            "query": typed.encode("utf-8", "replace").decode(),
            "suggestions": [
                {"text": each.text, "kind": each.kind, "label": each.label, "count": each.count}
                for each in found
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = f"private, max-age={MAX_AGE}"
    return answer
