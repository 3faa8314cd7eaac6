"""Keeps what is asked, opened and said, by day and query, without a trace of by whom."""

from __future__ import annotations

import atexit
import logging
import re
import threading
from collections import Counter
from datetime import date, timedelta

from django import db
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from search_indexes.analysis import fold
from search_indexes.models import SearchCount, SearchFeedback

log = logging.getLogger(__name__)

LONGEST = 60
SECONDS = 10
"""Between two writings; what is in between is lost when a process is killed."""
MOST_WAITING = 5000
"""Different queries kept in memory while the database cannot be written to."""

# Identity cards, telephones, accounts and addresses of mail are nobody's business.
_PERSONAL = re.compile(r"\d[\d\s-]{5,}[\dxX]|\S@\S")

Key = tuple[date, str]
Row = tuple[date, str, int, int, int]
"""Day and query, how often asked and opened, and what was found last."""

AT_ONCE = 200
"""Rows a statement; SQLite takes a thousand values at least."""

_ADD = """
INSERT INTO search_indexes_searchcount AS known (day, query, asked, opened, found) VALUES {}
 ON CONFLICT (day, query)
 DO UPDATE SET asked = known.asked + excluded.asked, opened = known.opened + excluded.opened
"""
_FOUND = ", found = excluded.found"


class _Waiting:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: Counter[Key] = Counter()
        self.opened: Counter[Key] = Counter()
        self.found: dict[Key, int] = {}
        self.thread: threading.Thread | None = None
        self.background = False


_waiting = _Waiting()


def normalised(query: str) -> str | None:
    """*query* as it is counted; ``None`` for nothing, for too much and for personal numbers."""
    plain = " ".join(fold(query).split())
    if not plain or len(plain) > LONGEST or _PERSONAL.search(plain):
        return None
    return plain


def asked(query: str, found: int) -> None:
    """Counts one search for *query* that found so many documents."""
    _count(_waiting.asked, query, found)


def opened(query: str) -> None:
    """Counts one document opened from the answer to *query*."""
    _count(_waiting.opened, query, None)


def _count(counter: Counter[Key], query: str, found: int | None) -> None:
    plain = normalised(query) if settings.SEARCH_LOG_DAYS else None
    if plain is None:
        return
    key = timezone.localdate(), plain
    with _waiting.lock:
        if len(_waiting.asked) + len(_waiting.opened) < MOST_WAITING:
            counter[key] += 1
            if found is not None:
                _waiting.found[key] = found
        if _waiting.background and _waiting.thread is None:
            _waiting.thread = threading.Thread(target=_write_later, name="searchlog", daemon=True)
            _waiting.thread.start()


def write_in_background() -> None:
    """From now on counts are written by a thread, so that no reader waits for the database."""
    if not _waiting.background:
        _waiting.background = True
        atexit.register(_write_quietly)


def flush() -> int:
    """Writes what was counted and drops what is older than SEARCH_LOG_DAYS; returns the rows."""
    with _waiting.lock:
        asked, _waiting.asked = _waiting.asked, Counter()
        opened, _waiting.opened = _waiting.opened, Counter()
        found, _waiting.found = _waiting.found, {}
    keys = asked.keys() | opened.keys()
    for more, wanted in ((_FOUND, keys & found.keys()), ("", keys - found.keys())):
        rows = [(*key, asked[key], opened[key], found.get(key, 0)) for key in sorted(wanted)]
        for start in range(0, len(rows), AT_ONCE):
            _add(rows[start : start + AT_ONCE], more)
    _forget_old()
    return len(keys)


def _forget_old() -> None:
    last = timezone.localdate() - timedelta(days=settings.SEARCH_LOG_DAYS)
    SearchCount.objects.filter(day__lte=last).delete()
    SearchFeedback.objects.filter(day__lte=last).delete()


def is_kept(query: str) -> bool:
    """Whether what is said of *query* can be kept: the log is on, and nothing in it is personal."""
    return bool(settings.SEARCH_LOG_DAYS and normalised(query))


def is_personal(text: str) -> bool:
    """Whether *text* holds what looks like a telephone, an identity card or an address of mail."""
    return bool(_PERSONAL.search(fold(text)))


def say(query: str, useful: bool, said: str) -> None:
    """Keeps for editors what a reader said of the results for *query*; nothing if not `is_kept`."""
    plain = normalised(query) if settings.SEARCH_LOG_DAYS else None
    if plain is None:
        return
    day = timezone.localdate()
    with transaction.atomic():
        SearchFeedback.objects.create(day=day, query=plain, useful=useful, said=said)
        _forget_old()


def _add(rows: list[Row], more: str) -> None:
    """Adds counts to what is there, in one statement.

    A web process asks it while its other threads search: each statement of a transaction waits
    for Python's lock, and meanwhile nobody else writes to SQLite.
    """
    values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    parts: list[str | int] = []
    for day, query, asked, opened, found in rows:
        parts += [day.isoformat(), query, asked, opened, found]
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(values) + more, parts)


def _write_later() -> None:
    threading.Event().wait(SECONDS)
    with _waiting.lock:
        _waiting.thread = None
    _write_quietly()


def _write_quietly() -> None:
    try:
        flush()
    except db.Error:
        log.warning("Some searches were not counted.", exc_info=True)
    finally:
        db.connections.close_all()
