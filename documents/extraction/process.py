"""Runs the reading process for one file and makes sure that nothing of it stays behind."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import selectors
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

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

_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 16


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
    deadline = time.monotonic() + _wall_seconds(limits, task, office=office)
    with tempfile.TemporaryDirectory(prefix="extraction-", ignore_cleanup_errors=True) as room:
        # -P keeps the current directory out of the module path, -s a user's own packages.
        process = subprocess.Popen(  # noqa: S603  our own module, no shell
            [sys.executable, "-P", "-s", "-m", "documents.extraction", request, shown],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=room,
            env=_environment(room),
            start_new_session=True,
        )
        try:
            answer = _collect(process, limits.output + MIB, deadline)
            finished = _await_end(process, deadline)
        finally:
            _end(process)
    return _outcome(answer, finished, process.returncode)


def _wall_seconds(limits: Limits, task: Task, *, office: bool) -> float:
    if office:
        return limits.office_seconds
    return 2 * limits.ocr_seconds if task.kind == "ocr" else limits.wall_seconds


def _environment(room: str) -> dict[str, str]:
    return {
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": room,
        "TMPDIR": room,
    }


def _collect(process: subprocess.Popen[bytes], cap: int, deadline: float) -> bytes | None:
    """What the process writes until it closes its end; ``None`` past ``cap`` or ``deadline``."""
    if process.stdout is None:
        return None
    chunks: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector, process.stdout as pipe:
        selector.register(pipe, selectors.EVENT_READ)
        while size <= cap and (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            chunk = os.read(pipe.fileno(), _CHUNK)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
            size += len(chunk)
    return None


def _await_end(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Whether the process ends in time; it is not reaped yet, so its number stays its own."""
    while True:
        try:
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                return True
        except ChildProcessError:  # the host process ignores SIGCHLD: already gone
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.002)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the process group, then reap its leader."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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
