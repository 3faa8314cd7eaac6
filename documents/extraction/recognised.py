"""Makes printed lines of recognised text boxes: their type size, their rows, their punctuation."""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.extraction.pdf.glyphs import Frame, Glyph
from documents.extraction.pdf.lines import lines_of
from documents.text.values import Line, Warning

UNCERTAIN = 0.9
"""The mean score of a page's boxes below which an editor is told to look closely."""

HEAVY = "heavy"
"""The font that characters in a heavier face are given."""

_LONG = 8  # columns of a box whose width tells its type size
_LINE_HEIGHT = 0.8  # of a box's height is type, where no long line of its size tells better
_SKEW = 15.0  # degrees; a page that leans more was not scanned so
_HEAVIER = 1.15  # times the usual thickness of strokes
_LINES_ENOUGH = 5  # sentences that tell what is usual on a page
_SENTENCE = re.compile(r"[^。：！]+[。：！]?|[。：！]")
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = str.maketrans("(),:;!?", "（），：；！？")
_BESIDE_HAN = re.compile(
    rf"(?<=[{_HAN}”》）〕])[(),:;!?]|[(](?=[{_HAN}“《〔])|(?<=[\d%])[)](?=[{_HAN}，。；、])|"
    rf"(?<=（[\d一二三四五六七八九十])[)]|(?<=（[\d一二三四五六七八九十]{{2}})[)]"
)
_YEAR = re.compile(r"[\[〔【(（［]\s?((?:19|20)\d{2})\s?[\]〕】)）］](?=\s?第?\s?\d{1,5}\s?号)")
_QUOTED = re.compile(r'"')
_DASH = re.compile(r"(?<=[”》，。；：、])一一|一一(?=[“《])|^一一(?!对应|列举|落实|列出|说明|核对)")


@dataclass(frozen=True, slots=True)
class Stroke:
    """How thick the strokes of a sentence ``[start, end)`` of a box are, as area over outline."""

    start: int
    end: int
    thickness: float


@dataclass(frozen=True, slots=True)
class Box:
    """Recognised text, its score, and its corners in points, clockwise from the top left."""

    text: str
    score: float
    corners: Sequence[tuple[float, float]]
    strokes: tuple[Stroke, ...] = ()

    @property
    def width(self) -> float:
        """Along the line."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        return math.hypot(x1 - x0, y1 - y0)

    @property
    def height(self) -> float:
        """Across the line."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[3]
        return math.hypot(x1 - x0, y1 - y0)

    @property
    def angle(self) -> float:
        """How far the line leans, in radians."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        return math.atan2(y1 - y0, x1 - x0)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A page's lean in radians, its type size over box height, its left edge and type size."""

    skew: float
    ratio: float
    edge: float = 0.0
    body: float = 0.0


def lines_of_boxes(boxes: Sequence[Box], page: int, size: tuple[float, float]) -> tuple[Line, ...]:
    """The printed lines of a page of ``size`` points, from top to bottom, boxes of a row joined."""
    measured = _measured(boxes)
    heavy = _heavy(boxes)
    glyphs = [
        glyph
        for box, marks in zip(boxes, heavy, strict=True)
        for glyph in _glyphs(box, measured, marks)
    ]
    return tuple(lines_of(glyphs, Frame(0, 0, *size, 0), page))


def confidence_of(boxes: Sequence[Box]) -> float | None:
    """The mean score by length of text; ``None`` for a page without any."""
    amount = sum(len(box.text) for box in boxes)
    return sum(box.score * len(box.text) for box in boxes) / amount if amount else None


def warnings_of(page: int, confidence: float | None) -> tuple[Warning, ...]:
    """What an editor should know about a recognised page."""
    if confidence is None or confidence >= UNCERTAIN:
        return ()
    message = f"第 {page} 页的图像不清晰，识别出的文字可能有误。请对照原件逐字核对。"
    return (Warning("ocr-uncertain", message),)


