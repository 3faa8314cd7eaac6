"""What editors may want to bring in: documents that are cited and not held."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents.missing import missing

MOST = 200


@require_safe
@login_required
@permission_required("documents.change_document", raise_exception=True)
def missing_documents(request: HttpRequest) -> HttpResponse:
    """Names that published documents cite most and none of them bears."""
    return render(request, "desk/missing.html", {"rows": missing(MOST), "most": MOST})
