"""Hears that documents changed and brings the index up to date, now or as soon as it can."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.dispatch import receiver
from django.utils import timezone
from haystack import connections

from documents.models import Document, Section
from documents.signals import document_changed, documents_changed
from search_indexes.engine.errors import IndexDamaged, IndexMissing, IndexUnusable
from search_indexes.models import IndexChange
from search_indexes.reading import published_sections
from search_indexes.rebuild import rebuild, unsound
from search_indexes.search_indexes import validity_on

log = logging.getLogger(__name__)

CHANGES_AT_ONCE = 500
"""Documents a commit: one long commit would keep other writers waiting."""

KEPT = timedelta(days=1)

FEW = 200
"""A missing or damaged index is rebuilt at once for this many documents; a larger one by `heal`."""

_WAITING = "SELECT document FROM search_indexes_indexchange WHERE applied_at IS NULL"


@receiver(document_changed)
def _one_changed(document_id: int, **_: Any) -> None:
    _note([document_id])


@receiver(documents_changed)
def _many_changed(document_ids: Iterable[int], **_: Any) -> None:
    _note(document_ids)


def _note(keys: Iterable[int]) -> None:
    IndexChange.objects.bulk_create([IndexChange(document=key) for key in keys], batch_size=500)
    # Robust: what was published stays published whatever the index does.
    transaction.on_commit(_after_commit, robust=True)


def _after_commit() -> None:
    try:
        catch_up()
    except IndexUnusable as error:
        log.warning("The index did not take the change and will be tried again: %s", error)


def catch_up() -> int:
    """Applies the changes the index has yet to hear of; returns how many documents.

    Raises IndexUnusable when the index cannot take them now; they stay noted.
    """
    done = 0
    while _pending().exists():
        try:
            done += _apply_some()
        except (IndexMissing, IndexDamaged):
            if Document.objects.published().count() > FEW:
                raise
            rebuild()
    return done


def heal() -> str | None:
    """Rebuilds an index that is missing, damaged or outdated; returns why, ``None`` if it is none.

    Policy terms that wait are left to whoever runs `reindex`: editors add several in a row.
    For a process that nobody waits for. Until it is done, readers are answered from the
    database, or by the outdated index. Raises IndexUnusable and RebuildFailed.
    """
    reason = unsound()
    if reason is not None:
        log.warning("The index is rebuilt: %s", reason)
        rebuild()
    return reason


def turn_of_day() -> int:
    """Notes the documents whose validity is another today than the index says; returns how many.

    A day in force begins or ends without anybody changing the document. Raises IndexMissing or
    IndexDamaged.
    """
    known = connections["default"].get_backend().opened().stated("validity")
    today = timezone.localdate()
    dated = Document.objects.published().filter(validity="")
    dated = dated.exclude(effective_date=None, expiry_date=None)
    rows = dated.only("pk", "validity", "effective_date", "expiry_date")
    turned = [row.pk for row in rows if known.get(row.pk, ()) != (validity_on(today, row),)]
    with transaction.atomic():
        _note(turned)
    return len(turned)


def pending_documents() -> frozenset[int]:
    """Documents whose last change the index may not know."""
    # By hand: every search asks, and the database answers sooner than a query is built.
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return frozenset(document for (document,) in cursor.fetchall())


def _pending() -> Any:
    return IndexChange.objects.filter(applied_at=None)


def _apply_some() -> int:
    connection = connections["default"]
    backend = connection.get_backend()
    with backend.lock():
        rows = list(_pending().values_list("pk", "document")[:CHANGES_AT_ONCE])
        keys = {document for _, document in rows}
        index = connection.get_unified_index().get_index(Section)
        # What the database says now is never older than the row that told of it.
        backend.replace(index, keys, published_sections(keys))
        now = timezone.now()
        IndexChange.objects.filter(pk__in=[pk for pk, _ in rows]).update(applied_at=now)
        IndexChange.objects.filter(applied_at__lt=now - KEPT).delete()
    return len(keys)
