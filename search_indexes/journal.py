"""Says whether anything that readers see of the published documents has changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

LATEST = 1000
"""Rows looked at; a day's journal of a portal just loaded has as many as documents."""

_LATEST = (
    "SELECT MAX(id), COUNT(*), SUM(id) FROM"
    " (SELECT id FROM search_indexes_indexchange ORDER BY id DESC LIMIT %s) AS latest"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of the journal of changes; equal stamps mean equal published documents.

    A change is noted in the transaction that makes it, under a key that is never used again. The
    last key alone would miss a change committed after one with a later key (PostgreSQL hands keys
    out before the commit), so that the sum of the latest keys is looked at too.
    """

    last: int
    rows: int
    keys: int


def stamp() -> Stamp:
    """The stamp of what is committed now; one query.

    Take it before what it is to vouch for is read: what was read later can only be newer.
    """
    # By hand: every page of a document asks, and the database answers sooner than a query is built.
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [LATEST])
        last, rows, keys = cursor.fetchone()
    return Stamp(last or 0, rows, int(keys or 0))
