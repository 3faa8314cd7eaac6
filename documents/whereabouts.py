"""Says where a document is read: its address, worked out once for each."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from django.db import connection
from django.urls import get_script_prefix, get_urlconf, reverse

KEPT = 8192
"""Addresses remembered, some two hundred bytes each."""


# By hand: every search asks, and the database answers sooner than a query is built. The state is
# looked at afterwards: asked for in the database, SQLite begins with every published document.
_SLUGS = "SELECT id, slug, status FROM documents_document WHERE id IN ({})"


def published_addresses(keys: Collection[int]) -> dict[int, str]:
    """Addresses of those of the documents *keys* that every reader may see; one query."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SLUGS.format(", ".join(["%s"] * len(keys))), list(keys))
        rows = cursor.fetchall()
    here = get_script_prefix(), get_urlconf()
    return {key: _address(slug, *here) for key, slug, status in rows if status == "published"}


def address_of(slug: str) -> str:
    """The path of the page of the document called *slug* in addresses.

    Lists and pages full of citations ask for dozens, and Django goes through its table of
    addresses for each.
    """
    return _address(slug, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=KEPT)
def _address(slug: str, prefix: str, table: str | None) -> str:
    return reverse("document", args=[slug])
