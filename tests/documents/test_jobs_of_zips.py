"""A ZIP is opened in a process of its own, within bounds, and every file in it is told of."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from documents.models import Document, Job, JobFile, JobState
from tests.documents.batch_files import kept, reasons, take_all_in, text, workbook, zipped
from tests.promises import Tried

pytestmark = pytest.mark.django_db


def test_a_zip_is_opened_its_junk_skipped_and_itself_not_kept(tmp_path: Path, media: Path) -> None:
    batch = take_all_in(
        tmp_path,
        {
            "年报.zip": zipped(
                {
                    "文件/1.txt": text(1),
                    "文件/2.txt": text(2),
                    "__MACOSX/文件/._1.txt": b"junk",
                    "文件/.DS_Store": b"junk",
                    "文件/~$1.docx": b"lock",
                    "空/": b"",
                    "里面.zip": zipped({"3.txt": text(3)}),
                }
            )
        },
    )

    assert Document.objects.count() == 2
    assert sorted(JobFile.objects.filter(job__kind="read").values_list("name", flat=True)) == [
        "1.txt",
        "2.txt",
    ]
    assert batch.skipped == 4
    assert "里面.zip" in reasons(batch)
    assert "又有压缩包" in reasons(batch)
    assert kept(media) == 2


def test_names_a_chinese_windows_wrote_into_a_zip_are_read(tmp_path: Path) -> None:
    data = zipped({"QQQQ.txt": text(1)}).replace(b"QQQQ", "通知".encode("gbk"))
    take_all_in(tmp_path, {"a.zip": data})

    assert Document.objects.get().files.get().name == "通知.txt"


def test_names_in_utf8_without_their_flag_are_read_too(tmp_path: Path) -> None:
    data = zipped({"QQQQQQ.txt": text(1)}).replace(b"QQQQQQ", "通知".encode())
    take_all_in(tmp_path, {"a.zip": data})

    assert Document.objects.get().files.get().name == "通知.txt"


def encrypted() -> bytes:
    data = bytearray(zipped({"1.txt": text(1)}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(mark) + place, 1)
    return bytes(data)


def lying_about_its_size() -> bytes:
    data = bytearray(zipped({"1.txt": b"\0" * (60 << 20)}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 100)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encrypted, "密码"),
        (lambda: b"PK\x03\x04 broken", "损坏"),
        (lambda: zipped({"a.txt": b"\0" * (301 << 20)}), "过大"),
        (lambda: zipped({"a.txt": b"\0" * (40 << 20)}), "过大"),
        (lying_about_its_size, ""),
        (lambda: zipped({f"{n}.txt": b"" for n in range(1001)}), "一次最多 1000 个"),
        (lambda: zipped({"../../etc/passwd": b"x"}), "损坏"),
        (lambda: zipped({"a.txt": text(1)}, zipfile.ZIP_LZMA), "压缩方法"),
        (lambda: zipped({}), "没有文件"),
        (lambda: b"", "损坏"),
    ],
    ids=[
        "encrypted", "broken", "too large", "a bomb", "a lie", "too many", "climbing", "lzma",
        "empty", "no bytes",
    ],
)  # fmt: skip
def test_a_hostile_zip_is_refused_with_a_reason_and_leaves_nothing(
    tmp_path: Path, media: Path, data: object, reason: str, tried: Tried
) -> None:
    batch = take_all_in(tmp_path, {"a.zip": data()})  # type: ignore[operator]
    tried(1, "hostile archives")

    assert not Document.objects.exists()
    assert batch.notes or Job.objects.filter(kind="read", state=JobState.FAILED).exists()
    assert reason in reasons(batch)
    assert kept(media) == 0


def test_a_symbolic_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("passwd.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    batch = take_all_in(tmp_path, {"a.zip": out.getvalue()})

    assert batch.skipped == 1
    assert not Job.objects.filter(kind="read").exists()


def test_the_worker_itself_opens_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, book = zipped({"1.txt": text(1)}), workbook()

    def opened(*args: object, **more: object) -> None:
        raise AssertionError("opened in the worker's own process")

    monkeypatch.setattr(zipfile.ZipFile, "__init__", opened)
    batch = take_all_in(tmp_path, {"a.zip": data, "表.xlsx": book})

    assert Document.objects.get().title == "给定的标题"
    assert not batch.notes


LISTED = json.dumps({"skipped": 0, "members": [{"path": "1.txt", "refusal": ""}]})


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)",
        "import os; print('{', end='', flush=True); os.abort()",
        f"print({LISTED!r}); print('{{\"size\": 99}}'); print('half')",
        f"print({LISTED!r}); print('{{\"size\": 99000000}}'); print('half')",
        "print('no JSON')",
        "import time; time.sleep(600)",
    ],
    ids=["at once", "in the list", "in a file", "with a lie", "no list", "hangs"],
)
def test_a_process_that_dies_or_hangs_over_a_zip_is_told_and_ended(
    tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "unzip.py").write_text(code, "utf-8")
    monkeypatch.setattr("documents.extraction.child._ROOT", tmp_path)
    monkeypatch.setattr("documents.confined.SECONDS", 1.0)
    batch = take_all_in(tmp_path, {"a.zip": zipped({"1.txt": text(1)})})

    assert "上限" in reasons(batch)
    assert not Job.objects.filter(kind="read").exists()
    assert kept(media) == 0
