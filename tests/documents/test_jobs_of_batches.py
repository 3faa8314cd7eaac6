"""Many files at once: each becomes a job of its own, and one report says what became of all."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from documents import jobs
from documents.batches import Upload, receive
from documents.extraction import ToolMissing
from documents.models import Batch, Document, Job, JobFile, JobState
from documents.work import work_once
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db

Files = Mapping[str, bytes]


def text(number: int) -> bytes:
    """A notice that differs from its sisters by its number."""
    return NOTICE.replace("7号", f"{number}号").encode()


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def take_all_in(tmp_path: Path, files: Files, *, publish: bool = False) -> Batch:
    """Uploads *files* in one go and works everything off."""
    uploads = []
    for number, (name, content) in enumerate(files.items()):
        path = tmp_path / f"upload-{number}"
        path.write_bytes(content)
        uploads.append(Upload(path, name))
    batch = receive(uploads, User.objects.first(), publish=publish)
    while work_once("w"):
        pass
    batch.refresh_from_db()
    return batch


def reasons(batch: Batch) -> str:
    return "\n".join(f"{note['name']}：{note['reason']}" for note in batch.notes)


def kept(media: Path) -> int:
    return sum(file.is_file() for file in media.rglob("*"))


def test_several_files_make_a_draft_each_and_one_report(
    desk: Client, tmp_path: Path, media: Path
) -> None:
    files = [SimpleUploadedFile(f"{n}.txt", text(n)) for n in (1, 2)]
    files.append(SimpleUploadedFile("坏.pdf", b"no pdf"))
    address = desk.post("/upload/", {"file": files})["Location"]
    assert address.startswith("/upload/batches/")
    assert 'http-equiv="refresh"' in desk.get(address).content.decode()
    while work_once("w"):
        pass

    page = desk.get(address).content.decode()
    assert 'http-equiv="refresh"' not in page
    for document in Document.objects.all():
        assert f'href="/documents/{document.slug}/review/"' in page
    assert Document.objects.drafts().count() == 2
    assert Job.objects.get(state=JobState.FAILED).reason in page
    assert page.index(">坏.pdf") < page.index(">1.txt"), "what did not go in comes first"
    assert kept(media) == 2


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
    tmp_path: Path, media: Path, data: object, reason: str
) -> None:
    batch = take_all_in(tmp_path, {"a.zip": data()})  # type: ignore[operator]

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
    monkeypatch.setattr("documents.confined._ROOT", tmp_path)
    monkeypatch.setattr("documents.confined.SECONDS", 1.0)
    batch = take_all_in(tmp_path, {"a.zip": zipped({"1.txt": text(1)})})

    assert "上限" in reasons(batch)
    assert not Job.objects.filter(kind="read").exists()
    assert kept(media) == 0


HEADINGS = "文件名,标题,发文机关,发文字号,成文日期,区,主题,公开属性"
ROW = "1.txt,给定的标题,上海市松江区财政局,松财[2023]第9号,2023/3/1,青浦区,人才,依申请公开"


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS.split(","))
    sheet.append(ROW.split(","))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("表.csv", f"{HEADINGS}\n{ROW}\n".encode()),
        ("表.csv", f"\ufeff{HEADINGS}\r\n{ROW}\r\n".encode()),
        ("表.csv", f"{HEADINGS}\n{ROW}\n".encode("gb18030")),
        ("表.csv", f"{HEADINGS}\n{ROW}\n".replace(",", "\t").encode("utf-16")),
        ("表.CSV", f"{HEADINGS}\n{ROW}\n".replace(",", ";").encode()),
        ("表.xlsx", workbook()),
        (
            "t.csv",
            b"File Name,Title,Issuer,Ref_No,Date,Region,Theme,Disclosure\n" + ROW.encode(),
        ),
    ],
    ids=["utf-8", "with mark", "gb18030", "utf-16 and tabs", "semicolons", "xlsx", "english"],
)
@pytest.mark.parametrize("inside", [False, True], ids=["beside", "in the zip"])
def test_what_a_table_gives_wins_over_what_is_read(
    tmp_path: Path, name: str, table: bytes, inside: bool
) -> None:
    files = {"1.txt": text(1), name: table}
    take_all_in(tmp_path, {"全部.zip": zipped(files)} if inside else files)

    document = Document.objects.get()
    assert document.title == "给定的标题"
    assert document.issuer_names == ("上海市松江区财政局",)
    assert (document.ref_no, document.ref_serial) == ("松财〔2023〕9号", 9)
    assert str(document.written_date) == "2023-03-01"
    assert document.district is not None
    assert document.district.name == "青浦区"
    assert document.disclosure == "依申请公开"
    assert document.sections.filter(themes__name="人才").exists()
    assert document.sections.filter(text__contains="检验检测").exists(), "the text is read"


def test_rows_and_files_that_do_not_meet_are_reported(tmp_path: Path, media: Path) -> None:
    table = (
        "文件名,成文日期,备注\n"
        "1.txt,,看\n"
        "没有的.txt,2024-01-01,\n"
        "2.txt,去年春天,\n"
        ",2024-01-01,\n"
        "1.txt,2020-01-01,\n"
    )
    batch = take_all_in(
        tmp_path, {"表.csv": table.encode(), "1.txt": text(1), "2.txt": text(2), "3.txt": text(3)}
    )

    said = reasons(batch)
    assert "没有找到文件“没有的.txt”" in said
    assert "“去年春天”不是日期" in said
    assert "第 5 行：没有写文件名" in said
    assert "第 6 行：文件“1.txt”前面已经写过" in said
    assert "没有用到的列：备注" in said
    numbers = Document.objects.values_list("ref_serial", flat=True)
    assert sorted(filter(None, numbers)) == [1, 3], "2.txt waits for a right date"
    assert kept(media) == 2


def test_a_row_names_one_of_two_files_with_the_same_name_by_its_folder(tmp_path: Path) -> None:
    table = "文件名,标题\n甲\\1.txt,甲的\n1.txt,哪一份\n".encode()
    batch = take_all_in(
        tmp_path, {"a.zip": zipped({"甲/1.txt": text(1), "乙/1.txt": text(2), "t.csv": table})}
    )

    assert Document.objects.get(ref_serial=1).title == "甲的"
    assert Document.objects.get(ref_serial=2).title != "哪一份"
    assert "有 2 份" in reasons(batch)


def test_what_cannot_be_printed_stays_out_of_the_report(tmp_path: Path) -> None:
    table = "文件名\n\u202e没有\u0007的.txt\n".encode()
    batch = take_all_in(tmp_path, {"a.zip": zipped({"\u202e坏.zip": b"", "t.csv": table})})

    assert "坏.zip" in reasons(batch)
    assert "没有的.txt" in reasons(batch)
    assert reasons(batch).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("name", "table", "reason"),
    [
        ("表.csv", "标题,区\n甲,乙\n".encode(), "文件名"),
        ("表.csv", b"", "空的"),
        ("表.csv", "文件名,文件名\n甲,乙\n".encode(), "重复的列"),
        ("表.csv", b"\0\1\2\3" * 100, "不是文字"),
        ("表.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("表.xlsx", zipped({"xl/workbook.xml": b"<a>" * (20 << 20)}), "打不开"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_and_the_files_go_in(
    tmp_path: Path, name: str, table: bytes, reason: str
) -> None:
    batch = take_all_in(tmp_path, {name: table, "1.txt": text(1)})

    assert reason in reasons(batch)
    assert Document.objects.count() == 1


def test_nothing_is_published_unseen_unless_asked_for(tmp_path: Path) -> None:
    take_all_in(tmp_path, {"1.txt": text(1), "2.txt": text(2)})

    assert Document.objects.drafts().count() == 2


def test_a_bulk_load_is_published_when_an_editor_asks_for_it(desk: Client, tmp_path: Path) -> None:
    answer = desk.post(
        "/upload/", {"file": [SimpleUploadedFile("1.txt", text(1))], "publish": "on"}
    )
    while work_once("w"):
        pass

    assert Document.objects.published().count() == 1
    assert "核对前直接发布" in desk.get(answer["Location"]).content.decode()


def test_a_number_that_is_taken_is_not_published_unseen(tmp_path: Path) -> None:
    files = {"1.txt": text(1), "2.txt": text(1) + "另一份。".encode()}
    take_all_in(tmp_path, files, publish=True)

    assert Document.objects.published().count() == 1
    assert Document.objects.drafts().count() == 1
    assert Job.objects.filter(reason__contains="没有直接发布").count() == 1


def test_publishing_unseen_needs_the_right_to_publish(client: Client) -> None:
    user = User.objects.create_user("uploader")
    user.user_permissions.add(Permission.objects.get(codename="add_document"))
    client.force_login(user)
    files = [SimpleUploadedFile(f"{n}.txt", text(n)) for n in (1, 2)]
    client.post("/upload/", {"file": files, "publish": "on"})
    while work_once("w"):
        pass

    assert Document.objects.drafts().count() == 2


def test_the_same_file_twice_in_a_batch_goes_in_once(tmp_path: Path) -> None:
    take_all_in(tmp_path, {"1.txt": text(1), "又是1.txt": text(1)})

    assert Document.objects.count() == 1
    job = Job.objects.get(kind="read", state=JobState.FAILED)
    assert job.twin == Document.objects.get()


def test_failed_files_of_a_batch_are_tried_again_together(
    desk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path, name: str | None = None) -> None:
        raise ToolMissing

    with monkeypatch.context() as now:
        now.setattr("documents.file_reading.extract_file", missing)
        batch = take_all_in(tmp_path, {"1.txt": text(1), "2.txt": text(2)})
    desk.post(f"/upload/batches/{batch.pk}/retry/")
    while work_once("w"):
        pass

    assert Document.objects.count() == 2


def test_a_sorting_begun_twice_queues_each_file_once(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(zipped({"1.txt": text(1), "2.txt": text(2)}))
    batch = receive([Upload(path, "a.zip")])
    sorting = batch.jobs.get()
    first = jobs.take("killed")
    assert first is not None
    jobs.kind_of("sort").handler(first)  # and is killed before it finishes
    Job.objects.filter(pk=sorting.pk).update(leased_until=sorting.created_at)
    while work_once("w"):
        pass

    assert batch.jobs.filter(kind="read", state=JobState.DONE).count() == 2
    assert Document.objects.count() == 2
