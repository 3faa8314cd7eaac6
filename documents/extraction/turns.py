"""Lets one office conversion run at a time on this machine, across processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from documents.extraction.errors import ReaderUnavailable

_BUSY = "服务器正在转换其他文件，排队时间过长。请稍后再试。"
_POLL = 0.1


@contextlib.contextmanager
def turn(seconds: float) -> Iterator[None]:
    """Wait for the turn, at most so long; raises ``ReaderUnavailable`` when it does not come.

    Each conversion takes 200 MB and a core. The lock is on this very file, which every process of
    an installation has, and the system lets go of it when its holder dies.
    """
    deadline = time.monotonic() + seconds
    descriptor = os.open(Path(__file__), os.O_RDONLY | os.O_CLOEXEC)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise ReaderUnavailable(_BUSY) from None
                time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)
