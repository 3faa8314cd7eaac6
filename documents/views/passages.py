"""One passage of a document: its citation, its short address, and the way to it by its number."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from documents import bookmarks, browser_marks
from documents.addresses import pk_of_short, short_of
from documents.citations import (
    Cited,
    bibtex,
    gb7714,
    official,
    paths_of,
    with_paragraph,
    with_source,
)
from documents.jump import MAX_TYPED, find_sections
from documents.models import Document, FormerSlug
from documents.views.words import WordsForm

_PARAGRAPH = re.compile(r"(.+)-t([1-9]\d{0,4})")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the passage under the anchor of its own, with what it is called."""

    anchor: str
    name: str
    text: str


@require_safe
def cite(request: HttpRequest, slug: str, anchor: str) -> HttpResponse:
    """One passage by itself, with everything a reader does with it, also without JavaScript."""
    document = _readable(request, slug)
    if isinstance(document, HttpResponseRedirect):
        return document
    sections = list(document.sections.order_by("order"))
    held = {section.anchor: section for section in sections}
    owner, number = _split(anchor, held)
    section = held.get(owner)
    paragraphs = [line for line in section.text.split("\n") if line.strip()] if section else []
    if section is None and (former := document.former_anchors.filter(anchor=owner).first()):
        return redirect("cite", slug, former.now_at or sections[0].anchor)
    if section is None or number > len(paragraphs):
        raise Http404
    section.document = document
    path = with_paragraph(paths_of(sections, document.title)[owner], number)
    cited = cited_document(request, document, path, anchor)
    quote = paragraphs[number - 1] if number else "\n".join([section.label, *paragraphs])
    check = request.build_absolute_uri(bookmarks.fingerprint_link(section))
    lines = [
        Line(f"{owner}-t{place}", f"第{place}段", text.replace("\t", " "))
        for place, text in enumerate(paragraphs, start=1)
    ]
    context = {
        "document": document,
        "section": section,
        "anchor": anchor,
        "path": path,
        "number": number,
        "lines": [lines[number - 1]] if number else lines,
        "place": f"{document.get_absolute_url()}#{anchor}",
        "forms": (
            *_forms(cited, quote.replace("\t", " ")),
            ("short", "短链接", request.build_absolute_uri(short_address(document, anchor))),
            ("checked", "引用和核对链接", f"{official(cited)}\n{check}"),
        ),
        "kept": browser_marks.own(request, document).get(owner),
        "form": WordsForm(),
    }
    return render(request, "documents/cite.html", context)


def _forms(cited: Cited, quote: str) -> tuple[tuple[str, str, str], ...]:
    """Name, label and text of the forms that hang on the citation alone."""
    today = timezone.localdate()
    return (
        ("official", "公文写法", official(cited)),
        ("gb7714", "GB/T 7714—2015", gb7714(cited, today)),
        ("bibtex", "BibTeX", bibtex(cited, today)),
        ("quote", "原文和出处", with_source(quote, cited)),
        ("address", "链接", cited.url),
    )


@require_safe
def short(request: HttpRequest, key: str, anchor: str = "") -> HttpResponse:
    """From the short address to the passage; temporary, because a document's address may change."""
    pk = pk_of_short(key)
    document = get_object_or_404(Document.objects.all(), pk=pk)
    if not document.is_withdrawn and not _may_see(request, document):
        raise Http404
    return redirect(f"{document.get_absolute_url()}#{anchor}" if anchor else document)


@require_safe
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """To the section that ``to`` names by number or heading; several give a choice."""
    document = _readable(request, slug)
    if isinstance(document, HttpResponseRedirect):
        return document
    typed = request.GET.get("to", "").replace("\0", "")[:MAX_TYPED].strip()
    sections = list(document.sections.order_by("order"))
    found = find_sections(typed, sections) if typed else ()
    if len(found) == 1:
        return redirect(f"{document.get_absolute_url()}#{found[0].anchor}")
    paths = paths_of(sections, document.title)
    labels = {section.anchor: section.label for section in sections}
    choices = [(each.anchor, paths[each.anchor], labels[each.anchor]) for each in found]
    context = {"document": document, "typed": typed, "choices": choices}
    return render(request, "documents/jump.html", context, status=200 if choices else 404)


def cited_document(
    request: HttpRequest,
    document: Document,
    path: str = "",
    anchor: str = "",
    issuers: Sequence[str] | None = None,
) -> Cited:
    """*document* as something to cite, with the passage named by *path* and *anchor*.

    Its *issuers* are asked for where they are not given.
    """
    address = request.build_absolute_uri(document.get_absolute_url())
    return Cited(
        title=document.title,
        url=f"{address}#{anchor}" if anchor else address,
        key=document.slug,
        issuers=document.issuer_names if issuers is None else tuple(issuers),
        ref_no=document.ref_no,
        written=document.written_date,
        path=path,
    )


def short_address(document: Document, anchor: str = "") -> str:
    """The short address of a document or of one passage of it."""
    key = short_of(document.pk)
    return reverse("short-passage", args=[key, anchor]) if anchor else reverse("short", args=[key])


def _split(anchor: str, held: Container[str]) -> tuple[str, int]:
    """The section's anchor and the paragraph's number; 0 for the section itself."""
    match = _PARAGRAPH.fullmatch(anchor)
    if match is None or anchor in held:
        return anchor, 0
    return match.group(1), int(match.group(2))


def _readable(request: HttpRequest, slug: str) -> Document | HttpResponseRedirect:
    """The document, or the redirect from an address it had before; 404 when it is not open."""
    document = Document.objects.for_listing().filter(slug=slug).first()
    if document is None:
        former = get_object_or_404(FormerSlug.objects.select_related("document"), slug=slug)
        if not _may_see(request, former.document):
            raise Http404
        moved = request.get_full_path().replace(f"/{slug}/", f"/{former.document.slug}/", 1)
        return HttpResponseRedirect(moved)
    if not _may_see(request, document):
        raise Http404
    return document


def _may_see(request: HttpRequest, document: Document) -> bool:
    return document.is_published or (
        request.user.is_active and request.user.has_perm("documents.change_document")
    )
