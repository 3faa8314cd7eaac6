"""What became of an upload: the page of a job and the report of a batch."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from documents import jobs, revisions
from documents.models import Batch, Job, JobState, Proposal
from documents.views.requests import EditorRequest

may_add = permission_required("documents.add_document", raise_exception=True)

PAGE = 100
LISTED_FOR = timedelta(days=7)

PATIENCE = 1.0
"""Seconds after its beginning at which an upload is answered, though it is not read yet; a small
file leads straight to its review."""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the path: ``state`` is done, current, failed or ahead."""

    name: str
    state: str


@login_required
@may_add
@require_safe
def show(request: EditorRequest, pk: int) -> HttpResponse:
    """The steps of one job; once its document is there, leads on to the review."""
    job = get_object_or_404(_jobs(), pk=pk)
    if job.state == JobState.DONE and job.document is not None and not job.reason:
        return redirect(way_on(job))
    return render(
        request,
        "desk/job.html",
        {
            "job": job,
            "way_on": way_on(job),
            "about": revisions.document_of(job) if job.kind == revisions.REVISE else None,
            "steps": steps_of(job),
            "percent": 100 * job.done // job.total if job.total else None,
            "worker": jobs.worker_alive(),
            "refreshes": request.GET.get("refresh") != "off",
        },
    )


def patience(request: EditorRequest) -> float:
    """Seconds for which an upload may still wait for its reading: none on a machine so busy that
    they went by while it was taken in."""
    began = getattr(request, "began", None)  # by portal.logs, on time.perf_counter's clock
    return PATIENCE - (time.perf_counter() - began if began is not None else 0.0)


def way_on(job: Job) -> str:
    """Where a job leads: to what it brought about, until then to its own page."""
    if job.state != JobState.DONE or job.document is None:
        return reverse("job", args=[job.pk])
    if job.kind == revisions.REVISE and Proposal.objects.filter(document=job.document).exists():
        return reverse("version-proposed", args=[job.document.slug])
    return reverse("review", args=[job.document.slug])


@login_required
@may_add
@require_POST
def retry(request: EditorRequest, pk: int) -> HttpResponse:
    """Tries a failed job again."""
    job = get_object_or_404(_jobs(), pk=pk)
    if not jobs.retry(job):
        messages.error(request, "不能重试：任务没有失败，或原件已经不在。请重新上传文件。")
    return redirect("job", pk)


@login_required
@may_add
@require_safe
def batch(request: EditorRequest, pk: int) -> HttpResponse:
    """The report of a bulk upload: what went in, what did not and why."""
    report = get_object_or_404(Batch, pk=pk)
    rows = _jobs().filter(batch=report).exclude(kind="sort")
    sorting = report.jobs.filter(kind="sort").prefetch_related("files").first()
    counts = rows.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(state__in=[JobState.QUEUED, JobState.RUNNING])),
        drafts=Count("pk", filter=Q(state=JobState.DONE) & ~Q(document__status="published")),
        published=Count("pk", filter=Q(document__status="published")),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
        retryable=Count("pk", filter=Q(state=JobState.FAILED, retryable=True)),
    )
    return render(
        request,
        "desk/batch.html",
        {
            "batch": report,
            "sorting": sorting,
            "counts": counts,
            "is_open": bool(counts["open"] or (sorting and sorting.is_open)),
            "rows": Paginator(_failures_first(rows), PAGE).get_page(request.GET.get("page")),
            "worker": jobs.worker_alive(),
            "refreshes": request.GET.get("refresh") != "off",
        },
    )


@login_required
@may_add
@require_POST
def retry_batch(request: EditorRequest, pk: int) -> HttpResponse:
    """Tries all failed files of a batch again that can be."""
    report = get_object_or_404(Batch, pk=pk)
    again = sum(jobs.retry(job) for job in report.jobs.filter(state=JobState.FAILED))
    messages.info(request, f"{again} 份文件重新排队。")
    return redirect("batch", pk)


def steps_of(job: Job) -> tuple[StepView, ...]:
    """The steps of *job* in order, by how far it has come."""
    names = jobs.kind_of(job.kind).steps
    at = names.index(job.step) if job.step in names else 0
    if job.state == JobState.DONE:
        return tuple(StepView(name, "done") for name in names)
    here = "failed" if job.state == JobState.FAILED else "current"
    return tuple(
        StepView(name, "done" if n < at else here if n == at else "ahead")
        for n, name in enumerate(names)
    )


def recent_jobs() -> QuerySet[Job]:
    """Single uploads that wait, run or failed in the last week, the latest first."""
    since = timezone.now() - LISTED_FOR
    recent = _jobs().filter(batch=None, created_at__gt=since)
    return recent.exclude(state=JobState.DONE).order_by("-pk")


def recent_batches() -> QuerySet[Batch]:
    """Bulk uploads, the latest first."""
    return Batch.objects.select_related("user").order_by("-pk")


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("document", "twin", "batch", "user").prefetch_related("files")


def _failures_first(rows: QuerySet[Job]) -> QuerySet[Job]:
    ranks = [
        When(state=JobState.FAILED, then=Value(0)),
        When(state=JobState.RUNNING, then=Value(1)),
        When(state=JobState.QUEUED, then=Value(2)),
    ]
    rank = Case(*ranks, default=Value(3), output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", "pk")
