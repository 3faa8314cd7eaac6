"""Runs the web server and a worker side by side; they begin together and end together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

GRACE = 20.0
"""Seconds the parts have to end by themselves before they are killed."""

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A program that runs as long as the others do."""

    name: str
    command: Sequence[str]


def run(parts: Sequence[Part], folder: Path, say: Callable[[str], None]) -> int:
    """Runs *parts* in *folder* until told to end or until one ends; gives the exit status.

    0 after SIGINT, SIGTERM or SIGHUP; 1 when a part ended by itself, which *say* is told. Each
    part is a session of its own, so that Ctrl-C reaches this process alone, and no part is left
    behind: on Linux even should this process be killed.
    """
    asked: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup asks
            signal.signal(number, hear)
    running: list[tuple[Part, subprocess.Popen[bytes]]] = []
    try:
        for part in parts:
            running.append((part, _start(part, folder)))  # noqa: PERF401 - ended below if one fails
        while not asked:
            ended = [(part, p.returncode) for part, p in running if p.poll() is not None]
            if ended:
                for part, status in ended:
                    say(f"The {part.name} ended by itself (status {status}); the rest ends too.")
                return 1
            time.sleep(0.2)
        return 0
    finally:
        _end([process for _, process in running])


def _start(part: Part, folder: Path) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 - fixed words and checked numbers only
        list(part.command),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - no threads run in this process
    )


def _die_with(parent: int) -> None:
    """In the child: asks the kernel for SIGTERM when the parent is gone."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # What is left of the part's own children goes with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
