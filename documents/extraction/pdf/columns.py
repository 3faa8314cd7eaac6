"""Finds running text in two columns, which is read down the left one before the right one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from documents.extraction.pdf.glyphs import Glyph

Row = list[Glyph]

_MIDDLE = (0.35, 0.65)  # of the text's width, where the gutter of two columns runs
_STEPS = 60  # places tried, however wide a page claims to be
_MOST = 300  # rows; no page of text has more
_FEWEST = 6  # rows that a column has
_ACROSS = 0.3  # of the rows may cross the gutter: title, running head, page number
_GUTTER = 0.8  # ems that the columns are apart at least
_FILLED = 0.75  # of its column's width an ordinary row takes up; entries of a table are shorter


@dataclass(frozen=True, slots=True)
class _Span:
    """What a row, or its part in one column, takes up; ``gaps`` are wide enough for a gutter."""

    x0: float
    x1: float
    gaps: tuple[tuple[float, float], ...] = ()

    def crosses(self, place: float) -> bool:
        """Whether print, or a gap too narrow to be a gutter, lies over ``place``."""
        return self.x0 < place < self.x1 and not any(a <= place <= b for a, b in self.gaps)


def in_columns(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of a page in reading order, one group a column or row across the page.

    A page without two columns is one group, as it came. Between the rows that cross the gutter
    the text of the left column comes before that of the right one.
    """
    spans = [_span(row) for row in rows]
    middle = _gutter(rows, spans)
    if middle is None:
        return [list(rows)]
    groups: list[list[Row]] = []
    band: list[Row] = []
    for row, span in zip(rows, spans, strict=True):
        if span.crosses(middle):
            groups.extend([*_split(band, middle), [row]])
            band = []
        else:
            band.append(row)
    return [*groups, *_split(band, middle)]


def _span(row: Row) -> _Span:
    printed = [glyph for glyph in row if not glyph.char.isspace()]
    if not printed:
        return _Span(0.0, 0.0)
    gaps: list[tuple[float, float]] = []
    end = printed[0].x1
    for glyph in printed:
        if glyph.x0 - end >= _GUTTER * glyph.size:
            gaps.append((end, glyph.x0))
        end = max(end, glyph.x1)
    return _Span(printed[0].x0, end, tuple(gaps))


def _gutter(rows: Sequence[Row], spans: Sequence[_Span]) -> float | None:
    """The place that the fewest rows cross, if two columns of running text stand beside it."""
    if not _FEWEST <= len(rows) <= _MOST:
        return None
    left, right = min(span.x0 for span in spans), max(span.x1 for span in spans)
    low, high = (left + share * (right - left) for share in _MIDDLE)
    most = _ACROSS * len(rows)
    if sum(span.x0 < low and span.x1 > high and not span.gaps for span in spans) > most:
        return None
    steps = [low + (high - low) * at / _STEPS for at in range(_STEPS + 1)]
    crossing = [sum(span.crosses(place) for span in spans) for place in steps]
    least = min(crossing)
    if least > most:
        return None
    best = [place for place, count in zip(steps, crossing, strict=True) if count == least]
    middle = statistics.median_low(best)
    beside = [row for row, span in zip(rows, spans, strict=True) if not span.crosses(middle)]
    return middle if _are_columns(beside, middle) else None


def _are_columns(rows: Sequence[Row], middle: float) -> bool:
    columns = _split(rows, middle)
    if len(columns) < 2 or any(len(column) < _FEWEST for column in columns):
        return False
    left, right = ([_span(part) for part in column] for column in columns)
    em = statistics.median(glyph.size for row in rows for glyph in row)
    gap = min(part.x0 for part in right) - max(part.x1 for part in left)
    return gap >= _GUTTER * em and _is_filled(left) and _is_filled(right)


def _is_filled(parts: Sequence[_Span]) -> bool:
    """Whether most rows take up their column: running text does, the cells of a table do not."""
    full = max(part.x1 for part in parts) - min(part.x0 for part in parts)
    return statistics.median(part.x1 - part.x0 for part in parts) >= _FILLED * full


def _split(band: Sequence[Row], middle: float) -> list[list[Row]]:
    """The left parts of a band's rows, then the right parts."""
    left = [[glyph for glyph in row if glyph.x0 < middle] for row in band]
    right = [[glyph for glyph in row if glyph.x0 >= middle] for row in band]
    columns = [[row for row in side if any(not g.char.isspace() for g in row)]
               for side in (left, right)]  # fmt: skip
    return [column for column in columns if column]
