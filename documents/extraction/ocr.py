"""Recognises the text of page images, one page a process, so that a queue can do page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from documents.extraction.errors import NoText, ReaderUnavailable, ToolMissing
from documents.extraction.limits import Limits
from documents.extraction.process import Task, perform
from documents.text.values import Line, Paragraph, Source, Warning

_PARTS = ("rapidocr", "onnxruntime", "cv2")
_MISSING = (
    "这是扫描件，服务器没有安装文字识别组件。请上传带文字的版本，"
    "或请管理员运行 make install-ocr 安装后再试。"
)
_NOTHING = "没有从图像里识别出文字。请确认页面清晰、没有选错文件，或上传带文字的版本。"


def ocr_installed() -> bool:
    """Whether this machine can recognise page images (``make install-ocr``)."""
    return all(find_spec(part) is not None for part in _PARTS)


def pages_needing_ocr(
    path: Path, *, name: str | None = None, limits: Limits | None = None
) -> tuple[int, ...]:
    """The 1-based pages of a PDF whose text only OCR can give; none for any other format.

    A page image with fewer than 30 characters of text, or a text layer that means nothing.
    Raises ``ExtractionError`` as ``extract_file`` does. Takes as long as reading the text.
    """
    found = perform(path, name, limits or Limits(), Task("survey"))
    if isinstance(found, Source):
        raise ReaderUnavailable
    return found


def recognise_page(
    path: Path, page: int, *, name: str | None = None, limits: Limits | None = None
) -> Source:
    """The printed lines of one page image, in a process of its own; ``page`` counts from 1.

    The source holds that page's lines only (none for a blank page), with an ``ocr-uncertain``
    warning where the recogniser was in doubt. The same page always gives the same lines. Takes
    some seconds; at most ``limits.ocr_seconds`` of processor time. Raises ``ToolMissing``
    where the OCR set is not installed, ``LimitExceeded``, ``Damaged``, ``Encrypted``.
    """
    if not ocr_installed():
        raise ToolMissing(_MISSING)
    found = perform(path, name, limits or Limits(), Task("ocr", page))
    if not isinstance(found, Source):
        raise ReaderUnavailable
    return found


def assemble(
    path: Path,
    recognised: Mapping[int, Source],
    *,
    name: str | None = None,
    limits: Limits | None = None,
) -> Source:
    """The whole source: text pages from the text layer, the others as they were recognised.

    Raises ``NoText`` when neither gives a single line.
    """
    source = perform(path, name, limits or Limits(), Task("text"))
    if not isinstance(source, Source):
        raise ReaderUnavailable
    if not recognised:
        return source
    lines = [block for block in source.blocks if not isinstance(block, Paragraph)]
    lines += [
        block._replace(page=page)
        for page, found in recognised.items()
        for block in found.blocks
        if isinstance(block, Line)
    ]
    if not lines:
        raise NoText(_NOTHING)
    doubts = (warning for page in sorted(recognised) for warning in recognised[page].warnings)
    return replace(
        source,
        blocks=tuple(sorted(lines, key=lambda line: line.page or 0)),
        warnings=(*source.warnings, _said(recognised), *doubts),
    )


def _said(recognised: Mapping[int, Source]) -> Warning:
    numbers = [str(page) for page in sorted(recognised)]
    shown = "、".join(numbers[:20]) + (" 等" if len(numbers) > 20 else "")
    message = f"第 {shown} 页的文字由图像识别得来。发布前请对照原件核对。"
    return Warning("ocr-pages", message)
