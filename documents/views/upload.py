"""The editor's desk: upload files, see what waits for review."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents import batches, intake, jobs
from documents.batches import Upload
from documents.extraction import ocr_installed
from documents.forms import UploadForm
from documents.models import Document, Job, JobState, Status
from documents.views.jobs import patience, recent_batches, recent_jobs, way_on
from documents.views.requests import EditorRequest

LISTED = 50
UNDER_WAY = 20


@login_required
@permission_required("documents.add_document", raise_exception=True)
def upload(request: EditorRequest) -> HttpResponse:
    """The form and the drafts; what is uploaded is queued, and leads to its page."""
    posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    if posted and form.is_valid():
        try:
            return _receive(request, form.uploads(), publish=form.cleaned_data["publish"])
        except OSError as error:
            form.add_error("file", f"文件没有存下：{error.strerror}。请告知管理员后再试。")
    waiting = Document.objects.visible_to(request.user).for_listing().order_by("-updated_at")
    return render(
        request,
        "desk/upload.html",
        {
            "form": form,
            "jobs": recent_jobs()[:UNDER_WAY],
            "batches": recent_batches()[:UNDER_WAY],
            "worker": jobs.worker_alive(),
            "ocr": ocr_installed(),
            "office": office_installed(),
            "drafts": waiting.filter(status=Status.DRAFT)[:LISTED],
            "withdrawn": waiting.filter(status=Status.WITHDRAWN)[:LISTED],
        },
        status=400 if form.errors else 200,
    )


def office_installed() -> bool:
    """Whether this machine can read what only an office suite can (.doc, .wps, .rtf)."""
    return any(map(shutil.which, ("soffice", "libreoffice")))


def _receive(request: EditorRequest, uploads: list[Upload], *, publish: bool) -> HttpResponse:
    if publish and not request.user.has_perm("documents.change_document"):
        publish = False
    if batches.is_bulk((upload.name for upload in uploads), publish):
        batch = batches.receive(uploads, request.user, publish=publish)
        return redirect("batch", batch.pk)
    [single] = uploads
    return _lead_on(request, intake.receive(Path(single.path), single.name, request.user))


def _lead_on(request: EditorRequest, job: Job) -> HttpResponse:
    job = jobs.wait(job, patience(request))
    if job.state == JobState.DONE and job.document is not None:
        messages.success(request, "已读入为草稿。请对照原件核对，再发布。")
    return redirect(way_on(job))
