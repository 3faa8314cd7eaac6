"""Prints set pages as a PDF with embedded fonts, and that again as a scan."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.formats.layout import PAGE, Page, Print

_FONTS = Path("/usr/share/fonts/truetype")
FACES = {"body": (_FONTS / "arphic/uming.ttc", 0), "black": (_FONTS / "wqy/wqy-zenhei.ttc", 0)}
DPI = 200
MISSING = [str(path) for path, _ in FACES.values() if not path.exists()]
"""Font files that printing needs and this machine has not."""


@cache
def load_fonts() -> None:
    """Make the faces known to reportlab."""
    for name, (path, index) in FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(path), subfontIndex=index))


def measure(text: str, face: str, size: float) -> float:
    """The printed width of ``text`` in points."""
    load_fonts()
    return float(pdfmetrics.stringWidth(text, face, size))


def print_pdf(pages: list[Page]) -> bytes:
    """The pages as a PDF with a text layer; bold is stroked, as Word prints 仿宋 in bold."""
    load_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1)
    for page in pages:
        for rule in page.rules:
            canvas.setStrokeColorRGB(*((0.9, 0, 0) if rule.red else (0, 0, 0)))
            canvas.line(rule.x0, PAGE[1] - rule.y, rule.x1, PAGE[1] - rule.y)
        for words in page.prints:
            _print(canvas, words)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _print(canvas: Canvas, words: Print) -> None:
    colour = (0.9, 0, 0) if words.red else (0, 0, 0)
    canvas.setFillColorRGB(*colour)
    canvas.setStrokeColorRGB(*colour)
    text = canvas.beginText(words.x, PAGE[1] - words.y)
    text.setFont(words.face, words.size)
    text.setTextRenderMode(2 if words.bold else 0)
    canvas.setLineWidth(0.4)
    text.textOut(words.text)
    text.setTextRenderMode(0)
    canvas.drawText(text)


def scan(pdf: bytes, pages: int | None = None) -> bytes:
    """Images of the first ``pages`` pages at 200 dpi, as a PDF without any text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1)
    document = pypdfium2.PdfDocument(pdf)
    for index in range(min(len(document), pages or len(document))):
        image = document[index].render(scale=DPI / 72, grayscale=True).to_pil()
        jpeg = io.BytesIO()
        image.save(jpeg, "JPEG", quality=80)
        canvas.drawImage(ImageReader(jpeg), 0, 0, *PAGE)
        canvas.showPage()
    document.close()
    canvas.save()
    return buffer.getvalue()
