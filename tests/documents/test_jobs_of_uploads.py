"""An upload's job shows each step, keeps the original while it is needed, and can be retried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from documents import jobs, originals, storage
from documents.extraction import ReaderUnavailable, ToolMissing
from documents.intake import receive
from documents.models import Document, Job, JobState, SourceFile
from documents.publishing import publish
from documents.work import work_once
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db


def page_of(desk: Client, job: Job) -> str:
    return desk.get(f"/upload/jobs/{job.pk}/").content.decode()


def kept(media: Path) -> list[Path]:
    return [file for file in media.rglob("*") if file.is_file()]


def failing(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> Callable[[], None]:
    """Lets extraction fail; what it gives ends that."""

    def extract(path: Path, name: str | None = None) -> None:
        raise error

    monkeypatch.setattr("documents.file_reading.extract_file", extract)
    return monkeypatch.undo


def test_the_page_shows_each_step_and_renews_itself_while_work_goes_on(
    desk: Client, notice_file: Path
) -> None:
    job = receive(notice_file, "通知.txt")
    page = page_of(desk, job)
    for step in ("收到", "识别格式", "读取文字", "分章节", "草稿完成"):
        assert step in page
    assert 'http-equiv="refresh"' in page
    assert (
        'http-equiv="refresh"'
        not in desk.get(f"/upload/jobs/{job.pk}/?refresh=off").content.decode()
    )

    task = jobs.take("w")
    assert task is not None
    task.step("读取文字", 4, 12)
    page = page_of(desk, job)
    assert "4 / 12" in page
    assert 'aria-current="step"' in page


def test_without_a_worker_the_page_says_so(desk: Client, notice_file: Path) -> None:
    job = receive(notice_file, "通知.txt")
    assert "没有正在运行的读取进程" in page_of(desk, job)
    assert "没有正在运行的读取进程" in desk.get("/upload/").content.decode()

    jobs.beat("w")
    assert "没有正在运行的读取进程" not in page_of(desk, job)


def test_a_refused_twin_is_named_and_linked(
    desk: Client, draft: Document, notice_file: Path
) -> None:
    job = receive(notice_file, "again.txt")
    work_once("w")

    page = page_of(desk, job)
    assert f'href="/documents/{draft.slug}/review/"' in page
    assert draft.title in page
    assert storage.path_of(draft.files.get().sha256).exists(), "its twin needs the original"


def test_two_uploads_of_the_same_bytes_make_one_document(notice_file: Path) -> None:
    receive(notice_file, "one.txt")
    receive(notice_file, "two.txt")
    work_once("w")
    second = work_once("w")

    assert second is not None
    assert (second.state, second.twin) == (JobState.FAILED, Document.objects.get())
    assert SourceFile.objects.count() == 1


def test_an_original_refused_here_and_wanted_there_stays(
    monkeypatch: pytest.MonkeyPatch, notice_file: Path, media: Path
) -> None:
    receive(notice_file, "通知.pdf")  # refused: no PDF
    receive(notice_file, "通知.txt")
    work_once("w")
    assert len(kept(media)) == 1

    second = work_once("w")
    assert second is not None
    assert second.state == JobState.DONE


def test_a_missing_program_keeps_the_original_for_a_retry(
    desk: Client, monkeypatch: pytest.MonkeyPatch, notice_file: Path, media: Path
) -> None:
    media_root = media
    with monkeypatch.context() as now:
        failing(now, ToolMissing)
        job = receive(notice_file, "通知.txt")
        work_once("w")
    assert "重试" in page_of(desk, job)
    assert kept(media_root)

    assert desk.get(f"/upload/jobs/{job.pk}/retry/").status_code == 405
    assert desk.post(f"/upload/jobs/{job.pk}/retry/")["Location"] == f"/upload/jobs/{job.pk}/"
    work_once("w")
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_reader_that_cannot_start_is_tried_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, notice_file: Path
) -> None:
    with monkeypatch.context() as now:
        failing(now, ReaderUnavailable)
        job = receive(notice_file, "通知.txt")
        work_once("w")
    job.refresh_from_db()
    assert (job.state, bool(job.reason)) == (JobState.QUEUED, True)
    Job.objects.update(due_at=timezone.now())
    work_once("w")
    assert Document.objects.count() == 1


def test_originals_nobody_retried_are_let_go(
    monkeypatch: pytest.MonkeyPatch, notice_file: Path, media: Path
) -> None:
    failing(monkeypatch, ToolMissing)
    receive(notice_file, "通知.txt")
    work_once("w")
    assert originals.sweep() == 0
    Job.objects.update(updated_at=timezone.now() - 2 * originals.KEPT_FOR_RETRY)

    assert originals.sweep() == 1
    assert not kept(media)
    assert not jobs.retry(Job.objects.get())


def test_what_a_killed_worker_had_no_time_to_remove_is_swept(
    monkeypatch: pytest.MonkeyPatch, notice_file: Path, media: Path
) -> None:
    with monkeypatch.context() as now:
        now.setattr("documents.work.originals.release", lambda job: 0)
        receive(notice_file, "通知.pdf")
        work_once("w")
    assert kept(media)

    assert originals.sweep() == 1
    assert not kept(media)


def test_an_upload_whose_row_cannot_be_written_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, notice_file: Path, media: Path
) -> None:
    def broken(*args: object, **more: object) -> None:
        raise DatabaseError("locked")

    monkeypatch.setattr("documents.intake.queue", broken)
    with pytest.raises(DatabaseError):
        receive(notice_file, "通知.txt")

    assert not kept(media)


def test_a_full_disk_is_said_in_the_form(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("documents.storage.keep_file", full)
    answer = desk.post("/upload/", {"file": SimpleUploadedFile("a.txt", NOTICE.encode())})

    assert answer.status_code == 400
    assert "文件没有存下" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_draft_deleted_since_is_said_on_its_jobs_page(desk: Client, notice_file: Path) -> None:
    job = receive(notice_file, "通知.txt")
    work_once("w")
    Document.objects.get().delete()

    assert "后来删除了" in page_of(desk, job)


def test_the_desk_lists_what_is_under_way_and_what_failed(desk: Client, notice_file: Path) -> None:
    receive(notice_file, "等着的.txt")
    page = desk.get("/upload/").content.decode()
    assert "等着的.txt" in page
    work_once("w")
    assert "等着的.txt" not in desk.get("/upload/").content.decode()


def test_pages_of_jobs_are_for_editors(client: Client, notice_file: Path) -> None:
    job = receive(notice_file, "通知.txt")
    addresses = [f"/upload/jobs/{job.pk}/", f"/upload/jobs/{job.pk}/retry/", "/upload/batches/1/"]
    for address in addresses:
        assert client.get(address)["Location"].startswith("/accounts/login/")
    client.force_login(User.objects.create_user("reader"))
    for address in addresses:
        assert client.get(address).status_code == 403


def test_a_job_that_is_not_there_is_a_404(desk: Client) -> None:
    for address in ("/upload/jobs/9/", "/upload/batches/9/"):
        assert desk.get(address).status_code == 404


def test_a_published_twin_is_told_apart_from_a_draft(draft: Document, notice_file: Path) -> None:
    publish(draft)
    job = receive(notice_file, "again.txt")
    work_once("w")

    job.refresh_from_db()
    assert "已发布" in job.reason
