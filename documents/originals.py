"""Keeps an original as long as a document or an unfinished job needs it, and no longer."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from documents import storage
from documents.models import Job, JobFile, JobPart, JobState, Proposal, SourceFile
from documents.tasks import File, Task

KEPT_FOR_RETRY = timedelta(days=7)
"""How long the files of a failed job wait for somebody to try again."""

T = TypeVar("T")


def adopt(paths: Iterable[Path], write: Callable[[list[storage.StoredFile]], T]) -> T:
    """Keeps the files at *paths*, then calls *write* in a transaction to note who needs them.

    Files are written before the transaction begins, so that no lock waits for a disk. Should
    *write* fail, nothing stays behind. Raises OSError when the disk is full.
    """
    paths = list(paths)
    kept: list[storage.StoredFile] = []
    try:
        for path in paths:
            kept.append(storage.keep_file(path))  # noqa: PERF401 - what is kept is undone below
        return _adopted(kept, lambda place: storage.keep_file(paths[place]), write)
    except BaseException:
        drop_unused(stored.sha256 for stored in kept)
        raise


def adopt_all(contents: Sequence[bytes], write: Callable[[list[storage.StoredFile]], T]) -> T:
    """The same for many small originals that are in memory."""
    kept = storage.keep_all(contents)
    try:
        return _adopted(kept, lambda place: storage.keep([contents[place]]), write)
    except BaseException:
        drop_unused(stored.sha256 for stored in kept)
        raise


def _adopted(
    kept: list[storage.StoredFile],
    keep_again: Callable[[int], object],
    write: Callable[[list[storage.StoredFile]], T],
) -> T:
    with _exclusive(), transaction.atomic():
        for place, stored in enumerate(kept):
            if not storage.path_of(stored.sha256).exists():
                keep_again(place)  # its twin was dropped since
        return write(kept)


def keep_for(task: Task, data: bytes, name: str) -> File:
    """Keeps what *task* took out of one of its files, as long as the task needs it.

    Raises LeaseLost, and OSError when the disk is full.
    """
    stored = storage.keep([data])
    with _exclusive(), transaction.atomic():
        task.renew()
        JobFile.objects.get_or_create(
            job_id=task.job_id,
            sha256=stored.sha256,
            found=True,
            defaults={"name": name, "size": stored.size},
        )
        if not storage.path_of(stored.sha256).exists():
            storage.keep([data])
    return File(stored.sha256, name, stored.size)


def release(job_id: int) -> int:
    """Lets go of what a job kept, if it needs it no more; returns how many files are removed."""
    return _release(JobFile.objects.filter(job=job_id))


def drop_unused(checksums: Iterable[str]) -> int:
    """Removes those of the originals that nothing needs any more; returns how many.

    Not to be called in a transaction: whoever waits for this lock may hold the database's.
    """
    wanted = set(checksums)
    if not wanted:
        return 0
    dropped = 0
    with _exclusive():
        for sha256 in wanted - _needed(wanted):
            file = storage.path_of(sha256)
            dropped += file.exists()
            file.unlink(missing_ok=True)
    return dropped


def drop_after_commit(checksums: Iterable[str]) -> None:
    """Removes what nothing needs any more once the present transaction is committed."""
    transaction.on_commit(partial(drop_unused, list(checksums)))


def sweep() -> int:
    """Lets go of what closed jobs left behind; returns how many files are removed.

    That is what a worker had no time to release, and what waited for a retry nobody asked for.
    """
    since = timezone.now() - KEPT_FOR_RETRY
    failed = Job.objects.filter(state=JobState.FAILED, retryable=True, updated_at__lt=since)
    with transaction.atomic():
        keys = list(failed.values_list("pk", flat=True))
        JobPart.objects.filter(job__in=keys).delete()
        Job.objects.filter(pk__in=keys).update(retryable=False)
    return _release(JobFile.objects.all())


def _release(files: QuerySet[JobFile]) -> int:
    rows = list(files.filter(released=False).exclude(_UNFINISHED)[:500])
    dropped = drop_unused(row.sha256 for row in rows)
    JobFile.objects.filter(pk__in=[row.pk for row in rows]).update(released=True)
    return dropped


_UNFINISHED = Q(job__state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(
    job__state=JobState.FAILED, job__retryable=True
)


def _needed(checksums: set[str]) -> set[str]:
    held = SourceFile.objects.filter(sha256__in=checksums).values_list("sha256", flat=True)
    proposed = Proposal.objects.filter(sha256__in=checksums).values_list("sha256", flat=True)
    waiting = JobFile.objects.filter(_UNFINISHED, sha256__in=checksums)
    return {*held, *proposed, *waiting.values_list("sha256", flat=True)}


_held = threading.local()


@contextmanager
def _exclusive() -> Iterator[None]:
    """One process at a time decides what is needed; the lock ends with its holder.

    Whoever holds it may ask again: what is to be done after a commit is done while the one that
    committed still holds the lock.
    """
    if getattr(_held, "here", False):
        yield
        return
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _held.here = True
        yield
    finally:
        _held.here = False
        os.close(lock)


def known() -> set[str]:
    """The checksums of every original that a document, a proposal or a job still holds."""
    documents = SourceFile.objects.values_list("sha256", flat=True)
    proposals = Proposal.objects.values_list("sha256", flat=True)
    jobs = JobFile.objects.filter(released=False).values_list("sha256", flat=True)
    return {*documents, *proposals, *jobs}
