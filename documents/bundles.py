"""Looks into an uploaded ZIP through a process of its own: names first, then file by file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents import confined
from documents.confined import Answer, ChildFailed
from documents.extraction import MAX_BYTES

_LONGEST_LIST = 4 << 20  # bytes; a thousand names of the longest kind, escaped
_TOO_MUCH = "压缩包打开时超过了时间或内存的上限。请分成几个压缩包后再上传。"


class BundleRefused(Exception):
    """A ZIP is not opened at all; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the ZIP under its readable *path*; ``refusal`` says why it cannot be taken."""

    path: str
    refusal: str = ""


class Bundle:
    """An uploaded ZIP while it is open; nothing of it is written under a name of its own."""

    def __init__(self, answer: Answer) -> None:
        """Raises BundleRefused for what is encrypted, damaged, a bomb, or too many files."""
        self._answer = answer
        listed = self._said(_LONGEST_LIST)
        if "error" in listed:
            raise BundleRefused(listed["error"])
        self.skipped: int = listed["skipped"]
        self.members = tuple(Member(**member) for member in listed["members"])

    def contents(self) -> Iterator[tuple[Member, bytes]]:
        """Each member with its bytes, none where it has a refusal; to be gone through once.

        Raises BundleRefused should the process end before all are out.
        """
        for member in self.members:
            if member.refusal:
                yield member, b""
                continue
            said = self._said(1000)
            if "refusal" in said:
                yield Member(member.path, said["refusal"]), b""
            else:
                yield member, self._bytes(said["size"])

    def _bytes(self, size: int) -> bytes:
        if size > MAX_BYTES:
            raise BundleRefused(_TOO_MUCH)
        try:
            return self._answer.exactly(size)
        except ChildFailed as failure:
            raise BundleRefused(_TOO_MUCH) from failure

    def _said(self, most: int) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads(self._answer.line(most))
        except (ChildFailed, ValueError) as failure:
            raise BundleRefused(_TOO_MUCH) from failure
        return said


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The ZIP at *path*. Raises BundleRefused."""
    with confined.run("documents.unzip", path) as answer:
        yield Bundle(answer)


def is_table(name: str) -> bool:
    """Whether a file's name says that it is a table of metadata."""
    return name.lower().endswith((".csv", ".xlsx"))


def is_bundle(name: str) -> bool:
    """Whether a file's name says that it is a ZIP of files."""
    return name.lower().endswith(".zip")
