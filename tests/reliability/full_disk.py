"""Fills one of the portal's places after another to the brim, works on, and makes room again.

Run as root as a program of its own in a mount namespace of its own, with a migrated PORTAL_DATA:
`unshare --mount python -m tests.reliability.full_disk STEPS`. Originals, uploads under way, the
database and the index each lie on a small file system that holds nothing else, and each step leaves
a little more free on it. Prints one JSON object by place: the statuses of uploads, how often
something was refused, and everything that was not as promised.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - after Django
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from documents.loading import GivenRecord, load  # noqa: E402
from documents.models import JobFile, SourceFile  # noqa: E402
from search_indexes.engine.errors import IndexUnusable  # noqa: E402
from search_indexes.rebuild import difference, rebuild  # noqa: E402
from search_indexes.sync import catch_up, pending_documents  # noqa: E402

DATA = Path(settings.PORTAL_DATA)
PLACES = {
    "media": (Path(settings.MEDIA_ROOT), 256),
    "temp": (Path(settings.FILE_UPLOAD_TEMP_DIR), 256),
    "database": (DATA / "database", 64),
    "index": (Path(str(settings.HAYSTACK_CONNECTIONS["default"]["PATH"])), 32),
}
"""Where each place lies, and by how many kB the free space grows from one step to the next: what
the database and the index write here at a time is smaller than an upload."""
ROOM = 12
"""MB of each small file system at first; every step keeps eight uploads of 1 MB, two a place."""


def main(steps: int) -> dict[str, dict[str, object]]:
    """Goes through all steps of each place."""
    _prepare(ROOM + 10 * steps)
    desk = _desk()
    return {place: _filled(place, steps, desk) for place in PLACES}


def _filled(place: str, steps: int, desk: Client) -> dict[str, object]:
    folder, step = PLACES[place]
    statuses, refused, wrong = Counter[int](), 0, list[str]()
    for number in range(steps):
        name = f"{place}-{number}"
        _checkpoint()
        _fill(folder, number * step << 10)
        status = _upload(desk, name)
        statuses[status] += 1
        changed = _load(name)
        refused += status >= 400 or not changed
        if status not in (302, 400, 507):
            wrong.append(f"{name}: an upload was answered {status}")
        wrong += [f"{name}: {what}" for what in _read()]
        (folder / "filler").unlink()
        wrong += [f"{name}, with room: {what}" for what in _afterwards(desk, name)]
    return {"statuses": statuses, "refused": refused, "wrong": wrong}


def _prepare(megabytes: int) -> None:
    size = f"size={megabytes}m"
    for folder, _ in PLACES.values():
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    # SQLite keeps its journal beside the file itself.
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    there = PLACES["database"][0] / database.name
    shutil.move(database, there)
    database.symlink_to(there)
    setup_test_environment()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    call_command("migrate", verbosity=0)
    rebuild()
    assert _load("first")


def _desk() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("editor"))
    return client


def _checkpoint() -> None:
    """The journal begins anew, so that the next write needs room."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(folder: Path, free: int) -> None:
    with (folder / "filler").open("wb") as filler:
        state = os.statvfs(folder)
        blocks = state.f_bavail - free // state.f_frsize
        os.posix_fallocate(filler.fileno(), 0, max(1, blocks * state.f_frsize))


def _upload(desk: Client, name: str) -> int:
    """An upload of 1 MB, queued to be read."""
    content = f"{name}\n".encode() + b"x" * (1 << 20)
    file = SimpleUploadedFile(f"{name}.txt", content)
    answer = desk.post("/upload/", {"file": file})
    if answer.status_code >= 400:
        page = answer.content.decode()
        assert "没有存下" in page or "没有保存" in page, page[-2000:]
    return answer.status_code


def _load(name: str) -> bool:
    """Whether a document could be published, and the index heard of it at once."""
    text = f"关于{name}工作的通知\n\n一、总则\n\n加快推进科技创新{name}。\n"
    record = GivenRecord(name, text, json.dumps({"id": name, "text": text}).encode())
    try:
        list(load([record]))
    except (OSError, DatabaseError, IndexUnusable):
        return False
    return not pending_documents()


def _read() -> Iterator[str]:
    """Readers are served whatever is full."""
    for path in ("/", "/search/?q=%E5%88%9B%E6%96%B0", "/documents/first/"):
        answer = Client(raise_request_exception=False).get(path)
        if answer.status_code != 200:
            yield f"{path} was answered {answer.status_code}"
        elif path != "/" and "first" not in answer.content.decode():
            yield f"{path} does not show the document"


def _afterwards(desk: Client, name: str) -> Iterator[str]:
    """With room again everything is whole, and works without anybody's help."""
    with closing(sqlite3.connect(DATA / "portal.sqlite3")) as database:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            yield "the database is damaged"
    catch_up()
    if found := difference():
        yield f"the index differs: {found}"
    if (status := _upload(desk, f"{name}-again")) != 302:
        yield f"an upload was answered {status}"
    if not _load(f"{name}-again"):
        yield "nothing could be published"
    media = Path(settings.MEDIA_ROOT)
    files = {path for path in media.rglob("*") if path.is_file() and path.name != "filler"}
    for path in files:
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            yield f"{path.name} is there by half"
    wanted = {*SourceFile.objects.values_list("sha256", flat=True)}
    wanted |= {*JobFile.objects.values_list("sha256", flat=True)}
    if wanted != {path.name for path in files}:
        yield "originals and rows differ"
    if left := [path.name for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()]:
        yield f"left behind: {left}"


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1])), ensure_ascii=False))
