"""Tells what a file is by its content, and whether its name says the same."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePath

from documents.extraction.encoding import decode
from documents.extraction.errors import ExtractionError, FormatMismatch


class Format(StrEnum):
    """What the bytes are; the first group is read, the second only recognised."""

    TEXT = "txt"
    MARKDOWN = "md"
    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"
    DOC = "doc"
    WORKS = "wps"
    RTF = "rtf"
    ODT = "odt"
    OFD = "ofd"

    XLSX = "xlsx"
    XLS = "xls"
    PPTX = "pptx"
    PPT = "ppt"
    ENCRYPTED_OFFICE = "encrypted-office"
    ZIP = "zip"
    IMAGE = "image"
    BINARY = "binary"


LABELS: dict[Format, str] = {
    Format.TEXT: "纯文本",
    Format.MARKDOWN: "Markdown 文本",
    Format.DOCX: "Word 文档（.docx）",
    Format.PDF: "PDF 文件",
    Format.HTML: "网页（HTML）",
    Format.DOC: "Word 97–2003 文档（.doc/.wps）",
    Format.WORKS: "Works 文档（.wps）",
    Format.RTF: "RTF 文档",
    Format.ODT: "ODT 文档",
    Format.OFD: "OFD 版式文件",
    Format.XLSX: "Excel 工作簿（.xlsx）",
    Format.XLS: "Excel 97–2003 工作簿（.xls）",
    Format.PPTX: "PowerPoint 演示文稿（.pptx）",
    Format.PPT: "PowerPoint 97–2003 演示文稿（.ppt）",
    Format.ENCRYPTED_OFFICE: "加密的 Office 文档",
    Format.ZIP: "压缩包",
    Format.IMAGE: "图片",
    Format.BINARY: "无法识别的二进制文件",
}

_CLAIMS: dict[str, frozenset[Format]] = {
    # Word itself writes RTF under .doc, and Kingsoft Writer Word 97 files under .wps.
    ".doc": frozenset({Format.DOC, Format.RTF}),
    ".wps": frozenset({Format.DOC, Format.WORKS}),
    ".docx": frozenset({Format.DOCX}),
    ".docm": frozenset({Format.DOCX}),
    ".pdf": frozenset({Format.PDF}),
    ".rtf": frozenset({Format.RTF}),
    ".odt": frozenset({Format.ODT}),
    ".ofd": frozenset({Format.OFD}),
    ".txt": frozenset({Format.TEXT}),
    ".text": frozenset({Format.TEXT}),
    ".md": frozenset({Format.MARKDOWN}),
    ".markdown": frozenset({Format.MARKDOWN}),
    ".htm": frozenset({Format.HTML}),
    ".html": frozenset({Format.HTML}),
    ".shtml": frozenset({Format.HTML}),
    ".xlsx": frozenset({Format.XLSX}),
    ".xls": frozenset({Format.XLS}),
    ".et": frozenset({Format.XLS}),
    ".pptx": frozenset({Format.PPTX}),
    ".ppt": frozenset({Format.PPT}),
    ".zip": frozenset({Format.ZIP}),
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"),
        frozenset({Format.IMAGE}),
    ),
}
_OFFICE = frozenset({".doc", ".docx", ".docm", ".wps", ".xls", ".xlsx", ".ppt", ".pptx", ".et"})
_PACKAGES = frozenset({Format.DOCX, Format.OFD, Format.ODT})
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE2_STREAMS = (
    ("EncryptedPackage", Format.ENCRYPTED_OFFICE),
    ("WordDocument", Format.DOC),
    ("Workbook", Format.XLS),
    ("PowerPoint Document", Format.PPT),
    ("MatOST", Format.WORKS),
    ("CONTENTS", Format.WORKS),
)
_ZIP_MEMBERS = (
    (re.compile(r"word/document\w*\.xml$", re.IGNORECASE), Format.DOCX),
    (re.compile(r"OFD\.xml$", re.IGNORECASE), Format.OFD),
    (re.compile(r"xl/workbook\.\w+$", re.IGNORECASE), Format.XLSX),
    (re.compile(r"ppt/presentation\.xml$", re.IGNORECASE), Format.PPTX),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_ODT_TYPE = b"mimetypeapplication/vnd.oasis.opendocument.text"


def sniff(data: bytes, name: str = "") -> Format:
    """What ``data``, a whole file, is by its content.

    ``name`` only tells Markdown and fragments of HTML from plain text: all three are text.
    Never raises; a file that is nothing known is ``Format.BINARY``.
    """
    head = data[:1024]
    if b"%PDF-" in head:
        return Format.PDF
    if data.startswith(_OLE2):
        return _ole2_kind(data)
    if head.lstrip().startswith(b"{\\rtf"):
        return Format.RTF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data, name)
    if data.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return Format.IMAGE
    return _text_kind(data, name)


def check_name(name: str, found: Format) -> None:
    """Raise ``FormatMismatch`` when the extension of ``name`` claims a type that is not found.

    An unknown extension, or none, claims nothing. An encrypted Office file is let through
    under any Office extension, so that its refusal can name the password.
    """
    suffix = PurePath(name).suffix.lower()
    claimed = _CLAIMS.get(suffix)
    if claimed is None or found in claimed:
        return
    if found is Format.ENCRYPTED_OFFICE and suffix in _OFFICE:
        return
    raise FormatMismatch(
        f"文件名以 {suffix} 结尾，内容却是{LABELS[found]}。"
        f"请确认没有选错文件；内容无误的话，改正扩展名后再上传。"
    )


def is_office(head: bytes) -> bool:
    """Whether a file that starts with ``head`` would need an office suite to be read."""
    return head.startswith(_OLE2) or head.lstrip().startswith(b"{\\rtf") or _ODT_TYPE in head


def _ole2_kind(data: bytes) -> Format:
    """By the names in the container's directory, which are UTF-16; the directory is not parsed."""
    for stream, kind in _OLE2_STREAMS:
        if stream.encode("utf-16-le") in data:
            return kind
    return Format.BINARY


def _zip_kind(data: bytes, name: str) -> Format:
    if _ODT_TYPE in data[:256]:
        return Format.ODT
    members = _member_names(data)
    for member in members or _names_in_headers(data):
        for pattern, kind in _ZIP_MEMBERS:
            if pattern.match(member.removeprefix("/")):
                return kind
    claimed = _CLAIMS.get(PurePath(name).suffix.lower(), frozenset()) & _PACKAGES
    # What is left of a package cut short may name nothing; then its own name is believed.
    return next(iter(claimed)) if claimed and not members else Format.ZIP


def _member_names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return []


def _names_in_headers(data: bytes) -> list[str]:
    """Members by their local headers, which are left when the directory at the end is cut off."""
    found = re.findall(rb"PK\x03\x04.{26}([\w/\[\].-]{1,80}\.xml)", data, re.DOTALL)
    names = [name.decode("ascii") for name in found[:5000]]
    return [*names, "word/document.xml"] if any(n.startswith("word/") for n in names) else names


def _text_kind(data: bytes, name: str) -> Format:
    try:
        text = decode(data).text
    except ExtractionError:
        # A page that lies about its charset is still a page.
        is_page = b"\0" not in data and _HTML.match(data[:4096].decode("latin-1"))
        return Format.HTML if is_page else Format.BINARY
    suffix = PurePath(name).suffix.lower()
    if _HTML.match(text[:4096]) or Format.HTML in _CLAIMS.get(suffix, ()):
        return Format.HTML
    return Format.MARKDOWN if Format.MARKDOWN in _CLAIMS.get(suffix, ()) else Format.TEXT
