"""Takes an uploaded file in: kept and queued for a worker, or read and filed as a draft at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

from documents import jobs, originals, storage
from documents.addresses import new_public_id, slug_for
from documents.duplicates import twins_of
from documents.extraction import ExtractionError
from documents.file_reading import (
    STEPS,
    FileRead,
    IntakeRefused,
    read_file,
    read_for,
    refusals_told,
    refuse_empty,
)
from documents.filing import Filing, apply_record, file_all
from documents.given import Given
from documents.jobs import Continue, File, Finish, Outcome, Task
from documents.journal import ADDITION, CHANGE, note
from documents.models import Batch, Document, Job, SourceFile
from documents.publishing import PublishingRefused, publish
from documents.register import Register
from documents.text import Reading

READ = "read"
"""The kind of job that reads one uploaded file."""

__all__ = ["READ", "IntakeRefused", "clean_name", "new_draft", "queue", "receive", "take_in"]


def take_in(
    path: Path, name: str, user: User | None = None, public_id: str | None = None
) -> Document:
    """Files the upload at *path* as a draft, under *public_id* if it has one already.

    Raises IntakeRefused; nothing of the file is kept then.
    """
    name = clean_name(name)
    try:
        read = read_file(path, name)
    except ExtractionError as refusal:
        raise IntakeRefused(refusal.message) from refusal
    refuse_empty(read)
    stored = storage.keep_file(path)
    with transaction.atomic():
        refuse_twin(stored.sha256)
        return _file(read, File(stored.sha256, name, stored.size), user, public_id)


def receive(path: Path, name: str, user: User | None = None) -> Job:
    """Keeps the upload at *path* and queues its reading. Raises OSError when the disk is full."""
    name = clean_name(name)
    return originals.adopt(
        [path], lambda kept: queue(File(kept[0].sha256, name, kept[0].size), user)
    )


def queue(
    file: File,
    user: User | None,
    given: Given | None = None,
    batch: Batch | None = None,
) -> Job:
    """Queues the reading of a kept *file*; call it in the transaction that notes the file.

    What is *given* wins over what is read. In a *batch* that asks for it the document is
    published unseen.
    """
    payload = {"given": given.as_json()} if given else {}
    priority = jobs.BULK if batch else jobs.AT_ONCE
    return jobs.enqueue(READ, payload, [file], user=user, batch=batch, priority=priority)


@jobs.handles(READ, (*STEPS, "草稿完成"))
def _read_upload(task: Task) -> Finish | Continue:
    """Reads the job's one file; the finish files it as a draft."""
    [file] = task.files
    given = Given.from_json(task.payload.get("given", {}))
    with refusals_told():
        refuse_twin(file.sha256)  # before the work; once more when filing
        read = read_for(task, file)
    if read is None:
        return Continue()
    draft = replace(read, reading=given.over(read.reading))

    def finish() -> Outcome:
        with refusals_told():
            refuse_twin(file.sha256)
        document = _file(draft, file, task.user, themes=given.themes)
        if task.user is not None:
            note(task.user, document, ADDITION, f"上传了原件 {file.name}")
        if task.batch is not None and task.batch.publish:
            return Outcome(document, _publish_unseen(document, task.user))
        return Outcome(document)

    return finish


def _publish_unseen(document: Document, user: User | None) -> str:
    """Publishes what an editor asked to have published unseen; the reason where it stays a draft.

    A document that has a twin needs a person's eye.
    """
    if twin := next((twin for twin in twins_of(document) if twin.grave), None):
        return f"没有直接发布：与《{twin.document.title}》{twin.kind.value}。请核对后再发布。"
    try:
        publish(document)
    except PublishingRefused as refusal:
        return f"没有直接发布：{refusal}"
    if user is not None:
        note(user, document, CHANGE, "批量上传时直接发布，未经核对")
    return ""


def _file(
    read: FileRead,
    file: File,
    user: User | None,
    public_id: str | None = None,
    themes: Sequence[str] = (),
) -> Document:
    """Writes the draft and its original; call it in a transaction."""
    document = new_draft(read.reading, Register(), user, public_id, themes)
    original = read.original(file, SourceFile)
    original.document = document
    original.save()
    return document


def new_draft(
    reading: Reading,
    register: Register,
    uploaded_by: User | None = None,
    public_id: str | None = None,
    themes: Sequence[str] = (),
) -> Document:
    """A draft made of *reading*, with its issuers and place from the register.

    *themes* given by name stand for the whole document; its text then earns no others.
    """
    record = reading.record
    place = register.district(record.district) if record.district else None
    issuers = register.issuers(record.issuers, place)
    public_id = public_id or new_public_id()
    document = Document(
        public_id=public_id, slug=slug_for(record.ref, public_id), uploaded_by=uploaded_by
    )
    apply_record(document, record)
    document.district = place or register.district_of(issuers, record.ref)
    given = tuple(register.theme(name) for name in themes)
    file_all([Filing(document, reading, issuers, given)], register)
    return document


def clean_name(name: str) -> str:
    """The file's own name without folders, control and direction characters, 255 at most."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in base if character.isprintable()).strip(" .")
    if len(kept) <= 255:
        return kept or "未命名"
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: 250 - len(suffix)]}{dot}{suffix}" if dot and len(suffix) < 20 else kept[:255]


def refuse_twin(sha256: str) -> None:
    """Raises IntakeRefused with the twin when a document has an original of the same bytes.

    In a transaction, the answer holds until it ends: no two jobs file the same bytes at once.
    """
    if connection.in_atomic_block and connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # SQLite has one writer at a time anyway
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])
    twin = Document.objects.filter(files__sha256=sha256).first()
    if twin is not None:
        raise IntakeRefused(
            f"这份文件已经在库中：《{twin.title}》（{twin.get_status_display()}）。", twin
        )