def fold_punctuation(text: str) -> str:
    """Chinese punctuation where the recogniser gives half-width signs beside Chinese.

    A year in brackets before a serial stands in 六角括号 (GB/T 9704-2012, 7.2.5).
    """
    for _ in range(2):  # a sign may stand beside one that was folded just now
        text = _BESIDE_HAN.sub(lambda match: match[0].translate(_WIDE), text)
    text = _DASH.sub("——", _YEAR.sub(r"〔\1〕", text))
    if re.search(rf"[{_HAN}]", text) and text.count('"') % 2 == 0:
        signs = iter("“”" * text.count('"'))
        text = _QUOTED.sub(lambda _: next(signs), text)
    return text


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a line begin and end; a face changes only between them."""
    return [match.span() for match in _SENTENCE.finditer(text)]


def _heavy(boxes: Sequence[Box]) -> list[tuple[Stroke, ...]]:
    """The sentences of each box that are set heavier than the page's text of the same size.

    Bold and 黑体 have strokes about a third thicker than 仿宋, whatever the characters.
    """
    heights = [box.height for box in boxes if columns(box.text) >= _LONG]
    body = statistics.median(heights) if heights else 0.0
    alike = [abs(box.height - body) < 0.25 * body for box in boxes]
    usual = [
        stroke.thickness
        for box, same in zip(boxes, alike, strict=True)
        for stroke in box.strokes
        if same and stroke.end - stroke.start >= _LONG
    ]
    if len(usual) < _LINES_ENOUGH:
        return [()] * len(boxes)
    least = _HEAVIER * statistics.median(usual)
    return [
        tuple(s for s in box.strokes if s.thickness > least and s.end - s.start >= 3)
        if same
        else ()
        for box, same in zip(boxes, alike, strict=True)
    ]


def _skew(boxes: Sequence[Box]) -> float:
    """The angle most long lines share, in radians; 0 when there are too few to tell."""
    angles = [box.angle for box in boxes if columns(box.text) >= 2 * _LONG]
    if len(angles) < 3:
        return 0.0
    angle = statistics.median(angles)
    return angle if abs(math.degrees(angle)) < _SKEW else 0.0


def _ratio(boxes: Sequence[Box]) -> float:
    """Type size over box height, as the page's long lines have it."""
    known = [
        box.width / columns(box.text) / box.height
        for box in boxes
        if columns(box.text) >= _LONG and box.height
    ]
    return min(max(statistics.median(known), 0.5), 1.0) if known else _LINE_HEIGHT


def _measured(boxes: Sequence[Box]) -> _Measured:
    skew, ratio = _skew(boxes), _ratio(boxes)
    full = [box for box in boxes if columns(box.text) >= 2 * _LONG]
    if len(full) < 3:
        return _Measured(skew, ratio)
    lefts = [_straightened(box, skew)[0] for box in full]
    edge = statistics.quantiles(lefts, n=4)[0]
    flush = [box for box, left in zip(full, lefts, strict=True) if left < edge + box.height]
    return _Measured(skew, ratio, edge, statistics.median(box.height for box in flush) * ratio)


def columns(text: str) -> float:
    """Printed width in columns of one Chinese character."""
    return sum(map(_share, text)) / 2


def _share(char: str) -> int:
    # Quotation marks are full width in Chinese type, whatever Unicode leaves open.
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _glyphs(box: Box, page: _Measured, heavy: Sequence[Stroke]) -> Iterator[Glyph]:
    text = fold_punctuation(box.text)
    marked = {at for stroke in heavy for at in range(stroke.start, stroke.end)}
    if len(text) != len(box.text):
        marked = set()
    size = box.height * page.ratio
    if columns(text) >= _LONG:
        # Letters are narrower than half a column at times: height keeps the estimate sane.
        size = min(max(box.width / columns(text), 0.8 * size), 1.2 * size)
    left, middle = _straightened(box, page.skew)
    body = page.body
    if columns(text) < _LONG and abs(left - page.edge) < 0.5 * body and size < 1.5 * body:
        # The last words of a paragraph: the height of so short a box says little.
        size = body
    unit = box.width / max(1, sum(map(_share, text)))
    x = left
    for at, char in enumerate(text):
        width = unit * _share(char)
        yield Glyph(
            char=char, x0=x, x1=x + width, y=middle + 0.35 * size, size=round(size, 1),
            font=HEAVY if at in marked else "", bold=False, turn=0.0, pale=False, mapped=True,
        )  # fmt: skip
        x += width


def _straightened(box: Box, skew: float) -> tuple[float, float]:
    """The left end and the middle height of a box on the page set straight."""
    x = (box.corners[0][0] + box.corners[3][0]) / 2
    y = (box.corners[0][1] + box.corners[3][1]) / 2
    return x * math.cos(skew) + y * math.sin(skew), y * math.cos(skew) - x * math.sin(skew)
