"""Records in JSON Lines are imported once, published, and what is given wins."""

from __future__ import annotations

import gzip
import json
import signal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents import originals, storage
from documents.models import Bookmark, Document
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def load(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("load", str(path), stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


def test_a_record_with_only_id_and_text_is_read_and_published(tmp_path: Path) -> None:
    assert load(lines(tmp_path / "a.jsonl", {"id": "A1", "text": NOTICE})) == (
        "1 added, 0 replaced, 0 unchanged."
    )
    document = Document.objects.published().get(public_id="A1")
    assert document.title == "关于印发《松江区科技创新券管理办法》的通知"
    assert document.slug == "a1"


def test_what_is_given_wins_over_what_is_read(tmp_path: Path) -> None:
    given = {
        "id": "A1", "text": NOTICE, "title": "给定标题", "issuer": "最高人民法院、最高人民检察院",
        "ref_no": "法发〔2020〕3号", "date": "2020-02-03", "region": "浙江省",
        "theme": "科技、教育",
    }  # fmt: skip
    load(lines(tmp_path / "a.jsonl", given))
    document = Document.objects.get(public_id="A1")

    assert document.title == "给定标题"
    assert document.issuer_names == ("最高人民法院", "最高人民检察院")
    assert (document.ref_no, document.ref_serial) == ("法发〔2020〕3号", 3)
    assert str(document.written_date) == "2020-02-03"
    assert document.district is not None
    assert document.district.name == "浙江省"
    themes = document.sections.exclude(themes=None).values_list("themes__name", flat=True)
    assert set(themes) == {"科技、教育"}


def test_every_record_is_kept_as_the_original_of_its_document(tmp_path: Path, desk: Client) -> None:
    record = {"id": "../A 1", "text": NOTICE, "date": "2024-05-09"}
    load(lines(tmp_path / "a.jsonl", record))
    document = Document.objects.get()
    file = document.files.get()

    assert json.loads(storage.path_of(file.sha256).read_bytes()) == record
    assert (file.format, file.name) == ("json", "A 1.json")
    answer = desk.get(f"/documents/{document.slug}/files/{file.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    page = desk.get(f"/documents/{document.slug}/review/").content.decode()
    assert "现将《松江区科技创新券管理办法》印发给你们" in page
    assert "没有原件" not in page


def test_a_field_that_is_given_is_not_called_read(tmp_path: Path) -> None:
    load(lines(tmp_path / "a.jsonl", {"id": "A1", "text": NOTICE, "title": "给定标题"}))

    fields = {row["field"] for row in Document.objects.get().found}
    assert "title" not in fields
    assert "ref_no" in fields


def test_replacing_a_record_replaces_its_original(
    tmp_path: Path,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    load(lines(tmp_path / "a.jsonl", {"id": "A1", "text": NOTICE}))
    changed = lines(tmp_path / "b.jsonl", {"id": "A1", "text": NOTICE.replace("申领", "申请")})
    with django_capture_on_commit_callbacks(execute=True):
        load(changed, replace=True)

    kept = [file.name for file in media.rglob("*") if file.is_file()]
    assert kept == [Document.objects.get().files.get().sha256]
    with django_capture_on_commit_callbacks(execute=True):
        load(changed, replace=True)
    assert storage.path_of(kept[0]).exists(), "the same record again keeps its file"


def test_what_a_commit_leaves_to_do_waits_for_nobody(media: Path) -> None:
    """A replaced original is dropped while whoever committed still holds the lock."""
    old = storage.keep([b"old"])
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("It waits for itself."))
    signal.alarm(30)
    try:
        dropped = originals.adopt_all([b"new"], lambda _: originals.drop_unused([old.sha256]))
    finally:
        signal.alarm(0)

    assert dropped == 1
    assert not storage.path_of(old.sha256).exists()


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"id": "A1", "text": NOTICE}, {"id": "A2", "text": NOTICE})
    load(path)
    before = list(Document.objects.order_by("pk").values())

    assert load(path) == "0 added, 0 replaced, 2 unchanged."
    assert list(Document.objects.order_by("pk").values()) == before


def test_replacing_keeps_address_and_bookmarks(tmp_path: Path) -> None:
    load(lines(tmp_path / "a.jsonl", {"id": "A1", "text": NOTICE}))
    document = Document.objects.get(public_id="A1")
    reader = User.objects.create_user("reader")
    Bookmark.objects.create(user=reader, document=document, anchor="p2-2", fingerprint="x")

    changed = {"id": "A1", "text": NOTICE.replace("申领条件", "申请条件")}
    assert load(lines(tmp_path / "b.jsonl", changed), replace=True) == (
        "0 added, 1 replaced, 0 unchanged."
    )
    again = Document.objects.get(public_id="A1")
    assert (again.pk, again.slug) == (document.pk, document.slug)
    assert again.sections.get(anchor="p2-2").heading == "申请条件"
    assert Bookmark.objects.filter(document=again).count() == 1


def test_a_compressed_file_and_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": f"A{n}", "text": NOTICE}) + "\n" for n in range(5))

    assert load(path, limit=3).startswith("3 added")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "Line 2 is not JSON"),
        ('["a"]', "Line 2 is not a JSON object"),
        ('{"id": "A"}', "Line 2: a record needs both id and text"),
        ('{"id": "A", "text": 5}', "Line 2: text must be text"),
        ('{"id": "A", "text": "文", "date": "2024-02-30"}', "Line 2: date is"),
        (json.dumps({"id": "A" * 101, "text": "文"}), "Line 2: id is longer"),
    ],
)
def test_a_bad_line_is_named_with_its_cure(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "A1", "text": NOTICE}) + "\n" + line + "\n", "utf-8")

    with pytest.raises(CommandError, match=said):
        load(path)


@pytest.mark.parametrize("content", [None, b"\x1f\x8bbroken", b"\xff\xfe\x00"])
def test_a_file_that_is_no_json_lines_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / ("a.jsonl.gz" if content and content[0] == 0x1F else "a.jsonl")
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match="cannot be read"):
        load(path)
