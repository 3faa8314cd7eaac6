"""The process that opens one uploaded ZIP on standard input and hands its files out one by one.

First a line of JSON: ``{"skipped", "members": [{"path", "refusal"}]}``, or ``{"error"}``. Then,
for every member without a refusal and in that order, a line ``{"size"}`` with as many bytes after
it, or a line ``{"refusal"}``.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from documents.extraction.archive import Archive
from documents.extraction.confinement import confine
from documents.extraction.errors import Damaged, Encrypted, ExtractionError, LimitExceeded
from documents.extraction.limits import MAX_BYTES, MIB, Limits

MAX_MEMBERS = 1000
"""Files one ZIP may bring; more is a job for ``manage.py load``."""

_JUNK = (".ds_store", "thumbs.db", "desktop.ini")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_MESSAGES = {
    Encrypted: "压缩包设有密码。请去掉密码，重新压缩后再上传。",
    Damaged: "压缩包不完整或已损坏。请重新压缩后再上传。",
    LimitExceeded: "压缩包展开后过大或文件过多。请分成几个压缩包后再上传。",
}


def unpack(data: bytes, out: IO[bytes]) -> None:
    """Writes what the archive *data* holds to *out*, in the form described above."""
    try:
        archive = Archive(data)
    except ExtractionError as error:
        _say(out, error=_words(error))
        return
    with zipfile.ZipFile(io.BytesIO(data)) as directory:
        entries = directory.infolist()
    own = [entry for entry in entries if not _is_junk(entry)]
    if len(own) > MAX_MEMBERS:
        said = f"压缩包里有 {len(own)} 个文件，一次最多 {MAX_MEMBERS} 个。请分开上传。"
        _say(out, error=said)
        return
    members = list(_members(own))
    _say(
        out,
        skipped=len(entries) - len(own),
        members=[{"path": path, "refusal": refusal} for _, path, refusal in members],
    )
    for entry, _, refusal in members:
        if not refusal:
            _hand_out(archive, entry, out)


def _hand_out(archive: Archive, entry: zipfile.ZipInfo, out: IO[bytes]) -> None:
    try:
        content = archive.read(entry.filename)
    except ExtractionError as error:  # a bomb that hid its size is caught here
        _say(out, refusal=_words(error))
        return
    _say(out, size=len(content))
    out.write(content)


def _say(out: IO[bytes], **values: Any) -> None:
    # ASCII, so that odd names out of the archive cannot break a line or an encoding.
    out.write(json.dumps(values).encode("ascii") + b"\n")


def _words(error: ExtractionError) -> str:
    return _MESSAGES.get(type(error), error.message)


def _members(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str, str]]:
    seen: set[str] = set()
    for entry in entries:
        path = "".join(filter(str.isprintable, readable_name(entry)))
        refusal = _refusal(entry)
        if not refusal and entry.filename.casefold() in seen:
            refusal = "压缩包里有同名的文件，只收了其中一份。"
        seen.add(entry.filename.casefold())
        yield entry, path, refusal


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


def main() -> int:
    """Any failure that is not told is an exit status."""
    confine(Limits())
    with sys.stdout.buffer as out:
        unpack(sys.stdin.buffer.read(), out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
