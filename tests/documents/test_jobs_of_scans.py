"""A scan is recognised one page a task: others go between, and a killed worker costs one page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from documents import jobs
from documents.extraction import NoText, ToolMissing, ocr_installed
from documents.intake import receive
from documents.models import Document, Job, JobPart, JobState
from documents.text.values import Line, Source
from documents.work import work_once
from tests.documents.samples import NOTICE
from tests.extraction.test_ocr import page_image, scan

pytestmark = pytest.mark.django_db

PAGES = {1: NOTICE.split("\n松江区科技创新券管理办法")[0], 2: "一、总则", 3: "二、申领条件"}


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Extraction as for a scan of three pages; the pages that were recognised so far."""
    seen: list[int] = []

    def recognise(path: Path, page: int, name: str | None = None) -> Source:
        seen.append(page)
        lines = filter(None, PAGES[page].split("\n"))
        return Source(
            format="pdf", blocks=tuple(Line(text=text, page=page) for text in lines), pages=3
        )

    def assemble(path: Path, pages: dict[int, Source], name: str | None = None) -> Source:
        blocks = tuple(block for page in sorted(pages) for block in pages[page].blocks)
        return Source(format="pdf", blocks=blocks, pages=3)

    monkeypatch.setattr("documents.file_reading.pages_needing_ocr", lambda path, name: (1, 2, 3))
    monkeypatch.setattr("documents.file_reading.recognise_page", recognise)
    monkeypatch.setattr("documents.file_reading.assemble", assemble)
    return seen


def test_a_scan_is_read_a_page_a_task_with_progress(
    recognised: list[int], notice_file: Path
) -> None:
    job = receive(notice_file, "扫描.pdf")
    for page in (1, 2):
        work_once("w")
        job.refresh_from_db()
        assert recognised == list(range(1, page + 1))
        assert (job.state, job.step, job.done, job.total) == ("queued", "读取文字", page, 3)
    work_once("w")

    job.refresh_from_db()
    assert (job.state, job.document) == (JobState.DONE, Document.objects.get())
    assert recognised == [1, 2, 3]
    assert not JobPart.objects.exists()


def test_a_short_file_does_not_wait_for_a_whole_scan(
    recognised: list[int], notice_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(notice_file, "扫描.pdf")
    work_once("w")
    other = tmp_path / "other.txt"
    other.write_text(NOTICE + "另一份。", "utf-8")
    short = receive(other, "通知.txt")

    assert work_once("w") == short


def test_a_worker_killed_at_a_page_costs_that_page_only(
    recognised: list[int], notice_file: Path
) -> None:
    job = receive(notice_file, "扫描.pdf")
    work_once("w")
    assert jobs.take("killed") is not None
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now())
    while work_once("w"):
        pass

    assert recognised == [1, 2, 3]
    assert Document.objects.count() == 1


def test_a_scan_without_the_ocr_set_keeps_its_original_for_later(
    recognised: list[int], notice_file: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path, page: int, name: str | None = None) -> Source:
        raise ToolMissing

    with monkeypatch.context() as now:
        now.setattr("documents.file_reading.recognise_page", missing)
        job = receive(notice_file, "扫描.pdf")
        work_once("w")
    job.refresh_from_db()
    assert (job.state, job.retryable) == (JobState.FAILED, True)

    assert jobs.retry(job)
    while work_once("w"):
        pass
    assert Document.objects.count() == 1


def test_a_scan_with_nothing_on_it_leaves_nothing(
    recognised: list[int], notice_file: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(path: Path, pages: dict[int, Source], name: str | None = None) -> Source:
        raise NoText

    monkeypatch.setattr("documents.file_reading.assemble", nothing)
    receive(notice_file, "空白.pdf")
    while work_once("w"):
        pass

    assert Job.objects.get().state == JobState.FAILED
    assert not JobPart.objects.exists()
    assert not [file for file in media.rglob("*") if file.is_file()]


@pytest.mark.skipif(not ocr_installed(), reason="the OCR set is not here")
def test_a_real_scan_becomes_a_draft(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(scan(page_image(), page_image(ink=90)))
    job = receive(file, "扫描.pdf")
    while work_once("w"):
        pass

    job.refresh_from_db()
    assert job.state == JobState.DONE, job.reason
    assert job.document is not None
    assert job.document.title == "关于印发规划的通知"
