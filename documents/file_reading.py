"""Reads one kept file for a job or at once: extraction in child processes, then interpretation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from documents import storage
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
from documents.models import Document
from documents.models.source_file import Original
from documents.provenance import plain_text, with_text_lines
from documents.reference_data import full_names
from documents.tasks import File, JobFailed, Task, TryLater
from documents.text import Reading, Source, read_source

RECEIVED, SNIFFING, EXTRACTING, CUTTING = STEPS = ("收到", "识别格式", "读取文字", "分章节")
"""What the uploader sees every reading go through."""


class IntakeRefused(Exception):
    """A file was not taken in; the message says why and what to do, in Chinese.

    ``twin`` is the document that holds the same file already, where that is the reason.
    """

    def __init__(self, message: str, twin: Document | None = None) -> None:
        super().__init__(message)
        self.twin = twin


Row = TypeVar("Row", bound=Original)


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file with what was extracted from it and how it was read."""

    source: Source
    reading: Reading

    def original(self, file: File, row: type[Row]) -> Row:
        """A row for the *file* this was read from, of the kind wanted; not saved."""
        return row(
            sha256=file.sha256,
            name=file.name,
            size=file.size,
            format=self.source.format,
            text=plain_text(self.source),
        )


def read_file(path: Path, name: str) -> FileRead:
    """Reads the file at *path*, called *name* by its owner; touches no database.

    Raises ExtractionError in the words of documents.extraction.
    """
    source = extract_file(path, name=name)
    return FileRead(source, interpreted(source))


def read_for(task: Task, file: File) -> FileRead | None:
    """Reads *file* for a job, step by step; None when page images remain for another turn.

    Raises IntakeRefused where there is nothing to read, ExtractionError, and LeaseLost.
    """
    source = _source(task, storage.path_of(file.sha256), file.name)
    if source is None:
        return None
    task.step(CUTTING)
    read = FileRead(source, interpreted(source))
    refuse_empty(read)
    return read


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


def refuse_empty(read: FileRead) -> None:
    """Raises IntakeRefused for a file without a word."""
    if not any(section.text or section.heading for section in read.reading.sections):
        raise IntakeRefused("文件里没有读到文字。请上传含文字的版本（例如 Word 或文字版 PDF）。")


@contextmanager
def refusals_told() -> Iterator[None]:
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
