"""Prints the table of docs/extraction.md: the share of sections that each format gives back."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from documents.extraction import ocr_installed
from tests.formats.made import MAKERS, compared, compared_scan, missing_for
from tests.formats.manuscript import NAMES
from tests.formats.paper import MISSING


def main(arguments: list[str]) -> None:
    """A row a format, a column a document; ``--scans`` adds the slow row of scans."""
    _row("format", *NAMES)
    _row("---", *("---" for _ in NAMES))
    with tempfile.TemporaryDirectory() as folder:
        for kind in MAKERS:
            if missing := missing_for(kind):
                _row(kind, missing)
                continue
            _row(kind, *(_share(compared(name, kind, Path(folder)).share) for name in NAMES))
        if "--scans" in arguments and ocr_installed() and not MISSING:
            _row("scan", *(_share(compared_scan(name, Path(folder)).share) for name in NAMES))


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
