"""Takes in a newer file of a published document: kept, read by a worker, proposed as a version."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.models import User
from django.db.models import QuerySet

from documents import jobs, originals
from documents.file_reading import STEPS, read_for, refusals_told
from documents.intake import clean_name
from documents.jobs import Continue, File, Finish, JobFailed, Outcome, Task
from documents.journal import CHANGE, note
from documents.models import Document, Job, JobState, SourceFile
from documents.register import Register
from documents.versions import VersionRefused, propose, refuse_version

REVISE = "revise"
"""The kind of job that reads a newer file of a document."""

COMPARED = "与现行版本比较"


def receive(document: Document, path: Path, name: str, user: User | None = None) -> Job:
    """Keeps the newer file at *path* and queues its reading.

    Raises VersionRefused for a document that was never published, OSError when the disk is full.
    """
    refuse_version(document)
    name = clean_name(name)
    return originals.adopt(
        [path],
        lambda kept: jobs.enqueue(
            REVISE,
            {"document": document.pk},
            [File(kept[0].sha256, name, kept[0].size)],
            user=user,
        ),
    )


def document_of(job: Job) -> Document | None:
    """The document that a job of this kind is about, as long as there is one."""
    return Document.objects.filter(pk=job.payload.get("document", 0)).first()


def under_way(document: Document) -> QuerySet[Job]:
    """Newer files of *document* that wait, are read, or can be tried again; the latest first."""
    mine = Job.objects.filter(kind=REVISE, payload__document=document.pk)
    still = mine.filter(state__in=[JobState.QUEUED, JobState.RUNNING]) | mine.filter(
        state=JobState.FAILED, retryable=True
    )
    return still.prefetch_related("files").order_by("-pk")


@jobs.handles(REVISE, (*STEPS, COMPARED))
def _read_revision(task: Task) -> Finish | Continue:
    """Reads the job's one file; the finish proposes it as the next version."""
    [file] = task.files
    document = _present(task, file)
    with refusals_told():
        read = read_for(task, file)
    if read is None:
        return Continue()
    task.step(COMPARED)

    def finish() -> Outcome:
        current = _present(task, file)
        issuers = Register().issuers(read.reading.record.issuers, document.district)
        original = read.original(file, SourceFile)
        propose(current, read.reading, issuers, original, task.user)
        if task.user is not None:
            note(task.user, current, CHANGE, f"上传了新版本 {file.name}")
        return Outcome(current)

    return finish


def _present(task: Task, file: File) -> Document:
    """The document, still there and open to this file. Raises JobFailed."""
    document = Document.objects.filter(pk=task.payload["document"]).first()
    if document is None:
        raise JobFailed("这份文件已经不在库中，新版本没有收入。")
    try:
        refuse_version(document, file.sha256)
    except VersionRefused as refusal:
        raise JobFailed(str(refusal)) from refusal
    return document
