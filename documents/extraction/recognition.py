"""Recognises the text of one PDF page, inside the reading process."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from documents.extraction.errors import Damaged
from documents.extraction.pdf import open_pdf
from documents.extraction.recognised import (
    Box,
    Stroke,
    columns,
    confidence_of,
    lines_of_boxes,
    sentences,
    warnings_of,
)
from documents.text.values import Source

Image: TypeAlias = NDArray[np.uint8]
Quad: TypeAlias = NDArray[np.float32]

_DPI = 200  # 300 reads no better and costs half as much again
_MAX_PIXELS = 25_000_000
_DETECT_SIDE = 1280  # pixels; boxes are found as well on a smaller image, in half the time
_TURNED = 0.6  # share of boxes taller than wide above which the page lies on its side
_SAMPLE = 12  # lines that are asked which way up they stand
_DOUBT = 0.9  # a line recognised below this score is tried again with more contrast
_LEAST = 0.5  # below this score a box holds no text
_RED_SHARE = 0.6
_LETTERHEAD = 0.3  # share of the page's height


def recognise(data: bytes, page: int) -> Source:
    """The lines of the 1-based ``page``; raises ``Damaged``, ``Encrypted``."""
    image, points = _render(data, page)
    _wipe_seals(image)
    engine = _engine()
    image, quads = _upright(engine, image)
    # A page set on its side was turned: its size follows.
    width, height = image.shape[1] * points, image.shape[0] * points
    boxes = _boxes(engine, image, quads, points)
    lines = lines_of_boxes(boxes, page, (width, height))
    return Source("pdf", lines, pages=1, warnings=warnings_of(page, confidence_of(boxes)))


def _render(data: bytes, page: int) -> tuple[Image, float]:
    """The page as an image, and the points a pixel is."""
    document = open_pdf(data)
    try:
        if not 1 <= page <= len(document):
            raise Damaged(f"文件没有第 {page} 页。请重新上传。")
        shown = document[page - 1]
        width, height = shown.get_size()
        scale = min(_DPI / 72, math.sqrt(_MAX_PIXELS / max(width * height, 1.0)))
        image = shown.render(scale=scale, rev_byteorder=False).to_numpy()[:, :, :3].copy()
    finally:
        document.close()
    return image, 1 / scale


def _wipe_seals(image: Image) -> None:
    """Make red paper-white below the letterhead, whose place is the top (GB/T 9704-2012, 7.2.4)."""
    below = image[int(_LETTERHEAD * image.shape[0]) :]
    blue, green, red = (below[:, :, channel].astype(np.int16) for channel in range(3))
    below[(red > 140) & (red - np.maximum(blue, green) > 50)] = 255


def _engine() -> RapidOCR:
    threads = min(4, os.cpu_count() or 1)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": _DETECT_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "Rec.rec_batch_num": 1,  # lines of one width gain nothing from a batch
        }
    )


def _detect(engine: RapidOCR, image: Image) -> Quad:
    found: Any = engine(image, use_det=True, use_cls=False, use_rec=False)
    quads = found.boxes
    return np.zeros((0, 4, 2), np.float32) if quads is None else np.asarray(quads, np.float32)


def _upright(engine: RapidOCR, image: Image) -> tuple[Image, Quad]:
    """The image turned so that its lines read from left to right, and its text boxes."""
    quads = _detect(engine, image)
    if len(quads) >= 3 and np.mean([_is_tall(quad) for quad in quads]) > _TURNED:
        image = np.ascontiguousarray(cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE), np.uint8)
        quads = _detect(engine, image)
    if _is_upside_down(engine, image, quads):
        image = np.ascontiguousarray(cv2.rotate(image, cv2.ROTATE_180), np.uint8)
        quads = _detect(engine, image)
    return image, quads


def _is_tall(quad: Quad) -> bool:
    width, height = np.ptp(quad, axis=0)
    return bool(height > 1.5 * width)


def _is_upside_down(engine: RapidOCR, image: Image, quads: Quad) -> bool:
    """By a vote of the widest lines."""
    widest = sorted(quads, key=lambda quad: -float(np.ptp(quad[:, 0])))[:_SAMPLE]
    if not widest:
        return False
    _, asked = engine.cls_and_rotate(engine.crop_text_regions(image, np.array(widest)))
    votes = sum(label == "180" and score > 0.8 for label, score in asked.cls_res or ())
    return bool(votes * 2 > len(widest))


def _boxes(engine: RapidOCR, image: Image, quads: Quad, points: float) -> list[Box]:
    if not len(quads):
        return []
    crops: list[Image] = engine.crop_text_regions(image, quads)
    kept = [at for at, crop in enumerate(crops) if not _is_seal(crop, quads[at])]
    read = _read(engine, [crops[at] for at in kept])
    doubtful = [place for place, (_, score) in enumerate(read) if score < _DOUBT]
    again = _read(engine, [_clearer(crops[kept[place]]) for place in doubtful])
    for place, other in zip(doubtful, again, strict=True):
        read[place] = max(read[place], other, key=lambda one: one[1])
    return [
        Box(
            text,
            score,
            [(float(x) * points, float(y) * points) for x, y in quads[at]],
            _strokes(crops[at], text),
        )
        for at, (text, score) in zip(kept, read, strict=True)
        if score >= _LEAST and text.strip()
    ]


def _read(engine: RapidOCR, crops: Sequence[Image]) -> list[tuple[str, float]]:
    if not crops:
        return []
    found: Any = engine.recognize_txt(list(crops))
    return [(str(text), float(score)) for text, score in zip(found.txts, found.scores, strict=True)]


def _strokes(crop: Image, text: str) -> tuple[Stroke, ...]:
    """How thick each sentence of a line is printed: inked pixels over those at their edge."""
    _, ink = cv2.threshold(crop.min(axis=2), 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    inner = cv2.erode(ink, np.ones((3, 3), np.uint8))
    area, edge = ink.sum(axis=0), (ink - inner).sum(axis=0)
    unit = crop.shape[1] / max(1.0, columns(text))
    found = []
    for start, end in sentences(text):
        left, right = (int(unit * columns(text[:at])) for at in (start, end))
        outline = float(edge[left:right].sum())
        if outline:
            found.append(Stroke(start, end, float(area[left:right].sum()) / outline))
    return tuple(found)


def _is_seal(crop: Image, quad: Quad) -> bool:
    """Red writing that does not stand level: the ring of a seal. Red letterheads are level."""
    (x0, y0), (x1, y1) = quad[0], quad[1]
    level = abs(math.degrees(math.atan2(y1 - y0, x1 - x0))) < 8 and not _is_tall(quad)
    return not level and _red_share(crop) > _RED_SHARE


def _red_share(crop: Image) -> float:
    """How much of what is printed is red."""
    blue, green, red = (crop[:, :, channel].astype(np.int16) for channel in range(3))
    printed = np.minimum(blue, green) < 160
    count = int(printed.sum())
    return float((printed & (red - np.maximum(blue, green) > 60)).sum() / count) if count else 0.0


def _clearer(crop: Image) -> Image:
    """Black print as it would be without a seal over it, and faint print made dark.

    The red channel shows red as paper; the range that is left is stretched to black and white.
    """
    grey = crop[:, :, 2] if _red_share(crop) < _RED_SHARE else crop.min(axis=2)
    low, high = np.percentile(grey, (1, 90))
    stretched = np.clip((grey.astype(np.float32) - low) * 255 / max(1.0, high - low), 0, 255)
    return np.repeat(stretched.astype(np.uint8)[:, :, None], 3, axis=2)
