"""Every file of the sample collection ends in a source or a refusal, in time and in memory."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from dataclasses import replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from documents.extraction import (
    ExtractionError,
    FormatMismatch,
    extract_file,
    ocr_installed,
    pages_needing_ocr,
)
from documents.text.values import Source, Table

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
MANIFEST = CORPORA / "files-dev" / "manifest.jsonl"
TEXTS = CORPORA / "policy-dev" / "documents.jsonl.gz"
MIB = 1024 * 1024

FILES: list[dict[str, Any]] = (
    [json.loads(line) for line in MANIFEST.read_text("utf-8").splitlines()]
    if MANIFEST.exists()
    else []
)
# What a reader of ours promises to give back whole. LibreOffice leaves punctuation that hangs
# over the margin out of the PDF it writes, so that the PDF lacks up to four in a thousand.
EXACT = [f for f in FILES if f.get("doc_id") and f["path"].startswith(("docx/", "txt/", "html/"))]
OFFICE = [f for f in FILES if f.get("doc_id") and f["path"].startswith("doc/")]
PRINTED = [f for f in FILES if f.get("doc_id") and f["path"].startswith("pdf-text/")]

# One page is recognised in the default run; the long ones are for the night.
SCANS = [
    f if f["path"] == "pdf-scan/image.pdf" else pytest.param(f, marks=pytest.mark.nightly)
    for f in FILES
    if f["path"].startswith("pdf-scan/")
]
SCANNED = [f for f in FILES if f.get("doc_id") and f["path"].startswith("pdf-scan/")]

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/corpora/files-dev is not here")


def path_of(entry: dict[str, Any]) -> Path:
    return MANIFEST.parent / str(entry["path"])


def characters(source: Source) -> str:
    """All text without white space."""
    parts: list[str] = []
    for block in source.blocks:
        if isinstance(block, Table):
            parts += [cell.text for row in block.rows for cell in row]
        else:
            parts.append(block.text)
    return re.sub(r"\s", "", "".join(parts))


@cache
def truths() -> dict[str, str]:
    wanted = {str(entry["doc_id"]) for entry in EXACT + OFFICE + PRINTED + SCANNED}
    found = {}
    with gzip.open(TEXTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            if any(key in line[:60] for key in wanted):
                document = json.loads(line)
                found[document["id"]] = re.sub(r"\s", "", document["text"])
    return found


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["path"]))
def test_a_sample_is_read_or_refused(
    entry: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    began = time.monotonic()
    try:
        outcome: object = extract_file(path_of(entry))
    except ExtractionError as error:
        outcome = error
        assert error.code != "reader-unavailable"
    assert isinstance(outcome, Source | ExtractionError)
    assert time.monotonic() - began < 30
    assert list(tmp_path.iterdir()) == []
    tasks = Path("/proc/self/task").glob("*/children")
    assert not [child for task in tasks for child in task.read_text().split() if _is_ours(child)]


def _is_ours(pid: str) -> bool:
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and b"documents.extraction" in command.read_bytes()


def test_no_reader_takes_more_than_512_mb() -> None:
    largest = sorted(FILES, key=lambda f: -f["bytes"])[:8]
    peak = _peak([path_of(entry) for entry in [*largest, *OFFICE]])
    assert peak <= 512 * MIB


MEASURE = """
import contextlib, resource, sys
from pathlib import Path
from documents.extraction import ExtractionError, extract_file
for name in sys.argv[1:]:
    with contextlib.suppress(ExtractionError):
        extract_file(Path(name))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _peak(paths: list[Path]) -> int:
    """The largest resident set of any reader of these files, in bytes.

    Measured from a process of its own: the figure is that of all children there ever were, and
    this one may have recognised page images before.
    """
    command = [sys.executable, "-c", MEASURE, *map(str, paths)]
    done = subprocess.run(
        command, cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True, check=True
    )
    return int(done.stdout) * 1024


@pytest.mark.skipif(not ocr_installed(), reason="the OCR set is not here")
@pytest.mark.parametrize("entry", SCANS, ids=lambda entry: str(entry["path"]))
def test_a_scan_is_read_and_gives_the_words_of_its_document(entry: dict[str, Any]) -> None:
    path = path_of(entry)
    try:
        source = extract_file(path, ocr=True)
    except ExtractionError as error:
        assert error.code in {"no-text", "damaged"}
        assert "doc_id" not in entry
        return
    assert not pages_needing_ocr(path) or "ocr-pages" in {w.code for w in source.warnings}
    if "doc_id" in entry:
        read, true = _grams(characters(source)), _grams(truths()[entry["doc_id"]])
        assert len(read & true) >= 0.95 * len(read)


def _grams(text: str) -> set[str]:
    """Every four characters in a row, width and brackets aside."""
    text = re.sub(r"\W", "", unicodedata.normalize("NFKC", text))
    return {text[at : at + 4] for at in range(len(text) - 3)}


def test_the_same_bytes_give_the_same_reading_whatever_their_name() -> None:
    by_sum: dict[str, list[Path]] = {}
    for entry in FILES:
        by_sum.setdefault(entry["sha256"], []).append(path_of(entry))
    twins = [paths for paths in by_sum.values() if len(paths) > 1]
    assert twins
    for paths in twins:
        read = []
        for path in paths:
            with contextlib.suppress(FormatMismatch):
                read.append(extract_file(path).blocks)
        assert read
        assert all(blocks == read[0] for blocks in read)


RECORD = re.compile("(?:索引号|主题分类|发文机关|成文日期|标题|发文字号|发布日期|主题词)：")
"""The fields of the site's own record, which stand before the document's text."""


@pytest.mark.parametrize("entry", EXACT, ids=lambda entry: str(entry["path"]))
def test_word_text_and_web_files_give_every_character(entry: dict[str, Any]) -> None:
    source = extract_file(path_of(entry))
    record = takewhile(lambda block: RECORD.match(getattr(block, "text", "")), source.blocks)
    document = replace(source, blocks=source.blocks[len(list(record)) :])
    assert characters(document) == truths()[entry["doc_id"]]


@pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not here"
)
@pytest.mark.parametrize("entry", OFFICE, ids=lambda entry: str(entry["path"]))
def test_a_converted_file_gives_every_character(entry: dict[str, Any]) -> None:
    assert characters(extract_file(path_of(entry))) == truths()[entry["doc_id"]]


@pytest.mark.parametrize("entry", PRINTED, ids=lambda entry: str(entry["path"]))
def test_a_printed_text_lacks_only_hanging_punctuation(entry: dict[str, Any]) -> None:
    read, true = characters(extract_file(path_of(entry))), truths()[entry["doc_id"]]
    left = iter(true)
    missing = []
    for char in read:
        for other in left:
            if other == char:
                break
            missing.append(other)
        else:
            pytest.fail(f"{char!r} was read but is not in the text at that place")
    missing += left
    assert set(missing) <= set("，。、；：")
    assert len(missing) * 250 <= len(true)
