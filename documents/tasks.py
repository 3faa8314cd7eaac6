"""What a job's handler is given, and what it may answer: the queue's values, without the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from documents.models import Batch, Document, Job, JobPart, JobState

LEASE = timedelta(seconds=60)
"""How long a worker may be silent before its job is taken over."""


class JobFailed(Exception):
    """A job cannot be done; the message says why and what to do, in Chinese.

    ``twin`` is the document that makes it needless; ``retryable`` keeps the job's files, because
    another attempt by hand may succeed.
    """

    def __init__(
        self, message: str, *, twin: Document | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.twin = twin
        self.retryable = retryable


class TryLater(Exception):
    """The attempt failed for a passing reason, given in Chinese: the queue tries again."""


class LeaseLost(Exception):
    """Another worker has taken the job over; nothing of this attempt may be written."""


class UnknownKind(Exception):
    """No handler is registered for a job's kind; register one with ``jobs.handles``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job brought about: a document, and a note in Chinese where there is one to make."""

    document: Document | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Continue:
    """The job has more parts: it goes back to the end of the queue, its parts so far kept."""


Finish = Callable[[], Outcome]
"""The job's effect on the database; called in the transaction that marks the job done."""

Handler = Callable[["Task"], Finish | Continue]
"""Does the slow part outside any transaction. May raise JobFailed or TryLater, as may its Finish;
any other exception counts as an attempt that went wrong."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How jobs of one kind are done, and the steps a person sees them take."""

    handler: Handler
    steps: tuple[str, ...]


_kinds: dict[str, Kind] = {}


def handles(kind: str, steps: tuple[str, ...]) -> Callable[[Handler], Handler]:
    """Registers the decorated function as the handler of *kind*; *steps* are shown in order."""

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(handler, steps)
        return handler

    return register


def kind_of(name: str) -> Kind:
    """The registered kind. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No handler for jobs of kind {name!r}; see jobs.handles.") from None


@dataclass(frozen=True, slots=True)
class File:
    """An original a job needs: its checksum, its owner's name for it, its size in bytes."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Task:
    """A job as its worker holds it: what to do, and the way to report on it."""

    job_id: int
    kind: str
    payload: Mapping[str, Any]
    files: tuple[File, ...]
    attempt: int
    worker: str
    user: User | None = None
    batch: Batch | None = None
    lease: timedelta = field(default=LEASE)

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Reports *name*, *done* of *total*, and renews the lease. Raises LeaseLost."""
        self._update(step=name, done=done, total=total, leased_until=timezone.now() + self.lease)

    def renew(self) -> None:
        """Renews the lease alone. Raises LeaseLost."""
        self._update(leased_until=timezone.now() + self.lease)

    def keep(self, number: int, data: str) -> None:
        """Keeps the result of part *number* over a restart. Raises LeaseLost."""
        with transaction.atomic():
            self.renew()
            JobPart.objects.update_or_create(
                job_id=self.job_id, number=number, defaults={"data": data}
            )

    def kept(self) -> dict[int, str]:
        """The parts done so far, by their number."""
        return dict(JobPart.objects.filter(job=self.job_id).values_list("number", "data"))

    def _update(self, **values: Any) -> None:
        values["updated_at"] = timezone.now()
        held = Job.objects.filter(
            pk=self.job_id,
            state=JobState.RUNNING,
            leased_by=self.worker,
            attempts=self.attempt,
        )
        if not held.update(**values):
            raise LeaseLost(f"Job {self.job_id} is no longer held by {self.worker}.")

    def close(self, state: JobState, **values: Any) -> None:
        """Ends this hold on the job. Raises LeaseLost; the caller's transaction is then undone."""
        self._update(state=state, leased_by="", leased_until=None, **values)
