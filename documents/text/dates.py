"""Dates as official documents write them, in Arabic or Chinese figures (GB/T 9704)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from documents.text.numerals import chinese_number, digits_as_read

_YEAR = r"(?:\d\s?\d\s?\d\s?\d|[〇○ＯOo0零oΟ一二三四五六七八九]{4})"
_PART = r"(?:\d\s?\d?|[一二三四五六七八九十]{1,3})"
WRITTEN = rf"{_YEAR}\s*年\s*{_PART}\s*月\s*{_PART}\s*日"
_WRITTEN = re.compile(rf"(?<!\d)({_YEAR})\s*年\s*({_PART})\s*月\s*({_PART})\s*日")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_ZEROS = str.maketrans(dict.fromkeys("○ＯOo0零Ο", "〇"))


def _plain(text: str) -> str:
    # ○ and Ｏ are zeros here; NFKC would turn Ｏ into a Latin letter, which is one as well.
    return unicodedata.normalize("NFKC", text)


def _figure(text: str, *, year: bool) -> int | None:
    compact = "".join(text.split())
    if compact.isascii() and compact.isdigit():
        return int(compact)
    if year:
        read = digits_as_read(compact.translate(_ZEROS))
        return int(read) if read else None
    return chinese_number(compact)


def _date(year: str, month: str, day: str) -> date | None:
    figures = _figure(year, year=True), _figure(month, year=False), _figure(day, year=False)
    if None in figures:
        return None
    try:
        return date(*(figure for figure in figures if figure is not None))
    except ValueError:
        return None


def find_dates(text: str) -> list[tuple[int, int, date]]:
    """Every written date in ``text`` as (start, end, date), positions in the NFKC form of it."""
    found = []
    for match in _WRITTEN.finditer(_plain(text)):
        value = _date(*match.groups())
        if value is not None:
            found.append((match.start(), match.end(), value))
    return found


def parse_date(text: str) -> date | None:
    """The first date in ``text``: 2025年1月16日, 二〇二五年一月十六日, 2025-01-16; else ``None``.

    Spaces may stand anywhere between the pieces, figures may be full width, the zero 〇, ○, Ｏ
    or 零. A date that the calendar does not have gives ``None``.
    """
    plain = _plain(text)
    for pattern in (_WRITTEN, _ISO):
        match = pattern.search(plain)
        if match:
            return _date(*match.groups())
    return None


_DATE_LINE = re.compile(rf"[（(]?\s*{WRITTEN}\s*[）)]?")


def is_date_line(text: str) -> bool:
    """Whether ``text`` is a date and nothing else."""
    return len(text) < 40 and _DATE_LINE.fullmatch(_plain(text.strip())) is not None
