"""Opens a PDF and reads its pages one after the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from documents.extraction.errors import Damaged, Encrypted, LimitExceeded, NoText
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.pdf.glyphs import Glyph, frame_of, glyphs_of
from documents.extraction.pdf.lines import lines_of
from documents.extraction.pdf.rules import rules_of
from documents.extraction.pdf.tables import Ruled, take_tables
from documents.text.values import Line, Source, Table, Warning

_FEW = 30  # characters; a page image with fewer is a scan with a stamp or number
_MOST = 0.6  # the share of a page that its images cover if the page is one
_HAN_ENOUGH = 50  # Han characters that tell whether a text layer is Chinese or noise
_MAX_OBJECTS = 5000
_UNREADABLE = 0.2  # share of characters that mean nothing, above which a text layer is useless
_GARBLED = "文件的文字层是乱码（字体没有编码信息）。请上传 Word 版本，或由原文件重新导出的 PDF。"


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page gave: ``image`` without text is a scan, ``garbled`` text is no text."""

    lines: tuple[Line | Table, ...] = ()
    image: bool = False
    garbled: bool = False
    broken: bool = False


def read_pdf(data: bytes) -> Source:
    """The printed lines of a PDF with their places on the page.

    Pages without text but with an image are named in a ``scanned-pages`` warning; when there is
    no page with text at all, ``NoText`` is raised. Raises ``Encrypted`` and ``Damaged`` too.
    A file that only restricts printing or copying is read.
    """
    pages = _read(data)
    if not any(page.lines for page in pages):
        _refuse(pages)
    return _source(pages, _warnings(pages))


def read_text_pages(data: bytes) -> Source:
    """The lines of the pages that have text, maybe none; no word about the others."""
    pages = _read(data)
    broken = [warning for warning in _warnings(pages) if warning.code == "damaged-pages"]
    return _source(pages, tuple(broken))


def image_pages(data: bytes) -> tuple[int, ...]:
    """The 1-based pages whose text is to be had by OCR only: page images, and garbled text."""
    found = enumerate(_read(data), start=1)
    return tuple(at for at, page in found if page.garbled or (page.image and not page.lines))


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """The document; raises ``Encrypted`` or ``Damaged``."""
    return _open(data)


def _read(data: bytes) -> list[_Page]:
    document = _open(data)
    try:
        return _pages(document)
    finally:
        document.close()


def _source(pages: Sequence[_Page], warnings: tuple[Warning, ...]) -> Source:
    lines = tuple(line for page in pages for line in page.lines)
    return Source("pdf", lines, pages=len(pages), warnings=warnings)


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise Encrypted from error
        if getattr(error, "err_code", None) == raw.FPDF_ERR_SECURITY:
            raise Encrypted("文件用不支持的方式加密。请去掉加密，另存一份后再上传。") from error
        raise Damaged from error


def _pages(document: pdfium.PdfDocument) -> list[_Page]:
    pages: list[_Page] = []
    amount = 0
    for index in range(len(document)):
        page = _read_page(document, index)
        pages.append(page)
        amount += sum(map(_length, page.lines))
        if amount > MAX_CHARACTERS:
            raise LimitExceeded(
                f"文件的文字超过 {MAX_CHARACTERS // 10_000} 万字。请分成几个文件后再上传。"
            )
    return pages


def _read_page(document: pdfium.PdfDocument, index: int) -> _Page:
    page = raw.FPDF_LoadPage(document.raw, index)
    if not page:
        return _Page(broken=True)
    try:
        text_page = raw.FPDFText_LoadPage(page)
        if not text_page:
            return _Page(broken=True)
        try:
            glyphs, frame = glyphs_of(text_page, frame_of(page))
        finally:
            raw.FPDFText_ClosePage(text_page)
        rules = rules_of(page, frame)
        tables, others = take_tables(glyphs, rules, index + 1) if rules else ([], glyphs)
        blocks = _with_tables(lines_of(others, frame, index + 1), tables)
        return _judge(glyphs, blocks, _has_image(page))
    finally:
        raw.FPDF_ClosePage(page)


