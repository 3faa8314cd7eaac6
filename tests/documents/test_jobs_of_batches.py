"""Many files at once: each becomes a job of its own, and one report says what became of all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import jobs
from documents.batches import Upload, receive
from documents.extraction import ToolMissing
from documents.models import Document, Job, JobState
from documents.work import work_once
from tests.documents.batch_files import (
    HEADINGS,
    ROW,
    kept,
    reasons,
    take_all_in,
    text,
    workbook,
    zipped,
)

pytestmark = pytest.mark.django_db


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
