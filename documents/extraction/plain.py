"""Reads plain text in whatever encoding it comes."""

from __future__ import annotations

from documents.extraction.encoding import Decoded, decode
from documents.extraction.errors import LimitExceeded
from documents.extraction.limits import MAX_CHARACTERS
from documents.text import source_of_text
from documents.text.values import Source, Warning

_NAMES = {"gb18030": "GB18030（GBK、GB2312）", "big5": "Big5"}


def read_plain(data: bytes) -> Source:
    """The printed lines of a text file; a form feed begins a page.

    Raises ``UnsupportedFormat`` for binary content and ``LimitExceeded`` for a whole library.
    """
    decoded = decode_text(data)
    return with_warnings(source_of_text(decoded.text, "txt"), decoded)


def decode_text(data: bytes) -> Decoded:
    """The characters of ``data``, at most ``MAX_CHARACTERS`` of them."""
    decoded = decode(data)
    if len(decoded.text) > MAX_CHARACTERS:
        raise LimitExceeded(
            f"文件的文字超过 {MAX_CHARACTERS // 10_000} 万字。请分成几个文件后再上传。"
        )
    return decoded


def with_warnings(source: Source, decoded: Decoded) -> Source:
    """``source`` with a warning where its encoding was a guess."""
    if not decoded.guessed:
        return source
    shown = _NAMES.get(decoded.encoding, decoded.encoding.upper())
    message = f"文件没有写明编码，已按 {shown} 读取。如有乱码，请另存为 UTF-8 再上传。"
    return Source(
        format=source.format,
        blocks=source.blocks,
        footnotes=source.footnotes,
        pages=source.pages,
        warnings=(*source.warnings, Warning("encoding", message)),
    )