def _with_tables(lines: list[Line], tables: Sequence[Ruled]) -> list[Line | Table]:
    """Each table before the first line that stands below its beginning."""
    blocks: list[Line | Table] = list(lines)
    for ruled in reversed(tables):
        below = (at for at, line in enumerate(lines) if (line.y or 0.0) > ruled.top)
        blocks.insert(next(below, len(lines)), ruled.table)
    return blocks


def _length(block: Line | Table) -> int:
    if isinstance(block, Table):
        return sum(len(cell.text) for row in block.rows for cell in row)
    return len(block.text)


def _judge(glyphs: Sequence[Glyph], lines: list[Line | Table], image: bool) -> _Page:
    printed = [glyph for glyph in glyphs if not glyph.char.isspace()]
    if image and len(printed) < _FEW:
        return _Page(image=True)
    if sum(map(_means_nothing, printed)) > _UNREADABLE * len(printed) or _is_noise(printed):
        return _Page(image=image, garbled=True)
    return _Page(tuple(lines), image)


def _is_noise(printed: Sequence[Glyph]) -> bool:
    """Whether a font's broken map makes rare characters of common ones.

    Nine in ten Han characters of running text are among the 3,755 of GB 2312's first level (rows
    16 to 55); in traditional script two in three, in noise fewer than one in five.
    """
    han = [glyph.char for glyph in printed if "\u3400" <= glyph.char <= "\u9fff"]
    if len(han) < _HAN_ENOUGH:
        return False
    common = sum(b"\xb0" <= char.encode("gb18030")[:1] <= b"\xd7" for char in han)
    level = sum(len(char.encode("gb2312", "ignore")) == 2 for char in han)
    return min(common, level) < 0.4 * len(han)


def _means_nothing(glyph: Glyph) -> bool:
    return (
        not glyph.mapped
        or glyph.char == "\ufffd"
        or unicodedata.category(glyph.char) in {"Co", "Cc", "Cn"}
    )


def _has_image(page: raw.FPDF_PAGE) -> bool:
    """Whether images take up most of the page: a logo or a seal makes no scan, strips do."""
    objects = (
        raw.FPDFPage_GetObject(page, at)
        for at in range(min(raw.FPDFPage_CountObjects(page), _MAX_OBJECTS))
    )
    area = raw.FPDF_GetPageWidthF(page) * raw.FPDF_GetPageHeightF(page)
    return bool(sum(map(_area, objects)) > _MOST * area)


def _area(item: raw.FPDF_PAGEOBJECT) -> float:
    """What an image covers, in square points; a form counts whole, as scanners wrap images so."""
    if raw.FPDFPageObj_GetType(item) not in {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM}:
        return 0.0
    left, bottom, right, top = (raw.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0
    return float(max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value))


def _refuse(pages: Sequence[_Page]) -> None:
    if any(page.garbled for page in pages):
        raise NoText(_GARBLED)
    if any(page.image for page in pages):
        raise NoText
    if not pages or all(page.broken for page in pages):
        raise Damaged
    raise NoText("文件里没有文字。请确认没有选错文件，或上传带文字的版本。")


def _warnings(pages: Sequence[_Page]) -> tuple[Warning, ...]:
    kinds = (
        ("scanned-pages", "只有图像，没有文字", [p.image and not p.lines for p in pages]),
        ("garbled-pages", "的文字层是乱码，未读取", [p.garbled for p in pages]),
        ("damaged-pages", "已损坏，未能读取", [p.broken for p in pages]),
    )
    found = []
    for code, what, marks in kinds:
        numbers = [str(at) for at, mark in enumerate(marks, start=1) if mark]
        if numbers:
            shown = "、".join(numbers[:20]) + (" 等" if len(numbers) > 20 else "")
            message = f"第 {shown} 页{what}。请对照原件补上，或上传完整的版本。"
            found.append(Warning(code, message))
    return tuple(found)
