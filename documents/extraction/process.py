"""Reads one file in a process of its own, and says why when it cannot be read."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import signal
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from documents.extraction import child
from documents.extraction.errors import (
    Damaged,
    EmptyFile,
    ExtractionError,
    LimitExceeded,
    NotReadable,
    ReaderUnavailable,
    TooLarge,
)
from documents.extraction.formats import is_office
from documents.extraction.limits import MIB, Limits
from documents.extraction.turns import turn
from documents.extraction.wire import load
from documents.text.values import Source

logger = logging.getLogger(__name__)

Answer = Source | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a reading process is to do.

    ``read`` a whole file, ``text``: only the pages that have text, ``survey``: name the pages that
    need OCR, ``ocr``: recognise the 1-based ``page``.
    """

    kind: str = "read"
    page: int = 0


def perform(path: Path, name: str | None, limits: Limits, task: Task) -> Answer:
    """Do ``task`` with one file in a process of its own.

    Safe in threads, under any current directory. Raises ``ExtractionError`` and nothing else.
    """
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(_open(path))
        _check_size(file, limits)
        office = is_office(os.pread(file.fileno(), 1024, 0))
        try:
            if office:
                stack.enter_context(turn(limits.office_wait))
            outcome, detail = _run(file, name or path.name, limits, task, office=office)
        except OSError as error:
            outcome, detail = ReaderUnavailable(), repr(error)
    if isinstance(outcome, ExtractionError):
        if detail:
            logger.warning("reading failed: %s: %s", outcome.code, detail)
        raise outcome
    return outcome


def _open(path: Path) -> io.FileIO:
    try:
        # Not to wait for a writer should this be a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise NotReadable from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotReadable("这不是一个文件。请选择单个文件。")
    return io.FileIO(descriptor, "rb")


def _check_size(file: io.FileIO, limits: Limits) -> None:
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise EmptyFile
    if size > limits.max_bytes:
        raise TooLarge(
            f"文件有 {size / MIB:.1f} MB，超过 {limits.max_bytes / MIB:.0f} MB 的上限。"
            f"请压缩其中的图片，或分成几个文件后再上传。"
        )


def _run(
    file: io.FileIO, name: str, limits: Limits, task: Task, *, office: bool
) -> tuple[Answer | ExtractionError, str]:
    request = json.dumps({"limits": asdict(limits), "office": office, **asdict(task)})
    # An argument holds no NUL and a bounded length; only the extension is looked at.
    shown = name.replace("\0", "")[-200:].encode("utf-8", "replace").decode("utf-8")
    ended = child.ask(
        "documents.extraction",
        [request, shown],
        file,
        most=limits.output + MIB,
        seconds=_wall_seconds(limits, task, office=office),
    )
    return _outcome(ended.answer, ended.finished, ended.status)


def _wall_seconds(limits: Limits, task: Task, *, office: bool) -> float:
    if office:
        return limits.office_seconds
    return 2 * limits.ocr_seconds if task.kind == "ocr" else limits.wall_seconds


def _outcome(
    answer: bytes | None, finished: bool, status: int
) -> tuple[Answer | ExtractionError, str]:
    if answer is None or not finished:
        return LimitExceeded(), "no whole answer in time or size"
    if status == 0:
        return load(answer)
    if status in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGXFSZ}:
        # PDFium aborts when it cannot get memory.
        return LimitExceeded(), f"ended by signal {-status}"
    if status < 0:
        return Damaged(), f"ended by signal {-status}"
    return ReaderUnavailable(), f"exit status {status}"
