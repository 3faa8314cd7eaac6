"""Pictures of an original's pages, drawn once and kept beside the other data within a bound."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from documents import storage
from documents.extraction.picture import render_page
from documents.models import Proposal, SourceFile

WIDTH = 1200
"""Pixels: sharp at half the width of a large screen."""

_HALF_DRAWN = 3600
"""Seconds after which a picture without its name is one that nobody will finish."""


def folder() -> Path:
    """Where the pictures lie; it may be emptied at any time."""
    return Path(settings.PORTAL_DATA) / "pages"


def page_image(file: SourceFile, page: int) -> Path:
    """The PNG of page *page* (1-based) of a PDF original.

    Raises documents.storage.MissingFile and the errors of documents.extraction.
    """
    shelf = folder() / file.sha256[:2]
    kept = shelf / f"{file.sha256}-{page}-{WIDTH}.png"
    with suppress(FileNotFoundError):
        os.utime(kept)  # looked at now: the oldest go first
        return kept
    with storage.open_file(file.sha256):
        picture = render_page(storage.path_of(file.sha256), page, WIDTH)
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=shelf, prefix=".drawing-")
    with os.fdopen(descriptor, "wb") as out:
        out.write(picture)
    Path(name).replace(kept)
    return kept


def excess(limit: int | None = None) -> list[Path]:
    """The pictures that are too many: of originals nobody has, half drawn, and past *limit*.

    *limit* is in bytes, settings.PAGE_IMAGE_BYTES unless given; those not looked at for longest
    are past it first.
    """
    limit = settings.PAGE_IMAGE_BYTES if limit is None else limit
    found = sorted(_pictures(), key=lambda picture: picture[1], reverse=True)
    wanted = _wanted({path.name[:64] for path, _, _ in found})
    going, total = [], 0
    for path, looked_at, size in found:
        if path.name.startswith("."):
            gone = time.time() - looked_at > _HALF_DRAWN
        else:
            gone = path.name[:64] not in wanted or total + size > limit
        if gone:
            going.append(path)
        else:
            total += size
    return going


def trim(limit: int | None = None) -> int:
    """Removes what is too much; gives how many pictures went."""
    going = excess(limit)
    for path in going:
        path.unlink(missing_ok=True)
    return len(going)


def _pictures() -> list[tuple[Path, float, int]]:
    """Every picture with when it was looked at and its size."""
    found = []
    for path in folder().glob("*/*") if folder().is_dir() else ():
        try:
            status = path.stat()
        except FileNotFoundError:  # another process was quicker
            continue
        found.append((path, status.st_mtime, status.st_size))
    return found


def _wanted(checksums: set[str]) -> set[str]:
    held: set[str] = set()
    for model in (SourceFile, Proposal):
        held |= set(
            model._default_manager.filter(sha256__in=checksums).values_list("sha256", flat=True)
        )
    return held
