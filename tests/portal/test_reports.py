"""A reader says what is wrong in a document; editors, and nobody else, hear of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from documents.apps import EDITORS
from documents.models import Document, Status
from portal.models import Report
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
WRONG = {"kind": "text", "said": "原件为“五万元”，这里是“五元”。", "reply_to": ""}


@pytest.fixture
def document(make_document: MakeDocument) -> Document:
    return make_document("某区通知", [(2, "一、", "标准", "每家补贴五元。")], indexed=False)


@pytest.fixture
def editor() -> Client:
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_report_reaches_the_editors_with_its_place(
    client: Client, document: Document, editor: Client
) -> None:
    at = document.get_absolute_url()
    assert f'href="{at}report/"' in client.get(at).content.decode()
    form = client.get(f"{at}report/?at=p1").content.decode()
    assert "一、标准" in form
    answer = client.post(f"{at}report/", {**WRONG, "at": "p1"}, follow=True)

    assert answer.redirect_chain == [(f"{at}#p1", 302)]
    assert "已告诉编辑" in answer.content.decode()
    kept = Report.objects.get()
    assert (kept.anchor, kept.place, kept.settled) == ("p1", "一、标准", False)
    listed = editor.get("/admin/portal/report/").content.decode()
    assert "原件为“五万元”" in listed
    shown = editor.get(f"/admin/portal/report/{kept.pk}/change/").content.decode()
    assert f'<a href="{at}#p1">' in shown
    assert "文件没有变动" in shown
    Document.objects.update(version_hash="other")
    later = editor.get(f"/admin/portal/report/{kept.pk}/change/").content.decode()
    assert "文件已有变动，可能已经改正" in later


def test_an_editor_ticks_off_what_is_settled_and_cannot_reword_it(
    client: Client, document: Document, editor: Client
) -> None:
    client.post(f"{document.get_absolute_url()}report/", WRONG)
    kept = Report.objects.get()
    editor.post(f"/admin/portal/report/{kept.pk}/change/", {"settled": "on", "said": "别的话"})

    kept.refresh_from_db()
    assert kept.settled
    assert kept.said == WRONG["said"]


def test_reports_are_no_readers_business(client: Client, document: Document) -> None:
    client.post(f"{document.get_absolute_url()}report/", {**WRONG, "reply_to": "me@example.org"})
    reader = Client()
    reader.force_login(User.objects.create_user("reader", is_staff=True))

    assert reader.get("/admin/portal/report/").status_code == 403
    assert "me@example.org" not in client.get(document.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"said": ""}, {"said": "长" * 1001}, {"kind": "spam"}, {"reply_to": "no address"},
     {"said": "空\0字符"}],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_still_there(
    client: Client, document: Document, wrong: dict[str, str]
) -> None:
    answer = client.post(f"{document.get_absolute_url()}report/", {**WRONG, **wrong})

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    if "said" not in wrong:
        assert "这里是“五元”" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_section_that_is_not_there_is_left_out(client: Client, document: Document) -> None:
    client.post(f"{document.get_absolute_url()}report/", {**WRONG, "at": "p9<script>"})

    assert Report.objects.get().anchor == ""


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_what_readers_cannot_see_they_cannot_report(
    client: Client, document: Document, status: Status
) -> None:
    Document.objects.update(status=status)
    at = f"{document.get_absolute_url()}report/"

    assert client.get(at).status_code == 404
    assert client.post(at, WRONG).status_code == 404


def test_the_whole_document_is_kept_by_one_button(client: Client, document: Document) -> None:
    at = document.get_absolute_url()
    page = client.get(at).content.decode()
    assert "收藏这份文件" in page
    first = document.sections.order_by("order")[0]
    client.post(f"{at}bookmarks/", {"anchor": first.anchor})

    assert "已收藏这份文件" in client.get(at).content.decode()
    assert "收藏这份文件</button>" not in client.get(at).content.decode()
