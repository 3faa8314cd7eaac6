"""Reads members of a zip container in memory, under limits that the headers cannot talk away."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from documents.extraction.errors import Damaged, Encrypted, LimitExceeded
from documents.extraction.limits import MIB

MAX_ENTRIES = 5000
MAX_UNPACKED = 300 * MIB
MAX_RATIO = 200
_RATIO_FROM = 10 * MIB
_CHUNK = 1 << 20
_TOO_MUCH = "文件展开后过大，可能是压缩炸弹。请用原来的软件另存一份，再重新上传。"


class Archive:
    """A zip container; names are compared without regard to case, as office suites do."""

    def __init__(self, data: bytes) -> None:
        """Raises ``Damaged`` for a broken directory, ``LimitExceeded`` for one that is a bomb."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise Damaged from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise LimitExceeded(_TOO_MUCH)
        for entry in entries:
            _check_entry(entry)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise LimitExceeded(_TOO_MUCH)
        self._entries = {_key(entry.filename): entry for entry in entries}
        self._read = 0

    @property
    def names(self) -> list[str]:
        """All member names as written."""
        return self._zip.namelist()

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of one member; raises ``KeyError`` when there is none of that name."""
        entry = self._entries[_key(name)]
        chunks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(entry) as member:
                while chunk := member.read(_CHUNK):
                    size += len(chunk)
                    self._count(len(chunk), size, entry)
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
            raise Damaged from error
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or an odd compression
            raise Damaged from error
        return b"".join(chunks)

    def _count(self, chunk: int, size: int, entry: zipfile.ZipInfo) -> None:
        self._read += chunk
        packed = max(1, entry.compress_size)
        if self._read > MAX_UNPACKED or (size > _RATIO_FROM and size > MAX_RATIO * packed):
            raise LimitExceeded(_TOO_MUCH)


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise Encrypted
    name = entry.filename.replace("\\", "/")
    # Office suites write "/word/document.xml" at times; an absolute path is only a way of
    # writing here, since nothing is ever extracted. A climbing one has no honest use.
    if ".." in PurePosixPath(name).parts:
        raise Damaged("文件的内部结构不正常（含有越出目录的路径）。请用原来的软件另存一份再上传。")
    packed = max(1, entry.compress_size)
    if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * packed:
        raise LimitExceeded(_TOO_MUCH)
