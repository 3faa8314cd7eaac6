"""Holds files, database, index and settings against each other and says what is wrong."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from documents import originals, page_images, storage
from documents.filing import current_version_hash, section_fingerprint
from documents.models import Document, FormerSlug, Section, SourceFile, Status
from documents.publishing import refresh
from search_indexes import terms
from search_indexes.engine.errors import IndexUnusable
from search_indexes.rebuild import describe, difference, rebuild
from search_indexes.sync import catch_up, pending_documents

SPARE_BYTES = 100 * 1024 * 1024
OLD_SECONDS = 24 * 3600
"""An original no row knows may belong to an upload on its way; after a day it does not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, what and where, and how to mend it.

    ``mend`` is ``None`` where only a person can decide.
    """

    code: str
    message: str
    mend: Callable[[], object] | None = None


def examine() -> Iterator[Finding]:
    """Every finding, the gravest first; nothing is changed."""
    if unapplied := _unapplied():
        yield unapplied
        return  # the other questions cannot be asked of another layout
    for check in CHECKS:
        yield from check()


def _unapplied() -> Finding | None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = ", ".join(str(step) for step, _ in plan[:3])
    text = f"{len(plan)} migrations are not applied ({names} …); run manage.py migrate."
    return Finding("migrations", text) if plan else None


def _database() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for (said,) in cursor.execute("PRAGMA integrity_check").fetchall():
            if said != "ok":
                yield Finding("database-damaged", f"{said}; restore the last backup.")
        for table, row, target, _ in cursor.execute("PRAGMA foreign_key_check").fetchall():
            yield Finding("dangling-row", f"Row {row} of {table} points to no row of {target}.")


def _originals() -> Iterator[Finding]:
    for file in SourceFile.objects.select_related("document").iterator():
        path = storage.path_of(file.sha256)
        where = f"{file.name} of {file.document.public_id}"
        if not path.is_file():
            yield Finding("original-missing", f"{where} is not at {path}; take it from a backup.")
        elif _sha256(path) != file.sha256:
            yield Finding("original-changed", f"{where} at {path} differs from its checksum.")


def _strays() -> Iterator[Finding]:
    root = Path(settings.MEDIA_ROOT)
    known = originals.known()
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if not path.is_file() or time.time() - path.stat().st_mtime < OLD_SECONDS:
            continue
        if path.name.startswith(".incoming-"):
            yield Finding("upload-left-over", f"{path} is half an upload.", path.unlink)
        elif path.name not in known:
            yield Finding("original-unknown", f"{path} belongs to no document or job.", path.unlink)


def _uploads() -> Iterator[Finding]:
    """What a web process that was killed had taken off the wire so far."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and time.time() - path.stat().st_mtime >= OLD_SECONDS:
            yield Finding("upload-left-over", f"{path} is half an upload.", path.unlink)


def _page_images() -> Iterator[Finding]:
    if going := page_images.excess():
        text = f"{len(going)} pictures of pages are too many or nobody's."
        yield Finding("page-images", text, page_images.trim)


def _versions() -> Iterator[Finding]:
    published = Document.objects.published().select_related("district")
    for document in published.iterator():
        if not document.sections.exists():
            text = (
                f"{document.public_id} is published without any text; withdraw it or load it anew."
            )
            yield Finding("document-empty", text)
        elif current_version_hash(document) != document.version_hash:
            text = f"{document.public_id} was changed without its version hash."
            yield Finding("version-stale", text, _renewed(document))


def _sections() -> Iterator[Finding]:
    for section in Section.objects.select_related("document").iterator():
        if section.fingerprint != section_fingerprint(section):
            text = f"{section.document.public_id}#{section.anchor} has another text's fingerprint."
            yield Finding("fingerprint-stale", text, _fingerprinted(section))


def _addresses() -> Iterator[Finding]:
    taken = Document.objects.values_list("slug", flat=True)
    for former in FormerSlug.objects.filter(slug__in=taken):
        text = f"{former.slug} is a document's address and another's former one."
        yield Finding("address-twice", text, former.delete)


def _outbox() -> Iterator[Finding]:
    if waiting := len(pending_documents()):
        yield Finding(
            "index-behind", f"The index has yet to hear of {waiting} documents.", catch_up
        )


def _index() -> Iterator[Finding]:
    try:
        found = difference()
    except IndexUnusable as error:
        yield Finding("index-unusable", str(error), rebuild)
        return
    if found:
        yield Finding("index-differs", describe(found), rebuild)


def _terms() -> Iterator[Finding]:
    if waiting := terms.waiting():
        yield Finding("terms-waiting", terms.describe(waiting), rebuild)


def _withdrawn() -> Iterator[Finding]:
    for document in Document.objects.filter(status=Status.WITHDRAWN, published_at=None):
        text = f"{document.public_id} is withdrawn but was never published."
        yield Finding("status-impossible", text)


def _privacy() -> Iterator[Finding]:
    for path in (Path(settings.PORTAL_DATA), Path(settings.PORTAL_DATA) / "secret-key"):
        if path.exists() and path.stat().st_mode & 0o077:
            private = 0o700 if path.is_dir() else 0o600
            text = f"{path} can be read by other accounts of this machine."
            yield Finding("readable-by-others", text, partial(path.chmod, private))


def _space() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.PORTAL_DATA).free
    if free < SPARE_BYTES:
        text = f"{free >> 20} MB are free for {settings.PORTAL_DATA}; uploads need 100 MB."
        yield Finding("disk-full", text)
    if not os.access(settings.PORTAL_DATA, os.W_OK):
        yield Finding("read-only", f"{settings.PORTAL_DATA} cannot be written to.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _renewed(document: Document) -> Callable[[], object]:
    def renew() -> None:
        refresh(document)
        catch_up()

    return renew


def _fingerprinted(section: Section) -> Callable[[], object]:
    mended = section_fingerprint(section)
    return lambda: Section.objects.filter(pk=section.pk).update(fingerprint=mended)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _database,
    _space,
    _originals,
    _versions,
    _sections,
    _withdrawn,
    _addresses,
    _outbox,
    _index,
    _terms,
    _strays,
    _uploads,
    _page_images,
    _privacy,
)
