"""The review page: what was read beside the source, corrected, published, withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from documents import history, loading, publishing, revisions, storage
from documents.checklist import checklist
from documents.document_themes import themes_of_document
from documents.duplicates import twins_of
from documents.forms import ACTIONS, OutlineForm, RecordForm, SectionForm, VersionForm
from documents.journal import CHANGE, DELETION, note
from documents.models import Document, Proposal, Section, SourceFile
from documents.other_names import proposed
from documents.provenance import provenance_of
from documents.review import (
    ReviewRefused,
    correct_record,
    correct_section,
    discard,
    set_validity,
)
from documents.section_edits import EditRefused
from documents.section_writing import edit_sections
from documents.source_view import SourceText, warnings_of
from documents.standing import offers_of, suggestions_for
from documents.text import SectionKind
from documents.views.requests import EditorRequest

KINDS = {
    SectionKind.HEADING: "标题",
    SectionKind.LEAD: "段首句",
    SectionKind.ITEM: "列举项",
}

may_change = permission_required("documents.change_document", raise_exception=True)


@login_required
@may_change
def review(request: EditorRequest, slug: str) -> HttpResponse:
    """The record form, the section tree and the source; POST corrects the record."""
    document = _document(request, slug)
    form = RecordForm(
        _posted(request), initial=RecordForm.initial_of(document), proposed=proposed(document)
    )
    if request.method == "POST" and form.is_valid():
        corrected = correct_record(document, form.correction())
        if form.changed_data:
            names = "、".join(str(form.fields[name].label) for name in form.changed_data)
            note(request.user, document, CHANGE, f"改正了著录信息：{names}")
        messages.success(request, "著录信息已保存。")
        return redirect("review", corrected.slug)
    return render(
        request,
        "desk/review.html",
        {"document": document, "form": form, **_beside(document, form)},
        status=400 if form.errors else 200,
    )


@login_required
@may_change
def review_section(request: EditorRequest, slug: str, anchor: str) -> HttpResponse:
    """One section to correct."""
    section = _section(request, slug, anchor)
    form = SectionForm(_posted(request), initial=SectionForm.initial_of(section))
    if request.method == "POST" and form.is_valid():
        corrected = correct_section(section, form.correction())
        note(request.user, section.document, CHANGE, f"改正了章节 {section.label}")
        messages.success(request, "章节已保存。")
        return _to_section(section.document, corrected.anchor)
    return render(
        request,
        "desk/section.html",
        {
            "document": section.document,
            "section": section,
            "form": form,
            "paragraphs": section.text.split("\n"),
            "kinds": [(kind, KINDS[kind]) for kind in KINDS],
            "theme_places": section.theme_places.select_related("theme"),
        },
        status=400 if form.errors else 200,
    )


@login_required
@may_change
@require_POST
def edit_outline(request: EditorRequest, slug: str, anchor: str) -> HttpResponse:
    """Merges, splits or moves a section, or begins a part with it."""
    section = _section(request, slug, anchor)
    form = OutlineForm(request.POST)
    if not form.is_valid():
        messages.error(request, "".join(map(str, form.non_field_errors())) or "没有这样的改动。")
        return _to_section(section.document, anchor)
    what = ACTIONS[form.cleaned_data["action"]]
    try:
        landed = edit_sections(section.document, form.edit(anchor), what, anchor)
    except EditRefused as refusal:
        messages.error(request, str(refusal))
        return _to_section(section.document, anchor)
    note(request.user, section.document, CHANGE, f"{what}：{section.label}")
    messages.success(request, f"已{what}。")
    return _to_section(section.document, landed)


@login_required
@may_change
@require_POST
def publish(request: EditorRequest, slug: str) -> HttpResponse:
    """Lets readers see the document."""
    document = _document(request, slug)
    first = document.published_at is None
    if first and "twins_checked" not in request.POST and any(t.grave for t in twins_of(document)):
        messages.error(request, "库中有相同的文件。请先核对下面列出的文件，再勾选确认。")
        return redirect("review", slug)
    try:
        document = publishing.publish(document)
    except publishing.PublishingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("review", slug)
    history.record("发布", document)
    note(request.user, document, CHANGE, "发布")
    messages.success(request, "已发布，现在可以检索到。")
    if any(offer.targets for offer in offers_of(document)):
        messages.info(request, "它废止了库中的文件。请到核对页“废止的文件”一栏决定是否标为已废止。")
    return redirect(document)


@login_required
@may_change
@require_POST
def validity(request: EditorRequest, slug: str) -> HttpResponse:
    """Takes over a state for which a text held here gives reason, and nothing else.

    Takes ``validity`` and ``by`` (the slug of the document that says so, or empty); leads back
    to that document's review if ``back`` is given.
    """
    document = _document(request, slug)
    wanted, by = request.POST.get("validity", ""), request.POST.get("by", "")
    for suggestion in suggestions_for(document, localdate()):
        says = suggestion.by.slug if suggestion.by else ""
        if (suggestion.validity, says) == (wanted, by):
            set_validity(document, suggestion)
            label = suggestion.validity.label
            note(request.user, document, CHANGE, f"有效性改为{label}：{suggestion.basis}")
            messages.success(request, f"《{document.title}》已标为{label}。")
            break
    else:
        messages.error(request, "没有改动：依据已经不在，或已经这样标明。请看核对页上现在的情况。")
    return redirect("review", by if by and "back" in request.POST else slug)


@login_required
@may_change
@require_POST
def withdraw(request: EditorRequest, slug: str) -> HttpResponse:
    """Takes the document away from readers."""
    document = _document(request, slug)
    try:
        document = publishing.withdraw(document)
    except publishing.PublishingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        history.record("撤下", document)
        note(request.user, document, CHANGE, "撤下")
        messages.success(request, "已撤下。读者打开它的地址会看到“已撤下”。")
    return redirect("review", slug)


@login_required
@permission_required("documents.delete_document", raise_exception=True)
@require_POST
def discard_draft(request: EditorRequest, slug: str) -> HttpResponse:
    """Deletes a draft that never was published."""
    document = _document(request, slug)
    title = document.title
    try:
        with transaction.atomic():
            note(request.user, document, DELETION, f"删除草稿《{title}》")
            discard(document)
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("review", slug)
    messages.success(request, f"草稿《{title}》已删除。")
    return redirect("upload")


def _beside(document: Document, form: RecordForm) -> dict[str, object]:
    """What the page shows around the form: the source, the outline, checks, twins, history."""
    file = document.files.first()
    source = SourceText(_text_of(file) if file else "")
    known = provenance_of(document, source) if file else {}
    twins = twins_of(document)
    return {
        "fields": [(field, known.get(field.name)) for field in form],
        "sections": document.sections.order_by("order"),
        "file": file,
        "pages": source.pages(place for found in known.values() for place in found.places),
        "elements": document.elements.all(),
        "footnotes": document.footnotes.all(),
        "themes": themes_of_document(document),
        "warnings": warnings_of(document, source),
        "checklist": checklist(document),
        "twins": twins,
        "suggestions": suggestions_for(document, localdate()),
        "offers": offers_of(document),
        "ask": any(twin.grave for twin in twins) and document.published_at is None,
        "history": history.latest(document),
        "proposal": Proposal.objects.filter(document=document).first(),
        "version_form": VersionForm(),
        "revisions": revisions.under_way(document),
    }


def _text_of(file: SourceFile) -> str:
    """The original's text; of an imported record it is read from the original itself."""
    if file.format != loading.FORMAT:
        return file.text
    try:
        with storage.open_file(file.sha256) as kept:
            return loading.text_of_record(kept.read())
    except storage.MissingFile:
        return ""


def _posted(request: EditorRequest) -> QueryDict | None:
    """What was sent, an empty form too; nothing when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def _document(request: EditorRequest, slug: str) -> Document:
    return get_object_or_404(Document.objects.visible_to(request.user).for_listing(), slug=slug)


def _section(request: EditorRequest, slug: str, anchor: str) -> Section:
    document = _document(request, slug)
    return get_object_or_404(document.sections.select_related("document"), anchor=anchor)


def _to_section(document: Document, anchor: str) -> HttpResponse:
    response = redirect("review", document.slug)
    response["Location"] += f"#{anchor}"
    return response
