"""Takes the characters off one PDF page, in PDFium's terms, and sets them upright."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium

_FORCE_BOLD = 1 << 18
_BOLD_WEIGHTS = range(600, 1001)  # PDFium works out thousands from a broken stem width
_BOLD_NAMES = ("bold", "heavy", "black")
_STROKED = frozenset({pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE})
_HYPHEN = 0x2  # what PDFium makes of a hyphen at a line's end
_NO_TEXT = frozenset({0, 0xA, 0xD, 0xFFFE, 0xFFFF})


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character; points from the page's top left corner, ``y`` is the baseline.

    ``turn`` is the writing direction, in degrees clockwise from left to right; ``pale`` tells
    a fill so light or transparent that it is meant to stay behind the text.
    """

    char: str
    x0: float
    x1: float
    y: float
    size: float
    font: str
    bold: bool
    turn: float
    pale: bool
    mapped: bool


@dataclass(frozen=True, slots=True)
class _Face:
    """What all characters of one text object share."""

    font: str
    size: float
    bold: bool
    turn: float
    pale: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible box of a page, in its own coordinates, and its rotation in quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as seen."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.quarters % 2 else (width, height)

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page as seen, from the top left corner."""
        if self.quarters == 0:
            return x - self.left, self.top - y
        if self.quarters == 1:
            return y - self.bottom, x - self.left
        if self.quarters == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def turned(self, quarters: int) -> Frame:
        """The same page, turned clockwise by further quarters."""
        turns = (self.quarters + quarters) % 4
        return Frame(self.left, self.bottom, self.right, self.top, turns)


def frame_of(page: pdfium.FPDF_PAGE) -> Frame:
    """The frame of a loaded page."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    quarters = pdfium.FPDFPage_GetRotation(page) % 4
    return Frame(box.left, box.bottom, box.right, box.top, quarters)


def glyphs_of(text_page: pdfium.FPDF_TEXTPAGE, frame: Frame) -> tuple[list[Glyph], Frame]:
    """All characters of a page with the frame they were read in.

    A page whose text mostly runs along the page's side, as wide tables are printed, is turned
    so that it reads from left to right.
    """
    glyphs = list(_read(text_page, frame))
    turns = Counter(round(glyph.turn / 90) % 4 for glyph in glyphs if _is_square(glyph.turn))
    if not turns:
        return glyphs, frame
    quarter, count = turns.most_common(1)[0]
    if quarter == 0 or count * 2 <= len(glyphs):
        return glyphs, frame
    frame = frame.turned(-quarter)
    return list(_read(text_page, frame)), frame


def _is_square(turn: float) -> bool:
    return abs((turn + 45) % 90 - 45) < 5


def _read(text_page: pdfium.FPDF_TEXTPAGE, frame: Frame) -> Iterator[Glyph]:
    face = _Face("", 0.0, False, 0.0, False)
    current: int | None = None
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    high = 0
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        if 0xD800 <= code < 0xDC00:  # the first half of a character beyond the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code == _HYPHEN:
            code = ord("-")
        mapped = pdfium.FPDFText_HasUnicodeMapError(text_page, index) != 1
        if code in _NO_TEXT or code < 0x20:
            if mapped:
                continue
            code = 0xFFFD
        of = pdfium.FPDFText_GetTextObject(text_page, index)
        address = ctypes.cast(of, ctypes.c_void_p).value
        if address != current:
            current, face = address, _face(text_page, index, of, frame)
        pdfium.FPDFText_GetCharOrigin(text_page, index, ctypes.byref(x), ctypes.byref(y))
        pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
        left, baseline = frame.seen(x.value, y.value)
        ends = frame.seen(box.left, box.bottom)[0], frame.seen(box.right, box.top)[0]
        yield Glyph(
            chr(code), left, max(*ends, left), baseline,
            face.size, face.font, face.bold, face.turn, face.pale, mapped,
        )  # fmt: skip


def _face(
    text_page: pdfium.FPDF_TEXTPAGE, index: int, of: pdfium.FPDF_PAGEOBJECT, frame: Frame
) -> _Face:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix))
    # The size a font is set in says little: the matrix scales it.
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = pdfium.FPDFText_GetFontSize(text_page, index) * scale
    turn = -math.degrees(math.atan2(matrix.b, matrix.a)) + 90 * frame.quarters
    font, flags = _font(text_page, index)
    weight = pdfium.FPDFText_GetFontWeight(text_page, index)
    stroked = pdfium.FPDFTextObj_GetTextRenderMode(of) in _STROKED
    bold = (
        stroked
        or weight in _BOLD_WEIGHTS
        or bool(flags & _FORCE_BOLD)
        or any(name in font.lower() for name in _BOLD_NAMES)
    )
    turn = (turn + 180) % 360 - 180
    return _Face(font, round(abs(size), 2), bold, turn, _is_pale(text_page, index))


def _font(text_page: pdfium.FPDF_TEXTPAGE, index: int) -> tuple[str, int]:
    """The font's name without its subset tag, and its descriptor flags."""
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(256)
    length = pdfium.FPDFText_GetFontInfo(text_page, index, buffer, 256, ctypes.byref(flags))
    written = buffer.raw[: max(0, min(length, 256) - 1)]
    try:
        name = written.decode("utf-8")
    except UnicodeDecodeError:  # older Chinese software writes the font's name in GBK
        name = written.decode("gb18030", "replace")
    if len(name) > 7 and name[6] == "+":
        name = name[7:]
    return name, flags.value


def _is_pale(text_page: pdfium.FPDF_TEXTPAGE, index: int) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = pdfium.FPDFText_GetFillColor(
        text_page, index, *(ctypes.byref(channel) for channel in (red, green, blue, alpha))
    )
    return bool(known) and (min(red.value, green.value, blue.value) > 190 or alpha.value < 130)
