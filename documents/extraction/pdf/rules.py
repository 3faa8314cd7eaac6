"""Reads the ruled lines of a PDF page: strokes, boxes, and bars so thin that they are lines."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

from pypdfium2 import raw

from documents.extraction.pdf.glyphs import Frame

_THIN = 2.0  # points; a filled bar up to this is a line
_SHORTEST = 6.0  # points; shorter strokes are dots, ticks and parts of drawings
_MOST_OBJECTS, _MOST_SEGMENTS, _MOST = 5000, 20_000, 1500  # beyond these it is a drawing


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line as seen, in points from the page's top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        """Whether it is horizontal."""
        return self.x1 - self.x0 >= self.y1 - self.y0


def rules_of(page: raw.FPDF_PAGE, frame: Frame) -> list[Rule]:
    """The ruled lines of a loaded page; none for a page that is a drawing."""
    found: list[Rule] = []
    segments = 0
    for at in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        item = raw.FPDFPage_GetObject(page, at)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_PATH:
            continue
        segments += max(0, raw.FPDFPath_CountSegments(item))
        if segments > _MOST_SEGMENTS or len(found) > _MOST:
            return []
        found.extend(_stroked(item, frame) if _is_stroked(item) else _bars(item, frame))
    return found


def _is_stroked(item: raw.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(stroke.value)


def _bars(item: raw.FPDF_PAGEOBJECT, frame: Frame) -> Iterator[Rule]:
    """A filled shape is a line if it is thin; a larger one is a ground."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return
    rule = _rule(frame.seen(left.value, bottom.value), frame.seen(right.value, top.value))
    if rule is not None and min(rule.x1 - rule.x0, rule.y1 - rule.y0) <= _THIN:
        yield rule


def _stroked(item: raw.FPDF_PAGEOBJECT, frame: Frame) -> Iterator[Rule]:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix)):
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for at in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        if not raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            return
        point = frame.seen(
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO and (rule := _rule(last, point)):
            yield rule
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            if rule := _rule(last, start):
                yield rule
            last = start


def _rule(one: tuple[float, float], other: tuple[float, float]) -> Rule | None:
    """The line between two points, if it is long enough and runs along the page."""
    x0, x1 = sorted((one[0], other[0]))
    y0, y1 = sorted((one[1], other[1]))
    if max(x1 - x0, y1 - y0) < _SHORTEST or min(x1 - x0, y1 - y0) > _THIN:
        return None
    return Rule(x0, y0, x1, y1)
