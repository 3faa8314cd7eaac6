"""Reads a whole file, with OCR where asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from documents.extraction.errors import ReaderUnavailable
from documents.extraction.limits import Limits
from documents.extraction.ocr import assemble, pages_needing_ocr, recognise_page
from documents.extraction.process import Task, perform
from documents.text.values import Source

Progress = Callable[[int, int], None]
"""Is told how many of the page images are done, and how many there are."""


def extract_file(
    path: Path,
    *,
    name: str | None = None,
    limits: Limits | None = None,
    ocr: bool = False,
    progress: Progress | None = None,
) -> Source:
    """Read one file in a process of its own.

    ``name`` is the name it was uploaded under (default: the path's own); its extension must
    agree with the content. Blocks for at most ``limits.wall_seconds`` and some (an office
    conversion: ``limits.office_seconds``). With ``ocr`` page images are recognised, one after
    the other, some seconds each; ``progress`` is called before the first and after every one.
    Safe in threads, under any current directory. Raises ``ExtractionError`` and nothing else,
    whatever the file holds.
    """
    limits = limits or Limits()
    pages = pages_needing_ocr(path, name=name, limits=limits) if ocr else ()
    if not pages:
        source = perform(path, name, limits, Task())
        if not isinstance(source, Source):
            raise ReaderUnavailable
        return source
    recognised: dict[int, Source] = {}
    for page in pages:
        if progress is not None:
            progress(len(recognised), len(pages))
        recognised[page] = recognise_page(path, page, name=name, limits=limits)
    if progress is not None:
        progress(len(pages), len(pages))
    return assemble(path, recognised, name=name, limits=limits)
