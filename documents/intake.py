"""Takes an uploaded file in: kept, read in a child process, filed as a draft for review."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

from documents import jobs, originals, storage
from documents.addresses import new_public_id, slug_for
from documents.duplicates import twins_of
from documents.extraction import (
    ExtractionError,
    LimitExceeded,
    ReaderUnavailable,
    ToolMissing,
    assemble,
    dump_source,
    extract_file,
    load_source,
    pages_needing_ocr,
    recognise_page,
)
from documents.filing import Filing, apply_record, file_all
from documents.given import Given
from documents.jobs import Continue, File, Finish, JobFailed, Outcome, Task, TryLater
from documents.journal import ADDITION, CHANGE, note
from documents.models import Batch, Document, Job, SourceFile
from documents.provenance import plain_text, with_text_lines
from documents.publishing import PublishingRefused, publish
from documents.reference_data import full_names
from documents.register import Register
from documents.text import Reading, Source, read_source

READ = "read"
"""The kind of job that reads one uploaded file."""

RECEIVED, SNIFFING, EXTRACTING, CUTTING, FILED = STEPS = (
    "收到",
    "识别格式",
    "读取文字",
    "分章节",
    "草稿完成",
)
"""What the uploader sees such a job go through."""


class IntakeRefused(Exception):
    """A file was not taken in; the message says why and what to do, in Chinese.

    ``twin`` is the document that holds the same file already, where that is the reason.
    """

    def __init__(self, message: str, twin: Document | None = None) -> None:
        super().__init__(message)
        self.twin = twin


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file with what was extracted from it and how it was read."""

    source: Source
    reading: Reading


def read_file(path: Path, name: str, report: Callable[[str], None] = lambda step: None) -> FileRead:
    """Reads the file at *path*, called *name* by its owner; touches no database.

    *report* is told each step of STEPS as it begins. Raises ExtractionError in the words of
    documents.extraction.
    """
    report(SNIFFING)  # the reading process begins with it
    report(EXTRACTING)
    source = extract_file(path, name=name)
    report(CUTTING)
    return FileRead(source, interpreted(source))


def interpreted(source: Source) -> Reading:
    """What *source* says, its issuers under their full names, its places in lines of the text."""
    return with_text_lines(with_full_names(read_source(source)), source)


def with_full_names(reading: Reading) -> Reading:
    """The same reading with its issuers under their full names, where the register knows them.

    A letterhead says 青浦区科学技术委员会 or even 青浦区科委; the body is one and the same.
    """
    known = full_names()
    issuers = tuple(dict.fromkeys(known.get(name, name) for name in reading.record.issuers))
    return replace(reading, record=replace(reading.record, issuers=issuers))


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
    _refuse_empty(read)
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


@jobs.handles(READ, STEPS)
def _read_upload(task: Task) -> Finish | Continue:
    """Reads the job's one file; the finish files it as a draft."""
    [file] = task.files
    given = Given.from_json(task.payload.get("given", {}))
    with _refusals_told():
        refuse_twin(file.sha256)  # before the work; once more when filing
        source = _source(task, storage.path_of(file.sha256), file.name)
        if source is None:
            return Continue()
        task.step(CUTTING)
        read = FileRead(source, interpreted(source))
        _refuse_empty(read)
    read = replace(read, reading=given.over(read.reading))

    def finish() -> Outcome:
        with _refusals_told():
            refuse_twin(file.sha256)
        document = _file(read, file, task.user, themes=given.themes)
        if task.user is not None:
            note(task.user, document, ADDITION, f"上传了原件 {file.name}")
        if task.batch is not None and task.batch.publish:
            return Outcome(document, _publish_unseen(document, task.user))
        return Outcome(document)

    return finish


def _source(task: Task, path: Path, name: str) -> Source | None:
    """The file's text; None when page images remain, of which each task recognises one.

    Part 0 of the job lists them, part *n* is page *n* as it was recognised.
    """
    kept = task.kept()
    if 0 not in kept:
        task.step(SNIFFING)
        kept[0] = json.dumps(pages_needing_ocr(path, name=name))
        task.keep(0, kept[0])
    pages: list[int] = json.loads(kept[0])
    missing = [page for page in pages if page not in kept]
    task.step(EXTRACTING, len(pages) - len(missing), len(pages))
    if missing:
        page = missing[0]
        kept[page] = dump_source(recognise_page(path, page, name=name)).decode()
        task.keep(page, kept[page])
        task.step(EXTRACTING, len(pages) - len(missing) + 1, len(pages))
        if len(missing) > 1:
            return None
    if not pages:
        return extract_file(path, name=name)
    recognised = {page: load_source(kept[page].encode()) for page in pages}
    return assemble(path, recognised, name=name)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What intake and extraction refuse, in the queue's terms: final, passing, or worth a retry."""
    try:
        yield
    except IntakeRefused as refusal:
        raise JobFailed(str(refusal), twin=refusal.twin) from refusal
    except ReaderUnavailable as passing:
        raise TryLater(passing.message) from passing
    except ExtractionError as refusal:
        again = isinstance(refusal, LimitExceeded | ToolMissing)
        raise JobFailed(refusal.message, retryable=again) from refusal


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


def _refuse_empty(read: FileRead) -> None:
    if not any(section.text or section.heading for section in read.reading.sections):
        raise IntakeRefused("文件里没有读到文字。请上传含文字的版本（例如 Word 或文字版 PDF）。")


def _file(
    read: FileRead,
    file: File,
    user: User | None,
    public_id: str | None = None,
    themes: Sequence[str] = (),
) -> Document:
    """Writes the draft and its original; call it in a transaction."""
    document = new_draft(read.reading, Register(), user, public_id, themes)
    SourceFile.objects.create(
        document=document,
        sha256=file.sha256,
        name=file.name,
        format=read.source.format,
        size=file.size,
        text=plain_text(read.source),
    )
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
