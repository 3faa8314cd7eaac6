"""Reads the document at an address with what its page asks of that row alone, in one question."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef

from documents.models import District, Document, DocumentVersion, Repeal

_ADDRESS = "the address asked for"


@cache
def _question(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The SQL for one database and what it is given, the address under a name of its own.

    To write it anew for every page takes longer than to answer it.
    """
    seen = (
        Document.objects.defer("warnings", "found")
        .annotate(
            district_name=F("district__name"),
            # What few documents have, so that only their pages ask for it.
            repealing=Exists(Repeal.objects.filter(document=OuterRef("pk"))),
            has_versions=Exists(DocumentVersion.objects.filter(document=OuterRef("pk"))),
        )
        .filter(slug=_ADDRESS)
        .order_by()
    )
    sql, given = seen.query.sql_with_params()
    return str(sql), tuple(given)


def document_at(slug: str) -> Document | None:
    """The document with this address, whatever its state, with its district; None without one."""
    sql, given = _question(connection.vendor)
    values = [slug if each == _ADDRESS else each for each in given]
    found = next(iter(Document.objects.raw(sql, values)), None)
    if found is not None and found.district_id is not None:
        name = getattr(found, "district_name", "")
        found.district = District.from_db(
            connection.alias, ("id", "name"), (found.district_id, name)
        )
    return found


def has_versions(document: Document) -> bool:
    """Whether the document replaced older versions; assumed where it is not known."""
    return bool(getattr(document, "has_versions", True))


def repeals(document: Document) -> bool:
    """Whether it repeals others by name; assumed where it is not known."""
    return bool(getattr(document, "repealing", True))
