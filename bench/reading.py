"""Prints what reading costs: text by the second, processor time of a long PDF and of a scan."""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from documents.extraction import extract_file, ocr_installed, recognise_page
from documents.text import read_source, read_text
from tests.formats.made import pages
from tests.formats.manuscript import NAMES, source_text
from tests.formats.paper import MISSING, print_pdf, scan

_PAGES = 40
_SCANNED = 5
_SHORT_LINES = 100_000


def main() -> None:
    """Measure and print, a line a figure."""
    _say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    _text()
    _short_lines()
    if MISSING:
        _say(f"PDF and OCR: no fonts to print with ({', '.join(MISSING)})")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.pdf"
        printed = [page for name in ("003", "000") for page in pages(name)][:_PAGES]
        path.write_bytes(print_pdf(printed))
        _pdf(path)
        if not ocr_installed():
            _say("OCR: not installed (make install-ocr)")
            return
        path.write_bytes(scan(print_pdf(pages("002")[:_SCANNED])))
        _ocr(path)


def _text() -> None:
    texts = [source_text(name) for name in NAMES]
    read_text(texts[0])  # tables and patterns are made on first use
    size = sum(len(text.encode()) for text in texts)
    began, rounds = time.process_time(), 5
    for _ in range(rounds):
        for text in texts:
            read_text(text)
    spent = time.process_time() - began
    _say(f"text: {rounds * size / spent / 1e6:.2f} MB/s of processor time in one process")


def _short_lines() -> None:
    """A line costs a line's work however short it is: the worst text for its size."""
    chance = random.Random(9704)  # noqa: S311 - a text, no secret
    words = source_text("003")
    for longest in (1, 7):
        begins = (chance.randrange(len(words) - longest) for _ in range(_SHORT_LINES))
        lines = ("".join(words[at : at + chance.randint(1, longest)].split()) for at in begins)
        text = "\n".join(lines)
        began = time.process_time()
        read_text(text)
        spent = time.process_time() - began
        cost, rate = 1e6 * spent / _SHORT_LINES, len(text.encode()) / spent / 1e6
        _say(
            f"{_SHORT_LINES} lines of 1 to {longest} characters: {cost:.0f} µs a line, "
            f"{rate:.2f} MB/s"
        )


def _pdf(path: Path) -> None:
    own, child = time.process_time(), _children()
    source = extract_file(path)
    read = _children() - child, time.process_time() - own
    own = time.process_time()
    read_source(source)
    _say(
        f"text PDF of {source.pages} pages: {read[0]:.2f} s of processor time to extract, "
        f"{read[1]:.2f} s to take over, {time.process_time() - own:.2f} s to read"
    )


def _ocr(path: Path) -> None:
    child, began = _children(), time.perf_counter()
    for page in range(1, _SCANNED + 1):
        recognise_page(path, page)
    wall, cpu = time.perf_counter() - began, _children() - child
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    _say(
        f"OCR: {cpu / _SCANNED:.1f} s of processor time and {wall / _SCANNED:.1f} s by the clock a "
        f"page, {peak} MB"
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
