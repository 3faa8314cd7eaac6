"""Reads OFD (GB/T 33190), the layout format of Chinese authorities, as printed lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import ofdkit  # type: ignore[import-untyped]

from documents.extraction.archive import Archive
from documents.extraction.errors import Damaged, LimitExceeded, NoText
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.markup import parse_xml
from documents.extraction.pdf.glyphs import Frame, Glyph
from documents.extraction.pdf.lines import lines_of
from documents.text.values import Line, Source

_PAGE_CONTENT = re.compile(r"(?:Pages|Tpls|Temps)/[^/]+/[^/]*\.xml$", re.IGNORECASE)
_TEXT_OBJECT = "{*}TextObject"
_BOLD_WEIGHTS = frozenset(str(weight) for weight in range(600, 1001, 100))
_POINTS = 72 / 25.4  # OFD measures in millimetres
# What zipfile and arithmetic on broken coordinates raise through ofdkit.
_SLIPS = (ValueError, LookupError, ArithmeticError, TypeError, EOFError, OSError, RuntimeError)
_UNSAFE = "OFD 文件的内部结构超出安全限度。请用原来的软件另存一份再上传。"
_NO_TEXT = "OFD 文件里没有文字（多为图像）。请上传带文字的 PDF 或 Word 版本。"


def read_ofd(data: bytes) -> Source:
    """The printed lines of an OFD file, templates included, annotations left out.

    Raises ``Damaged``, ``Encrypted``, ``LimitExceeded`` and ``NoText``.
    """
    bold = _bold_objects(Archive(data))  # refuses bombs and climbing paths as well
    try:
        with ofdkit.open(data) as document:
            pages = list(document.pages)
            lines = tuple(
                line for at, page in enumerate(pages, 1) for line in _lines(page, at, bold)
            )
    except ofdkit.OFDLimitError as error:
        raise LimitExceeded(_UNSAFE) from error
    except (ofdkit.OFDError, *_SLIPS) as error:
        raise Damaged from error
    if sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise LimitExceeded
    if not lines:
        raise NoText(_NO_TEXT)
    return Source("ofd", lines, pages=len(pages))


def _bold_objects(archive: Archive) -> frozenset[str]:
    """Identifiers of the text objects set in bold (GB/T 33190-2016, 11.3: Weight from 600 on)."""
    found: set[str] = set()
    for name in archive.names:
        if not _PAGE_CONTENT.search(name):
            continue
        for item in parse_xml(archive.read(name)).iter(_TEXT_OBJECT):
            if (item.get("Weight") or "")[:4] in _BOLD_WEIGHTS:
                found.add(item.get("ID") or "")
    return frozenset(found)


def _lines(page: ofdkit.Page, number: int, bold: frozenset[str]) -> list[Line]:
    left, top, width, height = page.box
    glyphs = [
        glyph
        for run in page.runs
        for glyph in _glyphs(run, left, top, bold=str(run.object_id) in bold)
        if 0 <= glyph.x0 <= width * _POINTS and 0 <= glyph.y <= height * _POINTS
    ]
    return lines_of(glyphs, Frame(0, 0, width * _POINTS, height * _POINTS, 0), number)


def _glyphs(run: ofdkit.TextRun, left: float, top: float, *, bold: bool) -> Iterator[Glyph]:
    """The characters of a run, its width shared out: a wide one takes twice a narrow one."""
    shares = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in run.text]
    unit = run.width / max(1, sum(shares))
    x = run.x - left
    for char, share in zip(run.text, shares, strict=True):
        if char >= " ":
            yield Glyph(
                char=char, x0=x * _POINTS, x1=(x + unit * share) * _POINTS,
                y=(run.y - top) * _POINTS, size=run.size * _POINTS,
                font="", bold=bold, turn=0.0, pale=False, mapped=True,
            )  # fmt: skip
        x += unit * share
