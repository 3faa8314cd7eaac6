"""Tells whether the lines of a text are hard-wrapped, and at which width."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from documents.text.blocks import Block
from documents.text.characters import width

_QUOTES = str.maketrans("", "", "“”‘’")


@dataclass(frozen=True, slots=True)
class Margins:
    """The measure of a hard-wrapped text: ``columns`` (Chinese characters a full line holds)."""

    columns: float


def line_width(text: str) -> tuple[float, float]:
    """The least and the greatest printed width: fonts set curly quotes full or half width."""
    wide = width(text.strip())
    quotes = len(text) - len(text.translate(_QUOTES))
    return wide - quotes / 2, wide


def margins_of(lines: list[Block]) -> Margins | None:
    """The margins if the text is hard-wrapped, else ``None``.

    Over half of the lines lie within two columns of one width, and nearly none is longer
    (READING: a paragraph a line spreads its widths; a footnote's smaller type may be longer).
    """
    widths = [width(block.text.strip()) for block in lines if not block.whole]
    widths = [w for w in widths if w > 4]
    if len(widths) < 12:
        return None
    counted = Counter(round(w) for w in widths)
    best, near = 0, 0
    for column in counted:
        around = sum(counted[column + offset] for offset in range(-2, 3))
        if (around, column) > (near, best):
            best, near = column, around
    longer = sum(1 for w in widths if w > best + 3.5)
    if near < 0.55 * len(widths) or longer > 0.08 * len(widths) or not 12 <= best <= 70:
        return None
    return Margins(_full_width(widths, best))


def _full_width(widths: list[float], best: int) -> float:
    """The width of full lines: indented lines are two columns less and pull the peak down."""
    near = Counter(round(2 * w) / 2 for w in widths if abs(w - best) <= 3)
    common = max(near.values())
    return max(w for w, times in near.items() if times >= 0.3 * common)
