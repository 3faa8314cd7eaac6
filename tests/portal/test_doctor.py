"""The doctor finds every planted fault, mends what it may, and leaves a healthy portal alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from documents import storage
from documents.intake import receive, take_in
from documents.models import Document, FormerSlug, Section, SourceFile
from documents.publishing import publish
from portal.upkeep import doctor
from portal.upkeep.doctor import examine
from search_indexes.models import IndexChange
from search_indexes.rebuild import rebuild
from tests.documents.samples import NOTICE
from tests.promises import Tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(
    tmp_path: Path,
    settings: Settings,
    index: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Path:
    """A portal with one published document and nothing wrong; gives its media folder."""
    settings.PORTAL_DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploading"
    tmp_path.chmod(0o700)
    (tmp_path / "secret-key").write_text("k" * 60)
    (tmp_path / "secret-key").chmod(0o600)
    rebuild()
    file = tmp_path / "通知.txt"
    file.write_text(NOTICE, "utf-8")
    with django_capture_on_commit_callbacks(execute=True):
        publish(take_in(file, file.name))
    return tmp_path / "media"


def aged(path: Path) -> Path:
    """The same file, two days old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left over")
    then = time.time() - 2 * 24 * 3600
    os.utime(path, (then, then))
    return path


def original() -> Path:
    return storage.path_of(SourceFile.objects.get().sha256)


FAULTS: dict[str, tuple[bool, Callable[[Path], object]]] = {
    "original-missing": (False, lambda media: original().unlink()),
    "original-changed": (False, lambda media: original().write_bytes(b"other")),
    "original-unknown": (True, lambda media: aged(media / "ab" / "cd" / ("ab" * 32))),
    "upload-left-over": (True, lambda media: aged(media / ".incoming-x")),
    "document-empty": (False, lambda media: Section.objects.all().delete()),
    "version-stale": (True, lambda media: Document.objects.update(title="改了题目")),
    "fingerprint-stale": (
        True,
        lambda media: Section.objects.filter(anchor="p2").update(fingerprint="0" * 64),
    ),
    "status-impossible": (
        False,
        lambda media: Document.objects.create(
            public_id="w", slug="w", title="撤", status="withdrawn"
        ),
    ),
    "address-twice": (
        True,
        lambda media: FormerSlug.objects.create(
            slug=Document.objects.get().slug, document=Document.objects.get()
        ),
    ),
    "index-behind": (
        True,
        lambda media: IndexChange.objects.create(document=Document.objects.get().pk),
    ),
    "index-differs": (True, lambda media: Document.objects.update(status="draft")),
    "index-unusable": (True, lambda media: (media.parent / "index" / "current").unlink()),
    "page-images": (
        True,
        lambda media: aged(media.parent / "pages/ab" / f"{'ab' * 32}-1-1200.png"),
    ),
    "readable-by-others": (True, lambda media: (media.parent / "secret-key").chmod(0o644)),
}


def test_a_healthy_portal_has_no_findings(healthy: Path) -> None:
    assert list(examine()) == []


@pytest.mark.parametrize("code", FAULTS)
def test_a_planted_fault_is_found_and_mended_where_no_decision_is_needed(
    healthy: Path, code: str, tried: Tried
) -> None:
    mendable, plant = FAULTS[code]
    assert code not in [finding.code for finding in examine()]
    plant(healthy)
    tried(1, "faults planted")

    found = {finding.code: finding for finding in examine()}
    assert code in found
    assert (found[code].mend is not None) is mendable

    run(fix=True)
    left = [finding.code for finding in examine()]
    assert (code in left) is not mendable
    first = run(fix=True)
    assert run(fix=True) == first, "a second --fix must change nothing"


def test_a_full_disk_is_named(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPARE_BYTES", 1 << 62)

    assert [finding.code for finding in examine()] == ["disk-full"]


def test_what_a_killed_web_process_had_taken_in_is_found_and_removed(healthy: Path) -> None:
    left = aged(healthy.parent / "uploading" / "x.upload.txt")

    assert [finding.code for finding in examine()] == ["upload-left-over"]
    run(fix=True)
    assert not left.exists()


def test_a_young_stray_may_be_an_upload_on_its_way(healthy: Path) -> None:
    (healthy / ".incoming-now").write_bytes(b"half")

    assert list(examine()) == []


def test_the_command_says_what_is_wrong_and_how_to_mend_it(healthy: Path) -> None:
    FAULTS["readable-by-others"][1](healthy)

    with pytest.raises(CommandError, match="doctor --fix mends 1"):
        call_command("doctor", stdout=StringIO(), stderr=StringIO())
    assert run(fix=True)["mended"][0]["code"] == "readable-by-others"
    assert run() == {"findings": [], "mended": []}


def run(**options: Any) -> dict[str, Any]:
    out = StringIO()
    with suppress(CommandError):
        call_command("doctor", json=True, stdout=out, stderr=StringIO(), **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_file_of_a_waiting_job_is_no_stray(healthy: Path, tmp_path: Path) -> None:
    file = tmp_path / "再来.txt"
    file.write_text(NOTICE.replace("7号", "8号"), "utf-8")
    job = receive(file, file.name, None)
    waiting = storage.path_of(job.files.get().sha256)
    then = time.time() - 2 * 24 * 3600
    os.utime(waiting, (then, then))

    assert list(examine()) == []
