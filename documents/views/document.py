"""The page of one document, and its original files."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar, cast

from django.contrib.auth.models import AnonymousUser, User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from documents import storage
from documents.citations import official
from documents.extraction import ExtractionError
from documents.likeness import label_of, like_sections
from documents.models import Document, FormerSlug, SourceFile
from documents.opened import document_at, has_versions
from documents.original_pages import original_page
from documents.own_marks import Own, own_marks
from documents.page import arrange
from documents.page_images import page_image
from documents.page_rows import PageRows, rows_of
from documents.page_values import DocumentPage
from documents.places import Text, texts_of
from documents.references import References, references_of
from documents.terms import terms_of
from documents.versions import current_files
from documents.views.passages import cited_document

T = TypeVar("T")

MAX_QUERY = 500
MOST_LIKE = 6

SHOWN_INLINE = {"pdf": "application/pdf", "txt": "text/plain"}
"""Formats a browser shows by itself without running anything of ours; others are downloads."""

FILE_POLICY = "default-src 'none'; sandbox"
# Safari shows nothing in a sandbox, and viewers set styles of their own. The type is
# pinned and never sniffed, so that the bytes cannot become a page of this site.
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The document's page; 410 when it was withdrawn, a redirect from a former address."""
    document = document_at(slug)
    if document is None:
        return _moved(request, slug)
    if (closed := _closed(request, document)) is not None:
        return closed
    own = own_marks(request, document)
    query = request.GET.get("q", "").replace("\0", "")[:MAX_QUERY]
    hit, original = request.GET.get("hit", ""), request.GET.get("original", "")
    address = request.build_absolute_uri(document.get_absolute_url())
    context = {
        "document": document,
        "address": address,
        # What every reader sees alike of a published document is rendered once; see portal's
        # `keep` tag. The document's row was read before what else is published is looked at.
        "identity": _identity(document, address) if document.is_published else None,
        "own_words": bool(own.words),
        "plain": not (own or query or hit or original),
        "hit": hit,
        "query_text": query,
        **_asked_for(request, document, own, original),
    }
    return render(request, "documents/document.html", context)


def _identity(document: Document, address: str) -> tuple[object, ...]:
    return document.pk, document.version_hash, document.updated_at, address


def _asked_for(
    request: HttpRequest, document: Document, own: Own, original: str
) -> dict[str, object]:
    """What the page shows of the document, each read when the template first asks for it."""
    rows = _later(lambda: rows_of(document.pk))
    page = _later(lambda: arrange(document, rows, own.sections, own.words))
    versions = _later(
        lambda: list(document.versions.defer("content")) if has_versions(document) else []
    )
    files = _later(lambda: current_files(rows.files, versions))
    texts = _later(lambda: list(texts_of("", page)))
    references = _later(lambda: _references(document, rows, page, texts))
    return {
        "page": page,
        "files": files,
        "versions": versions,
        "paged_file": _later(
            lambda: next((file.pk for file in files if file.format == "pdf"), None)
        ),
        "original": original_page(original, files, page) if original else None,
        "source": _later(lambda: official(cited_document(request, document, issuers=rows.issuers))),
        "citations": _later(lambda: references.links),
        "cited_by": _later(lambda: references.cited_by),
        "related": _later(lambda: references.related),
        "terms": _later(lambda: terms_of(_passages(page, texts))),
        "cited_articles": _later(lambda: references.cited_articles),
        "more_cite": _later(lambda: references.more_cite),
        "likes": _later(lambda: like_sections(document, rows.themes, _labels(page), MOST_LIKE)),
    }


def _later(make: Callable[[], T]) -> T:
    """What *make* gives, made when it is first looked at; a kept page never looks."""
    return cast("T", SimpleLazyObject(make))


def _labels(page: DocumentPage) -> dict[str, str]:
    """What a list calls each section, by anchor."""
    return {
        each.anchor: label_of(each.number, each.heading, "\n".join(each.paragraphs))
        for part in page.parts
        for each in part.sections
    }


def _passages(page: DocumentPage, texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    """What stands in sections, with their anchors: neither the title nor the notes."""
    anchors = {section.anchor for part in page.parts for section in part.sections}
    for text in texts:
        if text.place[0] in anchors:
            yield text.place[0], text.text


def _references(
    document: Document, rows: PageRows, page: DocumentPage, texts: Iterable[Text]
) -> References:
    sections = [section for part in page.parts for section in part.sections]
    parts = [(each.anchor, each.heading) for each in sections if each.depth == 1]
    numbered: dict[str, list[tuple[int, str]]] = {}
    for order, each in enumerate(sections):
        numbered.setdefault(each.number, []).append((order, each.anchor))
    cited_in = ((text.place, text.text) for text in texts)
    return references_of(document, cited_in, parts, rows.issuers, numbered)


@require_safe
@xframe_options_sameorigin
def file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """An original as it came in; shown in the browser when it is a PDF or plain text."""
    source = get_object_or_404(SourceFile.objects.select_related("document"), pk=pk)
    document = source.document
    if document.slug != slug:
        former = FormerSlug.objects.filter(slug=slug, document=document).exists()
        if not former or not _may_see(request.user, document):
            raise Http404
        return redirect("document-file", slug=document.slug, pk=pk, permanent=True)
    if (closed := _closed(request, document)) is not None:
        return closed
    try:
        opened = storage.open_file(source.sha256)
    except storage.MissingFile:
        return render(request, "documents/file_missing.html", {"document": document}, status=404)
    return _answer(source, opened)


@require_safe
def page_picture(request: HttpRequest, slug: str, pk: int, page: int) -> HttpResponseBase:
    """One page of a PDF original as a picture, for whoever may open the original itself."""
    source = get_object_or_404(
        SourceFile.objects.select_related("document"), pk=pk, document__slug=slug, format="pdf"
    )
    if (closed := _closed(request, source.document)) is not None:
        return closed
    try:
        picture = page_image(source, page).open("rb")
    except (storage.MissingFile, ExtractionError, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(picture, content_type="image/png")


def _answer(source: SourceFile, opened: BinaryIO) -> FileResponse:
    kind = SHOWN_INLINE.get(source.format)
    response = FileResponse(
        opened,
        as_attachment=kind is None,
        filename=source.name,
        content_type=kind or "application/octet-stream",
    )
    if kind == "text/plain":
        response["Content-Type"] = f"text/plain; charset={_charset(opened)}"
    pdf = kind == "application/pdf"
    response["Content-Security-Policy"] = PDF_POLICY if pdf else FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _charset(opened: BinaryIO) -> str:
    """UTF-8 when the file's beginning is that, otherwise the national standard encoding."""
    start = opened.read(1 << 16)
    opened.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    former = get_object_or_404(FormerSlug.objects.select_related("document"), slug=slug)
    if not former.document.is_withdrawn and not _may_see(request.user, former.document):
        raise Http404
    address = former.document.get_absolute_url()
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def _closed(request: HttpRequest, document: Document) -> HttpResponse | None:
    """What a reader gets instead of a document that is not open to them."""
    if _may_see(request.user, document):
        return None
    if document.is_withdrawn:
        return render(request, "documents/withdrawn.html", {"document": document}, status=410)
    raise Http404


def _may_see(user: User | AnonymousUser, document: Document) -> bool:
    return document.is_published or (user.is_active and user.has_perm("documents.change_document"))
