"""Chooses the reader for a file's content and lets it read."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from documents.extraction.errors import (
    EmptyFile,
    Encrypted,
    LimitExceeded,
    NoText,
    UnsupportedFormat,
)
from documents.extraction.formats import LABELS, Format, check_name, sniff
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.wire import dump_pages, dump_source
from documents.text.values import Source, Table

Reader = Callable[[bytes], Source]

# Named, not imported: a process reads one file, and should not pay for the other readers.
_READERS: dict[Format, str] = {
    Format.TEXT: "plain:read_plain",
    Format.MARKDOWN: "markdown:read_markdown",
    Format.DOCX: "docx:read_docx",
    Format.PDF: "pdf:read_pdf",
    Format.HTML: "html:read_html",
    Format.OFD: "ofd:read_ofd",
    **dict.fromkeys((Format.DOC, Format.WORKS, Format.RTF, Format.ODT), "office:read_office"),
}
_REFUSALS: dict[Format, str] = {
    Format.IMAGE: "图片里的文字暂时无法识别。请上传带文字的 PDF、Word 或文本版本。",
    Format.ZIP: "不接受压缩包。请解压后逐个上传其中的文件。",
}


def perform(kind: str, page: int, data: bytes, name: str) -> bytes:
    """Do one of the tasks of :class:`documents.extraction.process.Task`; the answer as JSON."""
    if kind == "read":
        return dump_source(read_bytes(data, name))
    if _kind_of(data, name) is not Format.PDF:
        return dump_pages(()) if kind == "survey" else dump_source(read_bytes(data, name))
    if kind == "ocr":
        recognise = importlib.import_module(f"{__package__}.recognition").recognise
        return dump_source(recognise(data, page))
    document = importlib.import_module(f"{__package__}.pdf")
    if kind == "survey":
        return dump_pages(document.image_pages(data))
    return dump_source(document.read_text_pages(data))


def read_bytes(data: bytes, name: str) -> Source:
    """Read a whole file; raises ``ExtractionError`` for every reason foreseen."""
    found = _kind_of(data, name)
    reader = _READERS.get(found)
    if reader is None:
        raise UnsupportedFormat(_REFUSALS.get(found, _cannot_read(found)))
    source = _load(reader)(data)
    _check_amount(source)
    return source


def _kind_of(data: bytes, name: str) -> Format:
    if not data.strip(b"\0\t\n\r "):
        raise EmptyFile
    found = sniff(data, name)
    check_name(name, found)
    if found is Format.ENCRYPTED_OFFICE:
        raise Encrypted
    return found


def _cannot_read(found: Format) -> str:
    return f"暂时不能读取{LABELS[found]}。请另存为 .docx、.pdf（带文字）、.txt 或 .md 后再上传。"


def _load(reader: str) -> Reader:
    module, function = reader.split(":")
    return cast(Reader, getattr(importlib.import_module(f"{__package__}.{module}"), function))


def _check_amount(source: Source) -> None:
    amount = 0
    for block in source.blocks:
        if isinstance(block, Table):
            amount += sum(len(cell.text) for row in block.rows for cell in row)
        else:
            amount += len(block.text)
    if amount > MAX_CHARACTERS:
        raise LimitExceeded(
            f"文件的文字超过 {MAX_CHARACTERS // 10_000} 万字。请分成几个文件后再上传。"
        )
    if amount == 0:
        raise NoText("文件里没有文字。请确认没有选错文件，或上传带文字的版本。")
