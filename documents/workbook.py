"""The process that reads one XLSX on standard input and prints its first sheet's rows as JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime
from itertools import islice

from openpyxl import load_workbook

from documents.extraction.archive import Archive
from documents.extraction.confinement import confine
from documents.extraction.limits import Limits

COLUMNS = 60
CELL = 2000


def main(rows: int) -> int:
    """Prints at most *rows* rows; any failure is an exit status."""
    confine(Limits())
    data = sys.stdin.buffer.read()
    Archive(data)  # refuses what would unpack into too much
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # the size a file claims for its sheet is not to be relied on
    lines = sheet.iter_rows(max_col=COLUMNS, values_only=True)
    json.dump([[_text(cell) for cell in line] for line in islice(lines, rows)], sys.stdout)
    return 0


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[:CELL]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
