"""Reads the formats that only an office suite understands, by way of Word's own."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from documents.extraction.docx import read_docx
from documents.extraction.errors import Damaged, Encrypted, LimitExceeded, ToolMissing
from documents.extraction.formats import Format, sniff
from documents.extraction.limits import MAX_BYTES
from documents.text.values import Source

_SECONDS = 110  # less than the parent allows, so that its own refusal is not cut off
_WORD_STREAM = 512  # where the first stream of a Word 97 file begins
_WORD_MAGIC = 0xA5EC
_ENCRYPTED = 0x0100  # FibBase.fEncrypted, [MS-DOC] 2.5.2
_MISSING = (
    "服务器没有安装 LibreOffice，不能读取{}文件。请另存为 .docx 后上传，"
    "或请管理员安装 libreoffice-writer-nogui。"
)
_SUFFIXES = {Format.DOC: ".doc", Format.WORKS: ".wps", Format.RTF: ".rtf", Format.ODT: ".odt"}


def read_office(data: bytes) -> Source:
    """Convert a .doc, .wps, .rtf or .odt to .docx with LibreOffice and read that.

    Runs only inside the reading process, whose limits LibreOffice inherits. Raises
    ``ToolMissing`` without LibreOffice, ``Encrypted`` and ``Damaged`` as the file is.
    """
    found = sniff(data)
    if found is Format.DOC and _is_encrypted(data):
        raise Encrypted
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise ToolMissing(_MISSING.format(_SUFFIXES[found]))
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as folder:
        written = _convert(program, data, Path(folder), _SUFFIXES[found])
    return replace(read_docx(written), format=_SUFFIXES[found].removeprefix("."))


def _is_encrypted(data: bytes) -> bool:
    if len(data) < _WORD_STREAM + 12:
        return False
    magic, flags = struct.unpack_from("<H8xH", data, _WORD_STREAM)
    return bool(magic == _WORD_MAGIC and flags & _ENCRYPTED)


def _convert(program: str, data: bytes, folder: Path, suffix: str) -> bytes:
    source = folder / f"in{suffix}"
    source.write_bytes(data)
    # A profile of its own: two conversions at once must not wait for each other.
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
        "--convert-to", "docx", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    try:
        subprocess.run(  # noqa: S603  a fixed program, no shell, our own file name
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise LimitExceeded from error
    made = folder / "out" / "in.docx"
    if not made.is_file():
        raise Damaged
    if made.stat().st_size > MAX_BYTES:
        raise LimitExceeded
    return made.read_bytes()
