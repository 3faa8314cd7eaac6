"""Reads a table of metadata (CSV, XLSX) into rows by column; XLSX in a process of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from documents import confined
from documents.confined import ChildFailed
from documents.extraction import ExtractionError
from documents.extraction.encoding import decode
from documents.given import column_of

MAX_ROWS = 5000
MAX_COLUMNS = 60
MAX_CELL = 2000
_LONGEST = 64 << 20  # bytes of JSON


class TableRefused(Exception):
    """A table cannot be used; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its number as a person counts it, its values by known column."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class MetadataTable:
    """The rows that name a file, and the headings nobody knows."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


def read_table(path: Path, name: str) -> MetadataTable:
    """The table at *path*. Raises TableRefused."""
    lines = _xlsx(path) if name.lower().endswith(".xlsx") else _csv(path.read_bytes())
    headings: Sequence[str] | None = None
    keys: list[str | None] = []
    rows: list[Row] = []
    for number, cells in enumerate(lines, 1):
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings, keys = cells, [column_of(cell) for cell in cells]
            _check_headings(keys)
            continue
        pairs = zip(keys, cells, strict=False)
        rows.append(Row(number, {key: _plain(cell) for key, cell in pairs if key}))
        if len(rows) > MAX_ROWS:
            raise TableRefused(f"表格超过 {MAX_ROWS} 行。请分成几张表，或用 manage.py load 导入。")
    if headings is None:
        raise TableRefused("表格是空的。请在第一行写上列名，其中要有“文件名”。")
    known = zip(headings, keys, strict=True)
    unknown = (_plain(heading) for heading, key in known if key is None)
    return MetadataTable(tuple(rows), tuple(filter(None, unknown)))


def _plain(cell: str) -> str:
    """A cell on one line, without what cannot be printed."""
    return "".join(filter(str.isprintable, " ".join(cell.split())))[:MAX_CELL]


def _check_headings(keys: list[str | None]) -> None:
    if "file" not in keys:
        raise TableRefused("表格的第一行里没有“文件名”一列。请补上，写各文件的名称。")
    twice = {key for key in keys if key and keys.count(key) > 1}
    if twice:
        raise TableRefused("表格里有重复的列。请删去多余的，再上传。")


def _csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = decode(data).text
    except ExtractionError as error:
        raise TableRefused("表格不是文字文件。请另存为 CSV（UTF-8）再上传。") from error
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=mark):
            yield cells[:MAX_COLUMNS]
    except csv.Error as error:
        raise TableRefused("表格的引号或换行有误。请在表格软件里另存一份再上传。") from error


def _xlsx(path: Path) -> Iterator[list[str]]:
    """The first sheet's rows, read by ``python -m documents.workbook`` under limits."""
    try:
        with confined.run("documents.workbook", path, str(MAX_ROWS + 2)) as answer:
            rows = answer.whole(_LONGEST)
    except ChildFailed as failure:
        raise TableRefused(
            "表格打不开或过大。请只留需要的行，另存为 CSV（UTF-8）再上传。"
        ) from failure
    yield from json.loads(rows)
