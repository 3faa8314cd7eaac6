"""Who corrected what of a document, and when: written by hand, read for the review page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from documents.differences import Mark, marks
from documents.models import Document, Section

_READ = "读入"
_ROWS = 300
_SHORTEST, _CONTEXT = 200, 24


@dataclass(frozen=True, slots=True)
class Change:
    """A field that changed, with what went and what came marked."""

    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a document's history; ``who`` is empty for what no person did."""

    when: datetime
    who: str
    what: str
    changes: tuple[Change, ...]


def baseline(*instances: Document | Section) -> None:
    """Keeps what the rows say now, before their first change by hand; call it before changing."""
    for model in (Document, Section):
        mine = {row.pk: row for row in instances if isinstance(row, model)}
        known = model.history.filter(id__in=mine).values_list("id", flat=True)
        for key in mine.keys() - set(known):
            row = mine[key]
            since = row.document.created_at if isinstance(row, Section) else row.created_at
            model.history.bulk_history_create(
                [row], default_date=since, default_change_reason=_READ
            )


def record(what: str, *instances: Document | Section, removed: bool = False) -> None:
    """Notes that the rows now say what they say; *what* is in Chinese, 100 characters at most.

    The user is that of the request being served. With *removed* the rows are about to go.
    """
    for model in (Document, Section):
        rows = [row for row in instances if isinstance(row, model)]
        made = model.history.bulk_history_create(
            rows, update=True, default_change_reason=what[:100]
        )
        if removed:
            keys = [row.history_id for row in made]
            model.history.filter(history_id__in=keys).update(history_type="-")


def latest(document: Document, limit: int = 20) -> tuple[Entry, ...]:
    """The last *limit* steps of the document and its sections, the newest first."""
    rows: list[Any] = [
        *Document.history.filter(id=document.pk).select_related("history_user")[:_ROWS],
        *Section.history.filter(document_id=document.pk).select_related("history_user")[:_ROWS],
    ]
    by_object: dict[tuple[type, int], list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.history_date, row.history_id)):
        by_object.setdefault((type(row), row.id), []).append(row)
    entries = [
        _entry(before, after)
        for steps in by_object.values()
        for before, after in pairwise([None, *steps])
        if after.history_change_reason != _READ
    ]
    return tuple(sorted(entries, key=lambda entry: entry.when, reverse=True)[:limit])


def _entry(before: Any, after: Any) -> Entry:
    user = after.history_user
    changes = [] if before is None or after.history_type == "-" else _changes(before, after)
    return Entry(
        when=after.history_date,
        who=(user.get_full_name() or user.get_username()) if user else "",
        what=after.history_change_reason or "修改",
        changes=tuple(changes),
    )


def _changes(before: Any, after: Any) -> list[Change]:
    found = []
    for field in after.tracked_fields:
        if field.name in {"order", "parent", "updated_at"}:
            continue
        old, new = (_said(row, field) for row in (before, after))
        if old != new:
            found.append(Change(str(field.verbose_name), shortened(marks(old, new))))
    return found


def _said(row: Any, field: Any) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if field.choices:
        return str(dict(field.choices).get(value, value))
    return str(getattr(row, field.name) if field.is_relation else value)


def shortened(pieces: Sequence[Mark]) -> tuple[Mark, ...]:
    """The same marks, long unchanged stretches cut to what stands beside a change."""
    if sum(len(piece.text) for piece in pieces) <= _SHORTEST:
        return tuple(pieces)
    return tuple(
        Mark(piece.kind, f"{piece.text[:_CONTEXT]} … {piece.text[-_CONTEXT:]}")
        if piece.kind == "same" and len(piece.text) > 3 * _CONTEXT
        else piece
        for piece in pieces
    )
