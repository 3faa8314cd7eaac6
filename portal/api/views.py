"""The API's answers: the same search and documents as the pages, as JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from documents.models import Document, FormerSlug, Section
from portal.api.description import description
from portal.api.problems import problem
from search_indexes.finder import NoSuchPage, find
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.query_sets import SearchUnavailable
from search_indexes.serialise import page_as_json

log = logging.getLogger(__name__)

RETRY_SECONDS = 30

View = Callable[..., HttpResponse]


def read_only(view: View) -> View:
    """Refuses other methods than GET and HEAD in the API's own form."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        answer = problem(HTTPStatus.METHOD_NOT_ALLOWED, "这个地址只能读取（GET 或 HEAD）。")
        answer["Allow"] = "GET, HEAD"
        return answer

    return checked


@read_only
def root(request: HttpRequest) -> HttpResponse:
    """What can be asked here."""
    document = reverse("api-document", args=["SLUG"]).replace("SLUG", "{slug}")
    return _json(
        {
            "search": reverse("api-search"),
            "suggest": reverse("api-suggest"),
            "document": document,
            "description": reverse("api-openapi"),
        }
    )


@read_only
def openapi(request: HttpRequest) -> HttpResponse:
    """The API's own description, OpenAPI 3.1."""
    return _json(description())


@read_only
def search(request: HttpRequest) -> HttpResponse:
    """The answer to the parameters of the search page, and page_size (at most 100)."""
    try:
        asked = request_from_parameters(request.GET, strict=True)
        return _json(page_as_json(find(asked)))
    except BadRequestParameter as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.parameter)
    except NoSuchPage as error:
        return problem(HTTPStatus.NOT_FOUND, str(error), pages=error.pages)
    except SearchUnavailable:
        log.exception("The search failed.")
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, "检索暂时不可用，请稍后再试。")
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer


@read_only
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """A published document: its record and its sections in reading order."""
    found = Document.objects.for_listing().filter(slug=slug).first()
    if found is None:
        moved = FormerSlug.objects.filter(slug=slug).select_related("document").first()
        # Whether a draft had this address is nobody's business.
        if moved and (moved.document.is_published or moved.document.is_withdrawn):
            return redirect("api-document", slug=moved.document.slug, permanent=True)
    elif found.is_published:
        return _json(_document(found))
    elif found.is_withdrawn:
        return problem(HTTPStatus.GONE, "这份文件已撤下。")
    return problem(HTTPStatus.NOT_FOUND, "没有这个地址的文件。")


@read_only
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """Any other address below the API's root."""
    return problem(HTTPStatus.NOT_FOUND, "没有这个地址；可用的地址见 /api/v1/。")


def _document(found: Document) -> dict[str, Any]:
    url = found.get_absolute_url()
    sections = found.sections.order_by("order").prefetch_related("themes").defer("fingerprint")
    return {
        "id": found.public_id,
        "url": url,
        "version": found.version_hash,
        "metadata": _record(found),
        "sections": [_section(section, url) for section in sections],
        "footnotes": [{"mark": note.mark, "text": note.text} for note in found.footnotes.all()],
    }


def _record(found: Document) -> dict[str, Any]:
    numbered = found.ref_code and found.ref_year is not None and found.ref_serial is not None
    ref = {"code": found.ref_code, "year": found.ref_year, "serial": found.ref_serial}
    return {
        "title": found.title,
        "other_names": [each.name for each in found.other_names.all()],
        "issuers": list(found.issuer_names),
        "ref_no": found.ref_no or None,
        "ref": ref if numbered else None,
        "written_date": found.written_date.isoformat() if found.written_date else None,
        "printed_date": found.printed_date.isoformat() if found.printed_date else None,
        "district": found.district.name if found.district else None,
        "document_type": found.document_type or None,
        "content_type": found.content_type or None,
        "recipients": found.recipients or None,
        "cc": found.cc or None,
        "disclosure": found.disclosure or None,
    }


def _section(section: Section, url: str) -> dict[str, Any]:
    return {
        "anchor": section.anchor,
        "url": f"{url}#{section.anchor}",
        "level": section.level,
        "kind": section.kind,
        "number": section.number or None,
        "heading": section.heading or None,
        "text": section.text,
        "page": section.page,
        "themes": [theme.name for theme in section.themes.all()],
    }


def _json(data: dict[str, Any]) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})
