"""New versions of a published document: upload, differences, accept; old versions, any day's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from documents import jobs, revisions, timeline, versions
from documents.forms import VersionForm
from documents.journal import CHANGE, note
from documents.models import Document, DocumentVersion, Proposal
from documents.page import arrange_reading
from documents.snapshots import loaded
from documents.views.jobs import patience, way_on
from documents.views.requests import EditorRequest
from documents.views.review import may_change


@login_required
@may_change
@require_POST
def upload(request: EditorRequest, slug: str) -> HttpResponse:
    """Keeps a newer file of a published document, queues it, and leads to what it changes."""
    document = get_object_or_404(Document.objects.visible_to(request.user), slug=slug)
    form = VersionForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for found in form.errors.values() for e in found))
        return redirect("review", slug)
    file: TemporaryUploadedFile = form.cleaned_data["file"]
    try:
        path = Path(file.temporary_file_path())
        job = revisions.receive(document, path, file.name or "", request.user)
    except versions.VersionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("review", slug)
    except OSError as error:
        messages.error(request, f"文件没有存下：{error.strerror}。请告知管理员后再试。")
        return redirect("review", slug)
    return redirect(way_on(jobs.wait(job, patience(request))))


@login_required
@permission_required("documents.delete_document", raise_exception=True)
@may_change
@require_POST
def from_draft(request: EditorRequest, slug: str) -> HttpResponse:
    """Turns a draft into the new version of the published document it repeats."""
    seen = Document.objects.visible_to(request.user)
    document = get_object_or_404(seen, slug=slug)
    draft = get_object_or_404(seen, slug=request.POST.get("draft", ""))
    try:
        proposal = versions.propose_draft(document, draft, request.user)
    except versions.VersionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("review", draft.slug)
    note(request.user, document, CHANGE, f"把草稿改作新版本 {proposal.name}")
    return redirect("version-proposed", slug)


@login_required
@may_change
def proposed(request: EditorRequest, slug: str) -> HttpResponse:
    """What the proposed version changes; POST accepts or drops it."""
    proposal = get_object_or_404(
        Proposal.objects.select_related("document__district"), document__slug=slug
    )
    document = proposal.document
    if request.method == "POST":
        if "accept" in request.POST:
            versions.accept(proposal, request.user)
            note(request.user, document, CHANGE, f"采用了新版本 {proposal.name}")
            messages.success(request, "新版本已替代旧版。旧版仍可查阅，章节链接继续有效。")
            return redirect(document)
        versions.drop(proposal)
        note(request.user, document, CHANGE, f"放弃了新版本 {proposal.name}")
        messages.success(request, "已放弃新版本，读者看到的内容没有变化。")
        return redirect("review", slug)
    return render(
        request,
        "desk/review_version.html",
        {
            "document": document,
            "proposal": proposal,
            "differences": versions.differences(proposal),
        },
    )


@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An old version as readers saw it, marked as old."""
    version = get_object_or_404(
        DocumentVersion.objects.select_related("document", "file").filter(
            document__in=Document.objects.visible_to(request.user)
        ),
        document__slug=slug,
        number=number,
    )
    return render(
        request,
        "documents/version.html",
        {
            "document": version.document,
            "version": version,
            "address": request.build_absolute_uri(version.get_absolute_url()),
            "versions": version.document.versions.defer("content"),
            "page": arrange_reading(loaded(version.content)),
        },
    )


@require_safe
def changed(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the version after an old one changed; with ``to`` (a number, or ``now``) a later one."""
    document = get_object_or_404(Document.objects.visible_to(request.user), slug=slug)
    olds = {old.number: old for old in document.versions.defer("content")}
    if number not in olds:
        raise Http404
    version = olds[number]
    asked = request.GET.get("to", "")
    to = timeline.successor(version, list(olds.values()))
    if asked == "now":
        to = None
    elif asked:
        to = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        if to not in olds or to <= number:
            raise Http404
    later = olds[to] if to is not None else None
    return render(
        request,
        "documents/version_changes.html",
        {
            "document": document,
            "version": version,
            "later": later,
            "read_at": (later or document).get_absolute_url(),
            "previous": olds.get(number - 1),
            "differences": timeline.changes(version, later),
        },
    )


@require_safe
def on_day(request: HttpRequest, slug: str) -> HttpResponse:
    """The text that stood on ``date`` (YYYY-MM-DD) and what its own dates say of that day."""
    document = get_object_or_404(Document.objects.visible_to(request.user), slug=slug)
    typed = request.GET.get("date", "").replace("\0", "")[:40]
    context: dict[str, object] = {"document": document, "typed": typed}
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return render(request, "documents/on_day.html", context, status=400)
    return render(
        request, "documents/on_day.html", {**context, "view": timeline.on_day(document, day)}
    )
