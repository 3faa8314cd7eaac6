"""Takes many files in at once: several uploads, ZIPs, and tables that say more about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User

from documents import bundles, intake, jobs, originals, storage
from documents.bundles import Bundle, BundleRefused, is_bundle, is_table
from documents.given import Given, WrongValue
from documents.intake import clean_name
from documents.jobs import File, Finish, Outcome, Task
from documents.models import Batch
from documents.tables import MetadataTable, Row, TableRefused, read_table

SORT = "sort"
"""The kind of job that opens ZIPs and tables and queues every file found."""

STEPS = ("收到", "整理文件", "逐个读取")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived: where it waits, and its owner's name for it."""

    path: Path
    name: str


def is_bulk(names: Iterable[str], publish: bool) -> bool:
    """Whether these uploads are a batch: several, a ZIP, a table, or published unseen."""
    names = list(names)
    return publish or len(names) > 1 or any(is_bundle(name) or is_table(name) for name in names)


def receive(uploads: Iterable[Upload], user: User | None = None, *, publish: bool = False) -> Batch:
    """Keeps the uploads and queues their sorting; no archive is opened here.

    With *publish* each document is published as it is read. Raises OSError when the disk is full.
    """
    uploads = list(uploads)

    def write(kept: list[storage.StoredFile]) -> Batch:
        batch = Batch.objects.create(user=user, publish=publish)
        files = [
            File(stored.sha256, clean_name(upload.name), stored.size)
            for upload, stored in zip(uploads, kept, strict=True)
        ]
        jobs.enqueue(SORT, {}, files, user=user, batch=batch)
        return batch

    return originals.adopt([upload.path for upload in uploads], write)


@dataclass(slots=True)
class _Sorted:
    """What the sorting of a batch has found so far; members are kept in the store already."""

    files: list[tuple[str, File]] = field(default_factory=list)
    tables: list[tuple[str, MetadataTable]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    skipped: int = 0

    def refuse(self, name: str, reason: str) -> None:
        self.notes.append({"name": name, "reason": reason})


@jobs.handles(SORT, STEPS)
def _sort(task: Task) -> Finish:
    """Opens what can be opened; the finish queues a job a file and writes the report's notes."""
    found = _Sorted()
    for done, file in enumerate(task.files):
        task.step("整理文件", done, len(task.files))
        _sort_one(file, storage.path_of(file.sha256), found, task)
    plans = list(_with_rows(found))
    batch = task.batch
    if batch is None:
        raise TypeError("A sorting job belongs to a batch.")

    def finish() -> Outcome:
        for file, given in plans:
            intake.queue(file, task.user, given, batch)
        Batch.objects.filter(pk=batch.pk).update(notes=found.notes, skipped=found.skipped)
        return Outcome()

    return finish


def _sort_one(file: File, path: Path, found: _Sorted, task: Task) -> None:
    try:
        if is_bundle(file.name):
            with bundles.opened(path) as bundle:
                _open_bundle(bundle, file.name, found, task)
        elif is_table(file.name):
            found.tables.append((file.name, read_table(path, file.name)))
        else:
            found.files.append((file.name, file))
    except (BundleRefused, TableRefused) as refusal:
        found.refuse(file.name, str(refusal))


def _open_bundle(bundle: Bundle, name: str, found: _Sorted, task: Task) -> None:
    found.skipped += bundle.skipped
    if not bundle.members:
        found.refuse(name, "压缩包里没有文件。")
    for number, (member, content) in enumerate(bundle.contents()):
        task.step("整理文件", number, len(bundle.members))
        shown = f"{name} 中的 {member.path}"
        if member.refusal:
            found.refuse(shown, member.refusal)
            continue
        file = originals.keep_for(task, content, clean_name(member.path))
        if is_table(member.path):
            found.tables.append((shown, _table(file, shown, found)))
        else:
            found.files.append((member.path, file))


def _table(file: File, shown: str, found: _Sorted) -> MetadataTable:
    try:
        return read_table(storage.path_of(file.sha256), file.name)
    except TableRefused as refusal:
        found.refuse(shown, str(refusal))
        return MetadataTable((), ())


def _with_rows(found: _Sorted) -> Iterator[tuple[File, Given | None]]:
    """Each file with what the tables give for it; files a row spoils stay out, with the reason."""
    rows = _rows_by_file(found)
    for place, (_, file) in enumerate(found.files):
        if place not in rows:
            yield file, None
            continue
        table, row = rows[place]
        try:
            yield file, Given.from_row(row.values)
        except WrongValue as wrong:
            found.refuse(file.name, f"{table} 第 {row.number} 行：{wrong}改正后再上传这份文件。")


def _rows_by_file(found: _Sorted) -> dict[int, tuple[str, Row]]:
    """The row of each file, by its place among the files; rows that fit none are noted."""
    paths: dict[str, list[int]] = {}
    names: dict[str, list[int]] = {}
    for place, (path, file) in enumerate(found.files):
        paths.setdefault(_key(path), []).append(place)
        names.setdefault(_key(file.name), []).append(place)
    rows: dict[int, tuple[str, Row]] = {}
    for name, table in found.tables:
        if table.unknown:
            columns = "、".join(table.unknown)
            found.refuse(name, f"没有用到的列：{columns[:200]}。")
        for row in table.rows:
            wanted = row.values.get("file", "")
            fitting = paths.get(_key(wanted)) or names.get(_key(wanted), [])
            reason = _misfit(wanted, fitting, rows)
            if reason:
                found.refuse(f"{name} 第 {row.number} 行", reason)
            else:
                rows[fitting[0]] = (name, row)
    return rows


def _misfit(wanted: str, fitting: list[int], taken: Container[int]) -> str:
    """Why a row that names *wanted* cannot be used; empty when it can."""
    if not wanted:
        return "没有写文件名。"
    shown = f"文件“{wanted[:200]}”"
    if not fitting:
        return f"没有找到{shown}。请和表格一起上传。"
    if len(fitting) > 1:
        return f"{shown}有 {len(fitting)} 份。请连同压缩包里的文件夹一起写明。"
    if fitting[0] in taken:
        return f"{shown}前面已经写过一行，用的是前一行。"
    return ""


def _key(path: str) -> str:
    """One form for the ways a name may be written: separators, case, composed characters."""
    plain = unicodedata.normalize("NFC", path.replace("\\", "/")).strip().casefold()
    return plain.removeprefix("./")
