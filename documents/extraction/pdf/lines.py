"""Puts the characters of a page together into its printed lines."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from documents.extraction.pdf.columns import in_columns
from documents.extraction.pdf.glyphs import Frame, Glyph
from documents.extraction.pdf.leads import Printed, with_leads
from documents.text.characters import joined
from documents.text.values import Line

_LEVEL = 5.0  # degrees; text that leans more is a watermark or stands in a margin
_WATERMARK_SIZE = 1.8  # times the page's usual size
_SAME = 0.2  # ems between two prints of one character
_SAME_NARROW = 0.12  # the same for ASCII, where "ll" stands close
_CORE = 0.8  # ems above the baseline that every character of a line takes up
_NO_GAP = 0.05  # ems; a written space that takes up less is none
_HEADING_FACE = re.compile(r"[黑楷]|hei|kai|heavy", re.IGNORECASE)
_WORD_GAP, _MIXED_GAP, _HAN_GAP = 0.18, 0.6, 0.9  # ems that stand for a space


def lines_of(glyphs: Sequence[Glyph], frame: Frame, page: int) -> list[Line]:
    """The lines of one page in reading order; watermarks and doubled print are left out.

    Lead sentences that are set off from their paragraph stand between ``**``.
    """
    kept = _without_watermarks(glyphs)
    fonts = Counter(glyph.font for glyph in kept)
    body = fonts.most_common(1)[0][0] if fonts else ""
    lines: list[Line] = []
    for column in in_columns(_rows(kept)):
        printed = (_line(row, frame, page, body) for row in column)
        lines.extend(with_leads([line for line in printed if line is not None]))
    return lines


def words_of(glyphs: Sequence[Glyph]) -> str:
    """The characters of a cell as one line, without doubled print."""
    words = ""
    for row in _rows(list(glyphs)):
        words = joined(words, _text(_without_doubles(row)[0], "")[0].strip())
    return words


def _without_watermarks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    level = [glyph for glyph in glyphs if abs(glyph.turn) <= _LEVEL and glyph.size > 0]
    printed = [glyph.size for glyph in level if not glyph.pale and not glyph.char.isspace()]
    if not printed:
        return level
    large = _WATERMARK_SIZE * statistics.median(printed)
    return [glyph for glyph in level if not (glyph.pale and glyph.size > large)]


def _rows(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Characters that share a line: their cores overlap by half of the smaller one's height.

    A raised note mark so stays in its line, and lines set close stay apart.
    """
    rows: list[list[Glyph]] = []
    spans: list[tuple[float, float]] = []  # top and baseline of each row's largest character
    best: int | None = None
    before: tuple[float, float] | None = None
    for glyph in sorted(glyphs, key=lambda one: (-round(one.size), one.y, one.size)):
        top = glyph.y - _CORE * glyph.size
        if before != (glyph.y, glyph.size):
            best = _overlapping(spans, top, glyph.y)
        before = glyph.y, glyph.size
        if best is None:
            best = len(rows)
            rows.append([glyph])
            spans.append((top, glyph.y))
        else:
            rows[best].append(glyph)
    order = sorted(range(len(rows)), key=lambda at: spans[at][1])
    return [sorted(rows[at], key=lambda one: one.x0) for at in order]


def _overlapping(spans: list[tuple[float, float]], top: float, bottom: float) -> int | None:
    best, most = None, 0.5 * (bottom - top)
    for at in range(len(spans) - 1, -1, -1):
        other_top, other_bottom = spans[at]
        shared = min(bottom, other_bottom) - max(top, other_top)
        if shared >= most and shared > 0:
            best, most = at, shared
    return best


def _line(row: list[Glyph], frame: Frame, page: int, body: str) -> Printed | None:
    kept, doubled = _without_doubles(row)
    printed = [glyph for glyph in kept if not glyph.char.isspace()]
    if not printed:
        return None
    sizes = Counter(round(glyph.size, 1) for glyph in printed)
    fonts = Counter(glyph.font for glyph in printed)
    bold = sum(glyph.bold for glyph in printed) + doubled
    width, height = frame.size
    text, strong = _text(kept, body)
    line = Line(
        text=text,
        page=page,
        x0=round(printed[0].x0, 1),
        x1=round(max(glyph.x1 for glyph in printed), 1),
        y=round(statistics.median(glyph.y for glyph in printed), 1),
        size=sizes.most_common(1)[0][0],
        font=fonts.most_common(1)[0][0] or None,
        bold=bold * 2 > len(printed),
        page_width=round(width, 1),
        page_height=round(height, 1),
    )
    return Printed(line, strong)


def _without_doubles(row: list[Glyph]) -> tuple[list[Glyph], int]:
    """Each character once, and how many were printed again beside themselves to look bold."""
    kept: list[Glyph] = []
    doubled: set[int] = set()
    for glyph in row:
        limit = (_SAME_NARROW if glyph.char.isascii() else _SAME) * glyph.size
        again = next(
            (
                at
                for at in range(len(kept) - 1, max(-1, len(kept) - 4), -1)
                if kept[at].char == glyph.char
                and glyph.x0 - kept[at].x0 < limit
                and abs(glyph.y - kept[at].y) < _SAME * glyph.size
            ),
            None,
        )
        if again is None:
            kept.append(glyph)
        else:
            doubled.add(again)
    return kept, len(doubled)


def _text(row: list[Glyph], body: str) -> tuple[str, tuple[bool, ...]]:
    """The characters with a space where the print leaves one, but not between spaced letters.

    With them, which of them are set off from the page's ``body`` font.
    """
    spaced = _is_letter_spaced(row)
    parts: list[str] = []
    strong: list[bool] = []
    blanks = ""
    previous: Glyph | None = None
    for glyph in row:
        if glyph.char.isspace():
            blanks += " " if glyph.char == "\xa0" else glyph.char
            continue
        if previous is not None:
            blanks = _between(previous, blanks, glyph, spaced=spaced)
            parts.append(blanks)
            strong += [_is_strong(glyph, body)] * len(blanks)
        parts.append(glyph.char)
        strong += [_is_strong(glyph, body)] * len(glyph.char)
        previous, blanks = glyph, ""
    return "".join(parts), tuple(strong)


def _is_strong(glyph: Glyph, body: str) -> bool:
    """Bold, or in the faces of headings where the page's text is in another."""
    return glyph.bold or (glyph.font != body and bool(_HEADING_FACE.search(glyph.font)))


def _between(left: Glyph, blanks: str, right: Glyph, *, spaced: bool) -> str:
    """The space between two characters: as printed, and never where they touch.

    Some typesetting programs write a space of no width after every character.
    """
    wide = _is_wide(left.char) + _is_wide(right.char)
    ems = (right.x0 - left.x1) / max(left.size, right.size)
    if blanks:
        return blanks if ems > _NO_GAP else ""
    if spaced or ems <= (_WORD_GAP, _MIXED_GAP, _HAN_GAP)[wide]:
        return ""
    return "\u3000" if wide == 2 else " "


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _is_letter_spaced(row: list[Glyph]) -> bool:
    """Whether a line of Chinese is set apart letter by letter, as titles and signatures are."""
    if len(row) < 3 or not all(_is_wide(glyph.char) and glyph.char != "\u3000" for glyph in row):
        return False
    gaps = [right.x0 - left.x1 for left, right in pairwise(row)]
    size = row[0].size
    return min(gaps) > 0.3 * size and max(gaps) - min(gaps) < 0.3 * size
