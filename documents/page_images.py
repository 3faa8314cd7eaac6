"""Pictures of an original's pages, drawn once and kept beside the other data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from documents import storage
from documents.extraction.picture import render_page
from documents.models import SourceFile

WIDTH = 1200
"""Pixels: sharp at half the width of a large screen."""


def page_image(file: SourceFile, page: int) -> Path:
    """The PNG of page *page* (1-based) of a PDF original.

    Raises documents.storage.MissingFile and the errors of documents.extraction.
    """
    folder = Path(settings.PORTAL_DATA) / "pages" / file.sha256[:2]
    kept = folder / f"{file.sha256}-{page}-{WIDTH}.png"
    if kept.is_file():
        return kept
    with storage.open_file(file.sha256):
        picture = render_page(storage.path_of(file.sha256), page, WIDTH)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".drawing-")
    with os.fdopen(descriptor, "wb") as out:
        out.write(picture)
    Path(name).replace(kept)
    return kept
