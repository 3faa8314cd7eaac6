"""The editor's journey through the desk: upload, look, correct, publish, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from urllib.parse import unquote

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from documents import storage
from documents.extraction import ToolMissing
from documents.models import Batch, Document, Job, JobState, SourceFile, Status
from documents.publishing import publish
from documents.work import work_once
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db


def upload(browser: Client, name: str = "通知.txt", content: bytes | None = None) -> HttpResponse:
    file = SimpleUploadedFile(name, NOTICE.encode() if content is None else content)
    return cast(HttpResponse, browser.post("/upload/", {"file": file}))


def test_an_upload_leads_over_its_page_to_its_review(desk: Client) -> None:
    answer = upload(desk)
    job = Job.objects.get()
    assert answer["Location"] == f"/upload/jobs/{job.pk}/"
    assert not Document.objects.exists(), "the web process reads nothing"

    work_once("w")
    document = Document.objects.get()
    onward = desk.get(f"/upload/jobs/{job.pk}/")["Location"]
    assert onward == f"/documents/{document.slug}/review/"
    page = desk.get(onward).content.decode()
    assert "松科委〔2024〕7号" in page
    assert "现将《松江区科技创新券管理办法》印发给你们" in page
    assert f'href="/documents/{document.slug}/review/p2-1-2/"' in page
    assert "通知.txt" in LogEntry.objects.get().get_change_message()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("空.txt", b"", "空"),
        ("通知.pdf", NOTICE.encode(), ".pdf"),
        ("图.txt", b"\x89PNG\r\n\x1a\n", "图"),
    ],
)
def test_a_refused_upload_says_why_and_keeps_nothing(
    desk: Client, media: Path, name: str, content: bytes, reason: str
) -> None:
    address = upload(desk, name, content)["Location"]
    work_once("w")
    page = desk.get(address).content.decode()

    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert job.reason in page
    assert reason in job.reason
    assert "重试" not in page
    assert not Document.objects.exists()
    assert not [kept for kept in media.rglob("*") if kept.is_file()]


def test_an_upload_without_a_file_says_so(desk: Client) -> None:
    answer = desk.post("/upload/")

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.forms.MAX_BYTES", 1 << 20)
    answer = upload(desk, content=b"x" * ((1 << 20) + 1))

    assert answer.status_code == 400
    assert "超过 1 MB" in answer.content.decode()


def test_the_desk_is_for_editors(client: Client, draft: Document) -> None:
    addresses = ["/upload/", f"/documents/{draft.slug}/review/"]
    for address in addresses:
        assert client.get(address)["Location"].startswith("/accounts/login/")
    client.force_login(User.objects.create_user("reader"))
    for address in addresses:
        assert client.get(address).status_code == 403
    for step in ("publish", "withdraw", "discard"):
        assert client.post(f"/documents/{draft.slug}/{step}/").status_code == 403
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_corrected_record_is_saved_and_noted(desk: Client, draft: Document) -> None:
    form = {"title": "更正\n标题", "issuers": "上海市松江区财政局", "ref_no": "松财[2024]第9号"}
    answer = desk.post(f"/documents/{draft.slug}/review/", form)

    draft.refresh_from_db()
    assert answer["Location"] == f"/documents/{draft.slug}/review/"
    assert (draft.title, draft.ref_no, draft.slug) == ("更正标题", "松财〔2024〕9号", "sc-2024-9")
    assert "标题" in LogEntry.objects.get().get_change_message()


def test_a_wrong_record_is_shown_again_with_what_was_typed(desk: Client, draft: Document) -> None:
    form = {
        "title": "",
        "ref_no": "没有号",
        "written_date": "2024-02-31",
        "recipients": "各镇：甲乙",
    }
    answer = desk.post(f"/documents/{draft.slug}/review/", form)
    page = answer.content.decode()

    assert answer.status_code == 400
    assert "这不像发文字号" in page
    assert "各镇：甲乙" in page
    draft.refresh_from_db()
    assert draft.title


def test_a_section_is_corrected_and_merged(desk: Client, draft: Document) -> None:
    address = f"/documents/{draft.slug}/review/p2-2/"
    assert "申领条件" in desk.get(address).content.decode()

    answer = desk.post(
        address, {"number": "二、", "heading": "谁可以申领", "text": "企业。\r\n\r\n个人。"}
    )
    assert answer["Location"].endswith("/review/#p2-2")
    section = draft.sections.get(anchor="p2-2")
    assert (section.heading, section.text) == ("谁可以申领", "企业。\n个人。")

    assert desk.post(f"{address}edit/", {"action": "merge"}).status_code == 302
    assert not draft.sections.filter(anchor="p2-2").exists()
    assert desk.get(address).status_code == 404


def test_publishing_and_withdrawing_are_noted_in_the_admins_log(
    desk: Client, draft: Document
) -> None:
    desk.post(f"/documents/{draft.slug}/publish/")
    draft.refresh_from_db()
    assert draft.is_published

    desk.post(f"/documents/{draft.slug}/withdraw/")
    draft.refresh_from_db()
    assert draft.is_withdrawn
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["发布", "撤下"]


def test_state_changes_by_post_only(desk: Client, draft: Document) -> None:
    for step in ("publish", "withdraw", "discard"):
        assert desk.get(f"/documents/{draft.slug}/{step}/").status_code == 405


def test_a_draft_is_discarded_and_a_published_document_is_not(
    desk: Client, draft: Document
) -> None:
    publish(draft)
    desk.post(f"/documents/{draft.slug}/discard/")
    assert Document.objects.filter(pk=draft.pk).exists()
    assert not LogEntry.objects.exists()

    Document.objects.filter(pk=draft.pk).update(status=Status.DRAFT, published_at=None)
    desk.post(f"/documents/{draft.slug}/discard/")
    assert not Document.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("way", ["desk", "admin"])
def test_a_discarded_draft_takes_its_original_along_unless_another_needs_it(
    desk: Client,
    admin_client: Client,
    draft: Document,
    way: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def discard(document: Document) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            if way == "desk":
                desk.post(f"/documents/{document.slug}/discard/")
            else:
                address = f"/admin/documents/document/{document.pk}/delete/"
                admin_client.post(address, {"post": "yes"})
        assert not Document.objects.filter(pk=document.pk).exists()

    file = draft.files.get()
    other = Document.objects.create(public_id="other", slug="other", title="另一份")
    SourceFile.objects.create(
        document=other, sha256=file.sha256, name="同.txt", format="txt", size=file.size
    )
    discard(draft)
    assert storage.path_of(file.sha256).exists()

    discard(other)
    assert not storage.path_of(file.sha256).exists()


def test_the_original_is_served_as_it_came_and_can_run_nothing(
    desk: Client, draft: Document
) -> None:
    file = draft.files.get()
    answer = desk.get(f"/documents/{draft.slug}/files/{file.pk}/")

    assert b"".join(answer.streaming_content).decode() == NOTICE  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "松江通知.txt" in unquote(answer["Content-Disposition"])


def test_every_admin_page_of_the_desk_opens(
    admin_client: Client, draft: Document, settings: Settings
) -> None:
    for model in ("document", "section", "issuer", "district", "theme", "sourcefile", "bookmark"):
        assert admin_client.get(f"/admin/documents/{model}/").status_code == 200, model
    for model, row in (
        ("document", draft),
        ("section", draft.sections.first()),
        ("issuer", draft.issuers.first()),
        ("district", draft.district),
        ("sourcefile", draft.files.first()),
    ):
        assert row is not None
        assert admin_client.get(f"/admin/documents/{model}/{row.pk}/change/").status_code == 200


def test_the_queue_is_seen_in_the_admin_and_changed_by_retrying_alone(
    desk: Client, notice_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path, name: str | None = None) -> None:
        raise ToolMissing

    with monkeypatch.context() as now:
        now.setattr("documents.file_reading.extract_file", missing)
        upload(desk)
        desk.post("/upload/", {"file": [SimpleUploadedFile(f"{n}.txt", b"x") for n in "ab"]})
        for _ in range(4):
            work_once("w")
    assert Job.objects.filter(state=JobState.FAILED).count() == 3
    single, batch = Job.objects.get(batch=None), Batch.objects.get()

    for path in ("job/", f"job/{single.pk}/change/", "batch/", f"batch/{batch.pk}/change/"):
        page = desk.get(f"/admin/documents/{path}")
        assert page.status_code == 200, path
        assert 'name="_save"' not in page.content.decode(), path
    assert "通知.txt" in desk.get("/admin/documents/job/").content.decode()
    for path in ("job/add/", f"job/{single.pk}/delete/", "batch/add/"):
        assert desk.get(f"/admin/documents/{path}").status_code == 403, path

    for model, row, left in (("job", single, 2), ("batch", batch, 0)):
        form = {"action": "retry", "_selected_action": [row.pk]}
        answer = desk.post(f"/admin/documents/{model}/", form, follow=True)
        assert "重新排队" in answer.content.decode()
        assert Job.objects.filter(state=JobState.FAILED).count() == left
    answer = desk.post(
        "/admin/documents/job/", {"action": "retry", "_selected_action": [single.pk]}, follow=True
    )
    assert "1 个不能重试" in answer.content.decode()


def test_the_admins_actions_publish_and_withdraw(admin_client: Client, draft: Document) -> None:
    for action, published in (("publish", True), ("withdraw", False)):
        admin_client.post(
            "/admin/documents/document/", {"action": action, "_selected_action": [draft.pk]}
        )
        draft.refresh_from_db()
        assert draft.is_published is published


def test_renaming_an_issuer_in_the_admin_renews_its_documents(
    admin_client: Client, draft: Document
) -> None:
    before = publish(draft).version_hash
    issuer = draft.issuers.get()
    form = {
        "name": "上海市松江区科学技术和经济委员会", "district": issuer.district_id,
        "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0,
        "codes-TOTAL_FORMS": 0, "codes-INITIAL_FORMS": 0,
    }  # fmt: skip
    admin_client.post(f"/admin/documents/issuer/{issuer.pk}/change/", form)

    draft.refresh_from_db()
    assert draft.issuer_names == ("上海市松江区科学技术和经济委员会",)
    assert draft.version_hash != before
