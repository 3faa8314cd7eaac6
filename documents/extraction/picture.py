"""Draws one page of a PDF in a process of its own: PDFium may abort on a hostile file."""

from __future__ import annotations

import json
import logging
import math
import os
import struct
import sys
import zlib
from dataclasses import asdict
from pathlib import Path

from documents.extraction import child
from documents.extraction.confinement import confine
from documents.extraction.errors import Damaged, LimitExceeded, NotReadable, ReaderUnavailable
from documents.extraction.limits import MIB, Limits

logger = logging.getLogger(__name__)

MAX_PIXELS = 25_000_000
MAX_SIDE = 10_000
_NO_PAGE = 3


class NoSuchPage(NotReadable):
    """The file has no page of this number."""

    code = "no-such-page"
    default = "原件没有这一页。"


def render_page(path: Path, page: int, width: int, *, limits: Limits | None = None) -> bytes:
    """Page *page* (1-based) of the PDF at *path* as a PNG, *width* pixels wide.

    A page so long that it would have more than 25 million pixels comes out smaller. Blocks for
    at most ``limits.wall_seconds``. Raises NoSuchPage and other ExtractionErrors.
    """
    limits = limits or Limits()
    request = json.dumps({"limits": asdict(limits), "page": page, "width": width})
    try:
        with path.open("rb") as file:
            ended = child.ask(
                "documents.extraction.picture",
                [request],
                file,
                most=limits.output + MIB,
                seconds=limits.wall_seconds,
            )
    except OSError as error:
        raise ReaderUnavailable from error
    return _checked(ended.answer, ended.finished, ended.status)


def _checked(answer: bytes | None, finished: bool, status: int) -> bytes:
    if status == _NO_PAGE:
        raise NoSuchPage
    if answer is None or not finished or status < 0:
        logger.warning("a page could not be drawn: exit status %s", status)
        raise LimitExceeded
    if status != 0 or not answer.startswith(b"\x89PNG"):
        raise Damaged
    return answer


def size_within(width: float, height: float, wanted: int) -> float:
    """The scale at which a page is *wanted* pixels wide and inside every limit."""
    scale = wanted / width
    return min(scale, MAX_SIDE / height, math.sqrt(MAX_PIXELS / (width * height)))


def png_of(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """An RGB picture as PNG; rows of *pixels* are *stride* bytes apart."""
    rows = b"".join(
        b"\0" + pixels[row * stride : row * stride + 3 * width] for row in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _draw(data: bytes, number: int, wanted: int) -> bytes | None:
    import pypdfium2 as pdfium  # noqa: PLC0415  only once shut in

    document = pdfium.PdfDocument(data)
    if not 1 <= number <= len(document):
        return None
    page = document[number - 1]
    page_width, page_height = page.get_size()
    scale = size_within(page_width, page_height, wanted)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=False)
    return png_of(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)


def main(arguments: list[str]) -> int:
    """Draw the page that the first argument asks for from the PDF on standard input."""
    request = json.loads(arguments[0])
    answer = os.dup(1)
    os.dup2(2, 1)
    confine(Limits(**request["limits"]))
    picture = _draw(sys.stdin.buffer.read(), request["page"], request["width"])
    if picture is None:
        return _NO_PAGE
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
