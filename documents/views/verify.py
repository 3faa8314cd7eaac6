"""Says whether a copied citation still reads as it did."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from documents.models import Document, FormerSlug, Section

FINGERPRINT = re.compile(r"[0-9a-f]{12,64}")


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """一致 when the section has the fingerprint in the address, otherwise 已变动 and where it is.

    Takes ``d`` (the document's slug), ``a`` (anchor) and ``f`` (at least 12 hex digits of the
    fingerprint); see documents.bookmarks.fingerprint_link.
    """
    fingerprint = request.GET.get("f", "").lower()
    if not FINGERPRINT.fullmatch(fingerprint):
        message = "这个核对链接不完整，请重新复制。"
        return render(request, "400.html", {"message": message}, status=400)
    document = _document(request.GET.get("d", "")[:120].replace("\0", ""))
    anchor = request.GET.get("a", "")[:100].replace("\0", "")
    section = document.sections.filter(anchor=anchor).first()
    same = section is not None and section.fingerprint.startswith(fingerprint)
    elsewhere: list[Section] = []
    if not same:
        elsewhere = list(document.sections.filter(fingerprint__startswith=fingerprint)[:5])
    former = None if section else document.former_anchors.filter(anchor=anchor).first()
    context = {
        "document": document,
        "section": section,
        "same": same,
        "elsewhere": elsewhere,
        "nearest": former and document.sections.filter(anchor=former.now_at).first(),
    }
    return render(request, "bookmarks/verify.html", context)


def _document(slug: str) -> Document:
    former = FormerSlug.objects.filter(slug=slug).select_related("document").first()
    rows = Document.objects.published()
    return (
        get_object_or_404(rows, pk=former.document_id)
        if former
        else get_object_or_404(rows, slug=slug)
    )
