"""The queue: work is written beside what causes it, leased, done once, and reported on.

A job's effect and its "done" are one transaction, fenced by the lease: a worker that was
thought dead cannot finish what another has taken over. See docs/jobs.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from documents.models import Batch, Job, JobFile, JobPart, JobState, WorkerBeat
from documents.tasks import (
    LEASE,
    Continue,
    File,
    Finish,
    JobFailed,
    LeaseLost,
    Outcome,
    Task,
    TryLater,
    UnknownKind,
    handles,
    kind_of,
)

__all__ = [
    "AT_ONCE",
    "BULK",
    "LEASE",
    "Continue",
    "File",
    "Finish",
    "JobFailed",
    "LeaseLost",
    "Outcome",
    "Task",
    "TryLater",
    "UnknownKind",
    "beat",
    "enqueue",
    "fail",
    "give_back",
    "handles",
    "kind_of",
    "postpone",
    "retry",
    "settle",
    "sign_off",
    "take",
    "wait",
    "worker_alive",
]

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
DELAYS = (timedelta(seconds=5), timedelta(seconds=30))
"""How long a job waits after its first and second attempt went wrong."""

ALIVE = timedelta(seconds=30)
"""A worker not heard of for so long is gone."""

AT_ONCE, BULK = 0, 10
"""Priorities: what somebody waits for goes before what came in bulk."""

_FAR = timedelta(hours=1)
"""No lease or delay reaches so far; one that does was written before the clock was set back."""


def enqueue(  # noqa: PLR0913 - the columns of the row it writes
    kind: str,
    payload: Mapping[str, Any],
    files: Iterable[File] = (),
    *,
    user: User | None = None,
    batch: Batch | None = None,
    priority: int = AT_ONCE,
) -> Job:
    """Writes a job; call it in the transaction of what causes it. Raises UnknownKind."""
    steps = kind_of(kind).steps
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, payload=dict(payload), user=user, batch=batch, priority=priority,
            step=steps[0] if steps else "",
        )  # fmt: skip
        JobFile.objects.bulk_create(
            JobFile(job=job, sha256=file.sha256, name=file.name, size=file.size) for file in files
        )
    return job


def take(worker: str, lease: timedelta = LEASE) -> Task | None:
    """Leases the next job to *worker*, or one whose worker fell silent; None when there is none.

    At most one worker gets a job: SQLite's transactions are IMMEDIATE here, PostgreSQL skips
    rows that another worker has locked.
    """
    while _ready().exists():  # without a write lock, since idle workers ask several times a second
        with transaction.atomic():
            rows = _ready().order_by("priority", "due_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            job = rows.first()
            if job is None:
                return None
            if job.state == JobState.RUNNING and job.attempts >= MAX_ATTEMPTS:
                _bury(job)
                continue
            return _lease(job, worker, lease)
    return None


def _ready() -> Any:
    now = timezone.now()
    queued = Q(state=JobState.QUEUED) & (Q(due_at__lte=now) | Q(due_at__gt=now + _FAR))
    silent = Q(state=JobState.RUNNING) & (Q(leased_until__lte=now) | Q(leased_until__gt=now + _FAR))
    return Job.objects.filter(queued | silent)


def _lease(job: Job, worker: str, lease: timedelta) -> Task:
    job.state = JobState.RUNNING
    job.attempts += 1
    job.leased_by, job.leased_until = worker, timezone.now() + lease
    job.reason = ""
    job.save(
        update_fields=["state", "attempts", "leased_by", "leased_until", "reason", "updated_at"]
    )
    return Task(
        job_id=job.pk,
        kind=job.kind,
        payload=job.payload,
        files=tuple(File(row.sha256, row.name, row.size) for row in job.files.filter(found=False)),
        attempt=job.attempts,
        worker=worker,
        user=job.user,
        batch=job.batch,
        lease=lease,
    )


def _bury(job: Job) -> None:
    """A job whose workers all died with it: the file may well be what killed them."""
    job.state, job.leased_by, job.leased_until = JobState.FAILED, "", None
    job.reason = f"读取进程中断了 {job.attempts} 次，没有再试。可以点“重试”，或换一种格式上传。"
    job.retryable = True
    job.save()
    log.error(
        "job %s (%s) ended its worker %s times and is given up", job.pk, job.kind, job.attempts
    )


def give_back(task: Task) -> None:
    """Puts an unfinished job back as if it had not been taken. Raises LeaseLost."""
    task.close(JobState.QUEUED, attempts=task.attempt - 1, due_at=timezone.now())


def settle(task: Task, result: Finish | Continue) -> None:
    """Writes what the handler gave: the effect and "done" together, or the way to the next part.

    Raises LeaseLost, JobFailed, TryLater or what the effect raises; nothing is written then.
    """
    with transaction.atomic():
        if isinstance(result, Continue):
            task.close(JobState.QUEUED, attempts=0, due_at=timezone.now(), priority=BULK)
            return
        # Before the effect: from here on nobody else can hold the job until this commits.
        task.renew()
        outcome = result()
        steps = kind_of(task.kind).steps
        JobPart.objects.filter(job=task.job_id).delete()
        task.close(
            JobState.DONE, step=steps[-1] if steps else "", document=outcome.document,
            reason=outcome.note, retryable=False,
        )  # fmt: skip


def fail(task: Task, failure: JobFailed) -> None:
    """Ends the job with the reason; its parts stay for a retry only. Raises LeaseLost."""
    with transaction.atomic():
        task.close(
            JobState.FAILED,
            reason=str(failure),
            twin=failure.twin,
            retryable=failure.retryable,
        )
        if not failure.retryable:
            JobPart.objects.filter(job=task.job_id).delete()


def postpone(task: Task, reason: str) -> None:
    """After an attempt that went wrong: later again, or failed after the last. Raises LeaseLost."""
    if task.attempt >= MAX_ATTEMPTS:
        fail(task, JobFailed(f"{reason}已试过 {task.attempt} 次。", retryable=True))
        return
    due = timezone.now() + DELAYS[min(task.attempt, len(DELAYS)) - 1]
    task.close(JobState.QUEUED, due_at=due, reason=reason)


def retry(job: Job) -> bool:
    """Queues a failed job anew; False when it is not failed or its files are gone."""
    failed = Job.objects.filter(pk=job.pk, state=JobState.FAILED, retryable=True)
    return bool(
        failed.update(
            state=JobState.QUEUED, attempts=0, reason="", due_at=timezone.now(), retryable=False,
            twin=None, updated_at=timezone.now(),
        )
    )  # fmt: skip


def wait(job: Job, seconds: float) -> Job:
    """The job as it stands once it is closed, after *seconds* at the latest.

    Returns at once when no worker is there to wait for, or when others have come before: a web
    process has few threads, and one that waits serves no reader. Holds no transaction meanwhile.
    """
    deadline = time.monotonic() + seconds
    if _others_before(job):
        return job
    while job.is_open and time.monotonic() < deadline and worker_alive():
        time.sleep(0.1)
        job.refresh_from_db()
    return job


def _others_before(job: Job) -> bool:
    """Whether a job of the same urgency that came earlier still waits or runs."""
    earlier = Job.objects.filter(pk__lt=job.pk, priority__lte=job.priority)
    return earlier.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists()


def beat(worker: str) -> None:
    """Says that *worker* is alive."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=worker, defaults={"seen_at": now})
    WorkerBeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def sign_off(worker: str) -> None:
    """Says that *worker* has ended."""
    WorkerBeat.objects.filter(name=worker).delete()


def worker_alive(now: datetime | None = None) -> bool:
    """Whether some worker was heard of lately."""
    return WorkerBeat.objects.filter(seen_at__gt=(now or timezone.now()) - ALIVE).exists()
