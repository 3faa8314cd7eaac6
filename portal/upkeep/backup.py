"""Backs the portal up while it runs, and puts a backup back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from documents import originals, storage
from documents.models import Document
from portal.upkeep.archive import ArchiveDamaged, ArchiveWriter, chunks_of, verified, writing

ROWS = "rows.jsonl"
MADE_ANEW = {
    "contenttypes.contenttype",
    "auth.permission",
    "sessions.session",
    "axes.accessattempt",
    "axes.accessattemptexpiration",
    "axes.accessfailurelog",
    "axes.accesslog",
}
"""Rows that migrating makes, sessions (after a restore everyone signs in again), and what is kept
for minutes of those who mistyped a password."""


class ExactEncoder(DjangoJSONEncoder):
    """Keeps microseconds, which Django's own cuts off: a restore is exact."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class RestoreRefused(Exception):
    """The backup was not put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds or a restore brought: rows, original files, and what was not there."""

    rows: int
    files: int
    missing: tuple[str, ...] = ()


def backup(target: Path) -> Kept:
    """Writes everything but the index to *target*, as it was at one moment, while readers read.

    The rows are read in one transaction, so they agree with each other; originals never change
    under their checksum, so reading them afterwards is safe. An original that is missing does
    not stop the backup: it is named.
    """
    with writing(target) as archive:
        with _one_moment():
            count = [0]
            archive.add(ROWS, _rows(count))
            wanted = sorted(originals.known())
            facts = _facts()
        missing = tuple(sha256 for sha256 in wanted if not _add_file(archive, sha256))
        archive.finish(timezone.now().isoformat(), facts)
    return Kept(count[0], len(wanted) - len(missing), missing)


def restore(source: Path, *, force: bool = False) -> Kept:
    """Puts the backup at *source* in place of what is here; the index must be rebuilt after.

    The whole archive is verified first. Raises ArchiveDamaged, and RestoreRefused when the
    portal holds documents or accounts (unless *force*) or has another database layout.
    """
    with verified(source) as (manifest, archive):
        _check_layout(manifest.facts)
        if not force and _holds_anything():
            raise RestoreRefused(
                "This portal holds documents or accounts. Restore into an empty PORTAL_DATA, "
                "or use --force to replace everything in it."
            )
        files = _put_files(archive)
        try:
            with transaction.atomic():
                _empty()
                rows = _put_rows(archive)
        except (DatabaseError, DeserializationError) as error:
            raise RestoreRefused(f"The rows could not be written: {error}") from error
    return Kept(rows, files)


def models_in_order() -> list[type[models.Model]]:
    """Every model whose rows are kept, those referred to before those that refer."""
    kept = [app for app in apps.get_app_configs() if app.models_module is not None]
    ordered = serializers.sort_dependencies([(app, None) for app in kept], allow_cycles=True)
    return [model for model in ordered if model._meta.label_lower not in MADE_ANEW]


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction in which all that is read was there at once, and nobody else waits for it.

    On SQLite ours begin as writers (IMMEDIATE) and would keep every other one out for as long as
    the rows take; a DEFERRED one that only reads sees one moment and lets them go on (WAL).
    """
    here: Any = connection
    if connection.in_atomic_block:
        yield
        return
    here.ensure_connection()  # opening one reads the mode from the settings
    mode = getattr(here, "transaction_mode", None)
    here.transaction_mode = None
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        here.transaction_mode = mode


def _rows(count: list[int]) -> Iterator[bytes]:
    serializer = serializers.get_serializer("jsonl")()
    for model in models_in_order():
        queryset = model._base_manager.order_by("pk").iterator(chunk_size=500)
        for row in queryset:
            out = io.StringIO()
            serializer.serialize([row], stream=out, use_natural_foreign_keys=True, cls=ExactEncoder)
            count[0] += 1
            yield out.getvalue().encode()


def _add_file(archive: ArchiveWriter, sha256: str) -> bool:
    try:
        with storage.open_file(sha256) as original:
            # Already packed formats gain nothing, and text is small.
            archive.add(f"media/{sha256}", chunks_of(original), packed=False)
    except storage.MissingFile:
        return False
    return True


def _facts() -> dict[str, Any]:
    return {"documents": Document.objects.count(), "layout": _layout()}


def _layout() -> dict[str, str]:
    """The last migration of each app: rows fit only the layout they were made in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, MAX(name) FROM django_migrations GROUP BY app")
        return dict(cursor.fetchall())


def _check_layout(facts: dict[str, Any]) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    here, there = _layout(), facts.get("layout", {})
    if differing := sorted(app for app in here if here[app] != there.get(app)):
        raise RestoreRefused(
            f"The backup was made by another release (its {', '.join(differing)} differ). "
            "Restore it with that release, then upgrade."
        )


def _holds_anything() -> bool:
    users = apps.get_model("auth", "User")
    return Document.objects.exists() or users._base_manager.exists()


def _empty() -> None:
    for model in reversed(models_in_order()):
        model._base_manager.all()._raw_delete(using="default")


def _put_rows(archive: zipfile.ZipFile) -> int:
    count = 0
    with archive.open(ROWS) as raw:
        lines = io.TextIOWrapper(raw, "utf-8")
        for row in serializers.deserialize("jsonl", lines, handle_forward_references=True):
            row.save(force_insert=True)
            count += 1
    tables = models_in_order()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    return count


def _put_files(archive: zipfile.ZipFile) -> int:
    names = [name for name in archive.namelist() if name.startswith("media/")]
    for name in names:
        with archive.open(name) as member:
            stored = storage.keep(chunks_of(member))
        if stored.sha256 != name.removeprefix("media/"):
            raise ArchiveDamaged(f"The backup's {name} does not hold the file it names.")
    return len(names)
