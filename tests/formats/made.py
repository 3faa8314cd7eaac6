"""Every format a source document is made in, and reading it back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from documents.extraction import extract_file
from documents.text import Reading, read_source
from tests.formats.compare import Comparison, compare
from tests.formats.layout import Page, Typesetter
from tests.formats.manuscript import Manuscript, manuscript, source_text
from tests.formats.ofd import print_ofd
from tests.formats.paper import MISSING, measure, print_pdf, scan
from tests.formats.web import PLATFORMS
from tests.formats.word import word

Make = Callable[[str], bytes]
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FLOOR, SCAN_FLOOR = 0.95, 0.90
"""The least share of sections that must come back equal."""


@cache
def document(name: str) -> Manuscript:
    """The manuscript of a source document, made once."""
    return manuscript(name)


@cache
def pages(name: str) -> list[Page]:
    """Its pages as GB/T 9704 lays them out."""
    made = document(name)
    return Typesetter(measure, made.notes).set(made)


@cache
def old_word(name: str) -> bytes:
    """Its Word file with automatic numbers, saved by LibreOffice as Word 97."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.docx"
        source.write_bytes(word(document(name), automatic=True))
        subprocess.run(
            [str(SOFFICE), f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
             "--headless", "--convert-to", "doc:MS Word 97", "--outdir", folder, str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return (Path(folder) / "in.doc").read_bytes()


def _web(platform: str) -> Make:
    return lambda name: PLATFORMS[platform](document(name)).encode()


def _text(encoding: str, mark: bytes = b"") -> Make:
    return lambda name: mark + source_text(name).encode(encoding)


MAKERS: Mapping[str, tuple[str, Make]] = {
    "PDF": (".pdf", lambda name: print_pdf(pages(name))),
    "DOCX, typed numbers": (".docx", lambda name: word(document(name), automatic=False)),
    "DOCX, automatic numbers": (".docx", lambda name: word(document(name), automatic=True)),
    "DOC": (".doc", old_word),
    "WPS": (".wps", old_word),
    "OFD": (".ofd", lambda name: print_ofd(pages(name), measure)),
    "HTML, TRS": (".html", _web("trs")),
    "HTML, UCAP": (".html", _web("ucap")),
    "HTML, ivs": (".html", _web("ivs")),
    "text, GB18030": (".txt", _text("gb18030")),
    "text, UTF-16 with mark": (".txt", _text("utf-16-le", b"\xff\xfe")),
    "text, UTF-16 LE": (".txt", _text("utf-16-le")),
    "text, UTF-16 BE": (".txt", _text("utf-16-be")),
}
"""Format to extension and maker."""

SET = frozenset({"PDF", "OFD", "scan"})
"""Formats whose pages are set with this machine's fonts."""


def missing_for(kind: str) -> str:
    """Why a format cannot be made or read here, or nothing."""
    if kind in SET and MISSING:
        return f"no fonts to print with: {', '.join(MISSING)}"
    if kind in {"DOC", "WPS"} and not SOFFICE:
        return "LibreOffice is not here"
    return ""


def read_back(data: bytes, suffix: str, folder: Path) -> Reading:
    """What a file of these bytes is read as."""
    path = folder / f"in{suffix}"
    path.write_bytes(data)
    return read_source(extract_file(path))


def compared(name: str, kind: str, folder: Path) -> Comparison:
    """A source document made as ``kind`` and read back."""
    suffix, make = MAKERS[kind]
    return compare(document(name).reading, read_back(make(name), suffix, folder))


def compared_scan(name: str, folder: Path) -> Comparison:
    """A source document as images of its pages, recognised and read."""
    path = folder / "scan.pdf"
    path.write_bytes(scan(print_pdf(pages(name))))
    return compare(document(name).reading, read_source(extract_file(path, ocr=True)))
