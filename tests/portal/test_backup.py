"""A backup holds every row and original; a damaged one is refused; a restore is exact."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from documents import storage
from documents.intake import take_in
from documents.models import Bookmark, Document, SourceFile
from documents.publishing import publish
from portal.upkeep.archive import MANIFEST, ArchiveDamaged
from portal.upkeep.backup import RestoreRefused, backup, models_in_order, restore
from tests.documents.samples import NOTICE
from tests.promises import Tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path: Path, settings: Settings) -> Path:
    """A backup of a portal with one document, an editor, a reader and her bookmark."""
    settings.MEDIA_ROOT = tmp_path / "media"
    file = tmp_path / "通知.txt"
    file.write_text(NOTICE, "utf-8")
    document = publish(take_in(file, file.name))
    reader = User.objects.create_user("reader", password="pass phrase enough")
    Bookmark.objects.create(user=reader, document=document, anchor="p2-2", fingerprint="f")
    target = tmp_path / "portal.backup"
    backup(target)
    return target


def rows() -> dict[str, list[dict[str, object]]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in models_in_order()
    }


def test_a_restore_brings_back_every_row_and_original(
    archive: Path, tmp_path: Path, settings: Settings
) -> None:
    before = rows()
    sha256 = SourceFile.objects.get().sha256
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    Document.objects.update(title="改坏了")
    User.objects.create_user("intruder")

    kept = restore(archive, force=True)

    assert rows() == before
    assert kept.files == 1
    with storage.open_file(sha256) as original:
        assert original.read().decode() == NOTICE


def test_new_rows_after_a_restore_do_not_collide(archive: Path) -> None:
    restore(archive, force=True)

    assert User.objects.create_user("newcomer").pk
    assert Document.objects.create(public_id="new", slug="new", title="新").pk


def test_a_portal_that_holds_something_is_not_overwritten(archive: Path) -> None:
    before = rows()

    with pytest.raises(RestoreRefused, match="--force"):
        restore(archive)
    assert rows() == before


def test_any_damage_is_refused_and_changes_nothing(
    archive: Path, tmp_path: Path, tried: Tried
) -> None:
    whole, before, seed, cases = archive.read_bytes(), rows(), 2026, 40
    chance = random.Random(seed)
    tried(cases, "damages", seed=seed)
    harmless = 0
    for number in range(cases):
        damaged = bytearray(whole)
        if number % 2:
            damaged = damaged[: chance.randrange(len(whole))]
        else:
            at = chance.randrange(len(whole))
            damaged[at] ^= 1 << chance.randrange(8)
        file = tmp_path / f"damaged-{number}"
        file.write_bytes(damaged)
        try:
            restore(file, force=True)
        except ArchiveDamaged:
            pass
        else:  # a bit of the container that carries no content, such as a date
            harmless += 1
        assert rows() == before
    assert harmless < cases / 8


@pytest.mark.parametrize("change", ["rows", "media", "added", "removed", "format"])
def test_a_backup_changed_on_purpose_is_refused(archive: Path, tmp_path: Path, change: str) -> None:
    changed = tmp_path / "changed"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if change == "removed" and name.startswith("media/"):
                continue
            if (change == "rows" and name == "rows.jsonl") or (
                change == "media" and name.startswith("media/")
            ):
                content += b"\n"
            if change == "format" and name == MANIFEST:
                content = json.dumps({**json.loads(content), "format": 99}).encode()
            new.writestr(name, content)
        if change == "added":
            new.writestr("../../evil", b"x")

    with pytest.raises(ArchiveDamaged):
        restore(changed, force=True)


def test_a_backup_from_another_layout_is_refused(archive: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                found = json.loads(content)
                found["facts"]["layout"]["documents"] = "9999_future"
                content = json.dumps(found).encode()
            new.writestr(name, content)

    with pytest.raises(RestoreRefused, match="another release"):
        restore(changed, force=True)


def test_a_missing_original_is_named_and_does_not_stop_the_backup(
    archive: Path, tmp_path: Path
) -> None:
    sha256 = SourceFile.objects.get().sha256
    storage.path_of(sha256).unlink()

    assert backup(tmp_path / "second").missing == (sha256,)


def test_a_backup_that_cannot_be_finished_leaves_the_old_one(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.read_bytes()

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.upkeep.archive.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        backup(archive)

    assert archive.read_bytes() == before
    assert not list(archive.parent.glob(".*part"))
