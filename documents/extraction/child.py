"""Runs one of our modules in a process of its own and leaves nothing of it behind.

The module confines itself (documents.extraction.confinement) before it looks at the file; here
is what its parent does.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process wrote, None when not all of it came in time and size; whether it ended by
    itself in time; its exit status, negative for a signal."""

    answer: bytes | None
    finished: bool
    status: int


def start(
    module: str, arguments: Sequence[str], file: IO[Any], room: str
) -> subprocess.Popen[bytes]:
    """``python -m MODULE ARGUMENTS`` with *file* on standard input, at work in the folder *room*.

    It leads a group of its own: see `end`. Raises OSError.
    """
    # -P keeps the current directory out of the module path, -s a user's own packages.
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-P", "-s", "-m", module, *arguments],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=room,
        env={
            "PYTHONPATH": str(_ROOT),
            "PYTHONUTF8": "1",
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": room,
            "TMPDIR": room,
            # A mathematical library that comes along reserves memory for every core.
            "OPENBLAS_NUM_THREADS": "1",
        },
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills whatever is left of the process group, then reaps its leader."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(
    module: str, arguments: Sequence[str], file: IO[Any], *, most: int, seconds: float
) -> Ended:
    """Runs *module* to its end, *seconds* at most, in an empty folder that goes with it.

    Its answer has at most *most* bytes. Raises OSError.
    """
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="child-", ignore_cleanup_errors=True) as room:
        process = start(module, arguments, file, room)
        try:
            answer = _collect(process, most, deadline)
            finished = _await_end(process, deadline)
        finally:
            end(process)
    return Ended(answer, finished, process.returncode)


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
