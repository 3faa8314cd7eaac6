"""Builds the whole index beside the live one, verifies it and switches to it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import haystack
import whoosh
from django.utils import timezone
from haystack import connections

from documents.models import Document, Section
from search_indexes import analysis, parallel, terms
from search_indexes.engine.errors import IndexDamaged, IndexMissing
from search_indexes.models import IndexChange
from search_indexes.reading import batched_keys, published_sections

INDEX_VERSION = 3
"""Raised when search_indexes.py puts other things into an entry than before."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How the index differs from the database, as keys of documents."""

    missing: tuple[int, ...] = ()
    outdated: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    documents: int = 0
    sections: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.outdated or self.extra)

    @property
    def keys(self) -> set[int]:
        """Every document that differs."""
        return {*self.missing, *self.outdated, *self.extra}


class RebuildFailed(Exception):
    """The new index does not say what the database says; the old one still serves."""


def fingerprint() -> str:
    """Changes when the same database would give another index: fields, analysis, versions."""
    fields = connections["default"].get_unified_index().all_searchfields()
    parts = {
        "version": INDEX_VERSION,
        "fields": sorted((name, type(field).__name__) for name, field in fields.items()),
        "analysis": analysis.fingerprint(),
        "codec": connections["default"].get_backend().codec,
        "libraries": [whoosh.__version__, haystack.__version__],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def rebuild(progress: Callable[[int], None] = lambda sections: None, **patience: Any) -> Difference:
    """Builds a new generation from the database and makes it the live one.

    Readers are served by the old one until then; changes made meanwhile are taken up before
    the switch, those of its last moments after it by whoever makes them. Calls *progress* with
    the number of sections read so far; *patience* is how to wait for another rebuild (see
    generations.lock). Raises IndexBusy when that or a writer does not finish in time,
    RebuildFailed when the new index is wrong.
    """
    backend, index = backend_and_index()
    with backend.lock("rebuild", **patience):
        # What these rows tell of is in the database before the first document is read.
        known = list(IndexChange.objects.all())
        folder = backend.begin(fingerprint(), chosen := terms.current())
        try:
            if backend.in_parts and parallel.worth_it():
                backend.adopt(folder, parallel.build(folder, progress, chosen))
            else:
                backend.fill(folder, index, _counted(published_sections(), progress))
            with backend.lock():
                changes = _since(known)
                late = {change.document for change in changes} | difference(folder).keys
                if late:
                    backend.replace(index, late, published_sections(late), folder)
                found = difference(folder)
                # Published since: noted with what it tells of, and taken by whoever comes next.
                waiting = {change.document for change in _since(known + changes)}
                if not waiting.issuperset(found.keys):
                    raise RebuildFailed(f"新索引与数据库不一致：{describe(found)}。请重试。")
                backend.switch(folder)
                _mark_applied(known + changes)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return found


def difference(folder: Path | None = None) -> Difference:
    """Database against index: for every published document its version and its sections, exactly.

    Raises IndexMissing or IndexDamaged.
    """
    backend, _ = backend_and_index()
    indexed = backend.entries(folder)
    published = _published_entries()
    return Difference(
        missing=tuple(sorted(published.keys() - indexed.keys())),
        outdated=tuple(
            sorted(k for k in published.keys() & indexed.keys() if published[k] != indexed[k])
        ),
        extra=tuple(sorted(indexed.keys() - published.keys())),
        documents=len(indexed),
        sections=sum(len(sections) for _, sections in indexed.values()),
    )


def _published_entries() -> dict[int, tuple[str, list[int]]]:
    """Version and sections of every published document that has a section to be found by."""
    sections: dict[int, list[int]] = {}
    published = Document.objects.published()
    rows = Section.objects.filter(document__in=published).order_by("pk")
    for document, section in rows.values_list("document", "pk"):
        sections.setdefault(document, []).append(section)
    versions = published.values_list("pk", "version_hash")
    return {key: (version, sections[key]) for key, version in versions if key in sections}


def reason_to_rebuild() -> str | None:
    """Why the whole index should be built anew, in Chinese; ``None`` when it need not."""
    return unsound() or ("政策词典有改动" if terms.waiting() else None)


def unsound() -> str | None:
    """Why the index cannot be used, or not for long; ``None`` when it can.

    Terms that wait are no reason: queries are cut by the terms of the index.
    """
    backend, _ = backend_and_index()
    try:
        backend.check()
        if backend.fingerprint() != fingerprint():
            return "分词、字段或程序库已更新"
    except (IndexMissing, IndexDamaged) as error:
        return str(error).split("；", maxsplit=1)[0]
    return None


def reindex_documents(keys: Iterable[int]) -> int:
    """Indexes these documents anew (or takes them out when not published); returns sections."""
    backend, index = backend_and_index()
    wanted = set(keys)
    with backend.lock():
        count: int = backend.replace(index, wanted, published_sections(wanted))
    return count


def describe(found: Difference) -> str:
    """A difference in one Chinese sentence with the first documents concerned."""
    parts = [
        f"{label} {len(keys)} 份（{_public_ids(keys)}）"
        for label, keys in (
            ("缺少", found.missing),
            ("过时", found.outdated),
            ("多余", found.extra),
        )
        if keys
    ]
    return "，".join(parts) or "一致"


def _public_ids(keys: tuple[int, ...], most: int = 5) -> str:
    first = keys[:most]
    names = dict(Document.objects.filter(pk__in=first).values_list("pk", "public_id"))
    shown = "、".join(str(names.get(key, key)) for key in first)
    return f"{shown} 等" if len(keys) > most else shown


def backend_and_index() -> tuple[Any, Any]:
    """The engine, and what says how a section is indexed."""
    connection = connections["default"]
    return connection.get_backend(), connection.get_unified_index().get_index(Section)


def _counted(sections: Iterable[Section], progress: Callable[[int], None]) -> Iterator[Section]:
    for count, section in enumerate(sections, start=1):
        if count % 1000 == 0:
            progress(count)
        yield section


def _since(known: list[IndexChange]) -> list[IndexChange]:
    """Changes noted since; keys do not tell, because a later key may be committed earlier."""
    seen = {change.pk for change in known}
    return [change for change in IndexChange.objects.all() if change.pk not in seen]


def _mark_applied(changes: list[IndexChange]) -> None:
    pending = [change.pk for change in changes if change.applied_at is None]
    for some in batched_keys(pending, 500):
        IndexChange.objects.filter(pk__in=some).update(applied_at=timezone.now())
