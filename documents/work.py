"""Does the queue's jobs, one at a time, in a process that may be ended at any moment."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

from django.db import DatabaseError, connection

from documents import jobs, originals
from documents.jobs import JobFailed, LeaseLost, Task, TryLater
from documents.models import Job, JobState

log = logging.getLogger(__name__)

BEAT = 5.0
"""Seconds between two signs of life."""

LONGEST = timedelta(minutes=15)
"""A handler that has not reported for so long hangs: its lease is no longer renewed."""


class Interrupted(BaseException):
    """The worker is told to end; raised wherever it is, so no handler must swallow it."""


def new_name() -> str:
    """A name no other worker has: host, process and a few random letters."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def work_once(worker: str, lease: timedelta = jobs.LEASE, pulse: Pulse | None = None) -> Job | None:
    """Takes the next job and does it; the job as it stands afterwards, None when none is due.

    Never raises for what a job does: that is written on the job. Interrupted gives it back.
    """
    task = jobs.take(worker, lease)
    if task is None:
        return None
    log.info("job %s (%s) attempt %s", task.job_id, task.kind, task.attempt)
    try:
        with pulse.over(task) if pulse else _no_pulse():
            _attempt(task)
    except LeaseLost as lost:
        log.warning("%s Its result is dropped.", lost)
    except Interrupted:
        _give_back(task)
        raise
    job = Job.objects.get(pk=task.job_id)
    log.info("job %s %s %s", job.pk, job.state, job.reason)
    return job


def _attempt(task: Task) -> None:
    try:
        result = jobs.kind_of(task.kind).handler(task)
        jobs.settle(task, result)
    except JobFailed as failure:
        jobs.fail(task, failure)
    except TryLater as reason:
        jobs.postpone(task, str(reason))
    except LeaseLost:
        raise
    except Exception:
        # Whatever a job runs into, the worker goes on with the next one.
        log.exception("job %s (%s) went wrong", task.job_id, task.kind)
        jobs.postpone(task, "读取时出了意外的错误，详情见服务器日志。")
    originals.release(task.job_id)


def _give_back(task: Task) -> None:
    try:
        jobs.give_back(task)
        log.info("job %s given back", task.job_id)
    except LeaseLost:
        log.info("job %s was finished or taken over already", task.job_id)


@contextmanager
def _no_pulse() -> Iterator[None]:
    yield


class Pulse:
    """Says every few seconds, from a thread of its own, that the worker lives and holds its job.

    The handler's long steps (a file read in a child process) report nothing meanwhile; without
    this their lease would run out.
    """

    def __init__(self, worker: str, every: float = BEAT) -> None:
        self._worker = worker
        self._every = every
        self._task: Task | None = None
        self._beats = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        jobs.beat(self._worker)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        jobs.sign_off(self._worker)

    @contextmanager
    def over(self, task: Task) -> Iterator[None]:
        """Keeps the lease on *task* while the block runs."""
        self._task, self._beats = task, 0
        try:
            yield
        finally:
            self._task = None

    def _run(self) -> None:
        try:
            while not self._ended.wait(self._every):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        task = self._task
        self._beats += 1
        try:
            jobs.beat(self._worker)
            if task is not None and self._beats * self._every < LONGEST.total_seconds():
                task.renew()
        except LeaseLost:
            pass  # the working thread learns it when it reports or finishes
        except DatabaseError as error:
            log.warning("no sign of life could be written: %s", error)


def open_jobs() -> int:
    """How many jobs wait or run."""
    return Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).count()
