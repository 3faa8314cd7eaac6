"""Backs a portal up while another process writes to it, and puts each backup into an empty one.

Run as a program of its own with PORTAL_DATA set: `python -m tests.reliability.backed_up ROUNDS`.
Each backup goes on reading rows only when something was written since its first one. Prints one
JSON object: pairs acknowledged before, while and within each backup, and every way in which what
came back differs from what was there. With `write` in place of ROUNDS it is the
process that writes: it loads two documents a transaction and prints their number after each.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - after Django
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from documents.loading import GivenRecord, load  # noqa: E402
from documents.models import Document  # noqa: E402
from portal.upkeep import backup as upkeep  # noqa: E402
from portal.upkeep.archive import MANIFEST  # noqa: E402
from portal.upkeep.backup import ROWS, backup, restore  # noqa: E402

SOURCE = Path(settings.DATABASES["default"]["NAME"])
MEDIA = Path(settings.MEDIA_ROOT)
ELSEWHERE = settings.PORTAL_DATA / "elsewhere"
MOVES = {"search_indexes_indexchange", "sqlite_sequence", "django_migrations"}
"""Tables whose rows change afterwards, or are made by migrating; all others are compared."""


def write() -> None:
    """Loads pairs of documents, for ever."""
    for number in count():
        pair = [_record(f"{number}-{letter}") for letter in "ab"]
        for _ in load(pair):
            print(number, flush=True)  # what the other process reads


def _record(name: str) -> GivenRecord:
    text = (
        f"关于第{name}号工作的通知\n\n一、总则\n\n加快推进创新{name}。\n\n二、附则\n\n即日起施行。"
    )
    return GivenRecord(name, text, json.dumps({"id": name, "text": text}).encode())


def rounds(number: int) -> Iterator[dict[str, object]]:
    """Backs up and puts back so often, while the other process writes."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    pristine = settings.PORTAL_DATA / "pristine.sqlite3"
    shutil.copy(SOURCE, pristine)
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name, "write"], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = Said()
        threading.Thread(target=said.listen, args=[writer.stdout], daemon=True).start()
        try:
            for each in range(number):
                said.more(2)  # each round has something new to keep
                yield _round(settings.PORTAL_DATA / f"{each}.backup", pristine, said)
        finally:
            writer.kill()


class Said:
    """What the writing process has acknowledged so far."""

    def __init__(self) -> None:
        self.pairs: list[int] = []
        self._arrived = threading.Condition()

    def listen(self, lines: Iterable[str]) -> None:
        """Takes down each number as it comes."""
        for line in lines:
            with self._arrived:
                self.pairs.append(int(line))
                self._arrived.notify_all()

    def more(self, count: int) -> None:
        """Waits until *count* more are acknowledged; raises TimeoutError where writers wait."""
        with self._arrived:
            wanted = len(self.pairs) + count
            if not self._arrived.wait_for(lambda: len(self.pairs) >= wanted, 90):
                raise TimeoutError("Nothing could be written.")


def _round(archive: Path, pristine: Path, said: Said) -> dict[str, object]:
    def under_writes(count: list[int]) -> Iterator[bytes]:
        rows = real(count)
        yield next(rows)
        said.more(1)
        yield from rows

    before, real = len(said.pairs), upkeep._rows
    upkeep._rows = under_writes
    kept = backup(archive)
    upkeep._rows = real
    after = len(said.pairs)
    _look_at(ELSEWHERE / "portal.sqlite3", ELSEWHERE / "media")
    shutil.rmtree(ELSEWHERE, ignore_errors=True)
    ELSEWHERE.mkdir()
    shutil.copy(pristine, ELSEWHERE / "portal.sqlite3")
    restore(archive)
    names = sorted(Document.objects.values_list("public_id", flat=True))
    again = archive.with_suffix(".again")
    backup(again)
    _look_at(SOURCE, MEDIA)
    pairs = {int(name.split("-")[0]) for name in names}
    wrong = [f"missing original {sha256}" for sha256 in kept.missing]
    wrong += [f"{n} is there by half" for n in pairs if {f"{n}-a", f"{n}-b"} - set(names)]
    wrong += [f"{n} was acknowledged and is not there" for n in set(range(before)) - pairs]
    wrong += [f"{n} is missing in the middle" for n in set(range(len(pairs))) - pairs]
    wrong += [*_differing_rows(), *_differing_files(archive, again, len(names))]
    for file in (archive, again):
        file.unlink()
    return {"before": before, "while": after - before, "within": len(pairs), "wrong": wrong}


def _look_at(database: Path, media: Path) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = str(database)
    settings.MEDIA_ROOT = media


def _differing_rows() -> Iterator[str]:
    """Every row that came back must stand in the source, column for column."""
    with closing(sqlite3.connect(SOURCE)) as database:
        database.execute("ATTACH ? AS back", [str(ELSEWHERE / "portal.sqlite3")])
        tables = database.execute("SELECT name FROM back.sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            if table not in MOVES:
                query = f'SELECT * FROM back."{table}" EXCEPT SELECT * FROM main."{table}"'  # noqa: S608
                if rows := database.execute(query).fetchall():
                    yield f"{table}: {rows[0]}"


def _differing_files(archive: Path, again: Path, documents: int) -> Iterator[str]:
    """A backup of what came back says the same, and every original is what its name says."""
    with zipfile.ZipFile(archive) as first, zipfile.ZipFile(again) as second:
        if first.read(ROWS) != second.read(ROWS):
            yield "the rows differ"
        if (names := set(first.namelist())) != set(second.namelist()):
            yield "the members differ"
    files = {path for path in (ELSEWHERE / "media").rglob("*") if path.is_file()}
    if {f"media/{path.name}" for path in files} | {ROWS, MANIFEST} != names:
        yield "the originals on disk are not those of the backup"
    if len(files) != documents:
        yield f"{len(files)} originals for {documents} documents"
    for path in files:
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            yield f"{path.name} is something else"


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write()
    print(json.dumps(list(rounds(int(sys.argv[1])))))
