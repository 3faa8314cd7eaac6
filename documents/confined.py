"""Runs one of our modules on one file in a process of its own, and ends it whatever happens.

The module confines itself (documents.extraction.confinement) before it looks at the file; here
is what its parent does: time, amounts, and that nothing stays behind.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from documents.extraction import child

SECONDS = 40.0
"""How long the process may be silent; its processor time has a limit of its own."""

_CHUNK = 1 << 16


class ChildFailed(Exception):
    """The process ended badly, fell silent, or said more than it may."""


class Answer:
    """What the process writes, read piece by piece; every reading may raise ChildFailed."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes]) -> None:
        self._process = process
        self._pipe = pipe
        self._held = bytearray()

    def line(self, most: int) -> bytes:
        """The next line of at most *most* bytes, without its line feed."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > most or not self._more():
                raise ChildFailed("no whole line")
        return self._take(end + 1)[:-1]

    def exactly(self, count: int) -> bytes:
        """The next *count* bytes."""
        while len(self._held) < count:
            if not self._more():
                raise ChildFailed("an answer cut short")
        return self._take(count)

    def whole(self, most: int) -> bytes:
        """All that is left, at most *most* bytes, of a process that ends well."""
        while self._more():
            if len(self._held) > most:
                raise ChildFailed("an answer too long")
        try:
            status = self._process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ChildFailed("no end") from error
        if status != 0:
            raise ChildFailed(f"exit status {status}")
        return self._take(len(self._held))

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def _more(self) -> bool:
        """Waits for more; False at the end."""
        deadline = time.monotonic() + SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while not selector.select(max(deadline - time.monotonic(), 0)):
                if time.monotonic() >= deadline:
                    raise ChildFailed("silence")
        chunk = os.read(self._pipe.fileno(), _CHUNK)
        self._held += chunk
        return bool(chunk)


@contextmanager
def run(module: str, path: Path, *arguments: str) -> Iterator[Answer]:
    """``python -m MODULE ARGUMENTS`` with the file at *path* on standard input.

    It works in an empty folder that goes with it, and its whole group ends with the block.
    """
    with (
        tempfile.TemporaryDirectory(prefix="confined-", ignore_cleanup_errors=True) as room,
        path.open("rb") as file,
    ):
        process = child.start(module, arguments, file, room)
        try:
            if process.stdout is None:
                raise ChildFailed("no pipe")
            with process.stdout as pipe:
                yield Answer(process, pipe)
        finally:
            child.end(process)
