"""Looks into an uploaded ZIP: which members are files of the editor's own, and their bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from documents.extraction import Damaged, Encrypted, ExtractionError, LimitExceeded
from documents.extraction.archive import Archive
from documents.extraction.limits import MAX_BYTES, MIB

MAX_MEMBERS = 1000
"""Files one ZIP may bring; more is a job for ``manage.py load``."""

_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_MESSAGES = {
    Encrypted: "压缩包设有密码。请去掉密码，重新压缩后再上传。",
    Damaged: "压缩包不完整或已损坏。请重新压缩后再上传。",
    LimitExceeded: "压缩包展开后过大或文件过多。请分成几个压缩包后再上传。",
}


class BundleRefused(Exception):
    """A ZIP is not opened at all; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the ZIP under its readable *path*; ``refusal`` says why it cannot be taken."""

    path: str
    entry: str
    refusal: str = ""


class Bundle:
    """An uploaded ZIP; nothing of it is ever written under a name of its own."""

    def __init__(self, path: Path) -> None:
        """Raises BundleRefused for what is encrypted, damaged, a bomb, or too many files."""
        data = path.read_bytes()
        try:
            self._archive = Archive(data)
        except ExtractionError as error:
            raise BundleRefused(_MESSAGES.get(type(error), error.message)) from error
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
        own = [entry for entry in entries if not _is_junk(entry)]
        self.skipped = len(entries) - len(own)
        if len(own) > MAX_MEMBERS:
            raise BundleRefused(
                f"压缩包里有 {len(own)} 个文件，一次最多 {MAX_MEMBERS} 个。请分开上传。"
            )
        self.members = tuple(_members(own))

    def read(self, member: Member) -> bytes:
        """The member's bytes. Raises BundleRefused; a bomb that hid its size is caught here."""
        try:
            return self._archive.read(member.entry)
        except ExtractionError as error:
            raise BundleRefused(_MESSAGES.get(type(error), error.message)) from error


def is_table(name: str) -> bool:
    """Whether a file's name says that it is a table of metadata."""
    return name.lower().endswith((".csv", ".xlsx"))


def is_bundle(name: str) -> bool:
    """Whether a file's name says that it is a ZIP of files."""
    return name.lower().endswith(".zip")


def _members(entries: list[zipfile.ZipInfo]) -> Iterator[Member]:
    seen: set[str] = set()
    for entry in entries:
        path = "".join(filter(str.isprintable, readable_name(entry)))
        refusal = _refusal(entry)
        if not refusal and entry.filename.casefold() in seen:
            refusal = "压缩包里有同名的文件，只收了其中一份。"
        seen.add(entry.filename.casefold())
        yield Member(path, entry.filename, refusal)


def _refusal(entry: zipfile.ZipInfo) -> str:
    if entry.filename.lower().endswith(_ARCHIVES):
        return "压缩包里又有压缩包，没有打开。请解开后再上传。"
    if entry.compress_type not in _METHODS:
        return "压缩方法少见，没有打开。请用通常的 ZIP 方式重新压缩。"
    if entry.file_size > MAX_BYTES:
        return f"文件超过 {MAX_BYTES // MIB} MB。请压缩其中的图片或拆分后再上传。"
    return ""


def readable_name(entry: zipfile.ZipInfo) -> str:
    """The member's path as its owner saw it.

    A ZIP says in bit 11 whether its names are UTF-8 (APPNOTE 4.4.4); without it they are in
    the code page of the machine that made it, on Chinese Windows GBK, and on many others UTF-8
    all the same. Python reads such names as code page 437, which loses nothing. Some GBK words
    (通, 联通) are well-formed UTF-8 too, but not of Chinese characters.
    """
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    readings = list(_readings(raw))
    return next((text for text in readings if _looks_chinese(text)), (*readings, entry.filename)[0])


def _readings(raw: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "gb18030"):
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError:
            continue


def _looks_chinese(text: str) -> bool:
    """Whether all that is not ASCII is Chinese characters and their punctuation."""
    return all(
        character < "\x80"
        or "\u2010" <= character <= "\u203b"
        or "\u3000" <= character <= "\u9fff"
        or "\uff00" <= character <= "\uffef"
        for character in text
    )


def _is_junk(entry: zipfile.ZipInfo) -> bool:
    path = entry.filename.replace("\\", "/").lower()
    name = PurePosixPath(path).name
    # The upper half of the external attributes is the Unix mode; 0o120000 is a symbolic link.
    link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return (
        path.endswith("/") or link or "__macosx/" in path or name in _JUNK
        or name.startswith(("._", "~$"))
    )  # fmt: skip
