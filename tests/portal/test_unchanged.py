"""A browser that holds a page is told so only while the page would be the same for that reader."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import INFO
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from documents import publishing
from documents.models import Document, Status
from portal import unchanged
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(make_document: MakeDocument) -> Document:
    return make_document("科技工作要点", [(2, "一、", "企业", "给予补贴。")], indexed=False)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minutes for which a tag holds do not end within a test."""
    monkeypatch.setattr(unchanged, "_period", lambda: 1)


def ask(client: Client, address: str, tag: str = "") -> Any:
    return client.get(address, headers={"If-None-Match": tag} if tag else {})


def tag_of(client: Client, address: str) -> str:
    answer = ask(client, address)
    assert answer.status_code == 200
    return str(answer["ETag"])


@pytest.mark.parametrize("query", ["", "?q=补贴", "?original=1"])
def test_a_visitor_who_holds_the_page_is_told_so_for_one_query(
    client: Client, plan: Document, django_assert_num_queries: DjangoAssertNumQueries, query: str
) -> None:
    address = plan.get_absolute_url() + query
    tag = tag_of(client, address)

    with django_assert_num_queries(1):
        again = ask(client, address, tag)
    assert again.status_code == 304
    assert again.content == b""
    assert (again["ETag"], again["Cache-Control"]) == (tag, "private, no-cache")
    assert "Cookie" in again["Vary"]
    assert "Content-Security-Policy" in again.headers
    head = client.head(address, headers={"If-None-Match": tag})
    assert head.status_code == 304


def test_so_is_a_visitor_of_the_home_page(
    client: Client, plan: Document, make_document: MakeDocument
) -> None:
    tag = tag_of(client, "/")
    assert ask(client, "/", f'"other", {tag}').status_code == 304

    make_document("人才意见", "乙。", indexed=False)
    assert "人才意见" in ask(client, "/", tag).content.decode()


def test_a_corrected_page_is_sent_anew(client: Client, plan: Document) -> None:
    tag = tag_of(client, plan.get_absolute_url())
    plan.sections.filter(number="一、").update(text="不再补贴。")
    publishing.refresh(plan)

    assert "不再补贴" in ask(client, plan.get_absolute_url(), tag).content.decode()


def test_a_withdrawn_page_is_gone_for_those_who_hold_it(client: Client, plan: Document) -> None:
    tag = tag_of(client, plan.get_absolute_url())
    publishing.withdraw(plan)

    answer = ask(client, plan.get_absolute_url(), tag)
    assert answer.status_code == 410
    assert "ETag" not in answer
    publishing.publish(plan)
    assert ask(client, plan.get_absolute_url(), tag).status_code == 200


@pytest.mark.parametrize("tag", ["*", 'W/"0"', 'W/"', "x" * 5000, '"\udcff"'])
def test_a_draft_is_as_unknown_as_no_document_whatever_tag_is_sent(
    client: Client, plan: Document, tag: str
) -> None:
    held = tag_of(client, plan.get_absolute_url())
    Document.objects.filter(pk=plan.pk).update(status=Status.DRAFT)

    for sent in (tag, held.replace("W/", "")):
        answers = [ask(client, f"/documents/{slug}/", sent) for slug in (plan.slug, "nowhere")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert not any("ETag" in answer for answer in answers)


def test_the_tag_of_one_visitor_is_not_that_of_another(plan: Document) -> None:
    first, second = Client(), Client()
    address = plan.get_absolute_url()
    tags = [tag_of(each, address) for each in (first, second)]

    assert tags[0] != tags[1], "each has a secret of forms of their own"
    assert ask(first, address, tags[1]).status_code == 200
    assert ask(first, address, tags[0]).status_code == 304


def test_a_mark_kept_in_the_browser_makes_it_another_page(client: Client, plan: Document) -> None:
    address = plan.get_absolute_url()
    tag = tag_of(client, address)
    client.post(f"{address}bookmarks/", {"anchor": "p1"})

    assert "已收藏" in ask(client, address, tag).content.decode()


def test_readers_who_are_signed_in_keep_nothing_and_get_no_tag(
    client: Client, plan: Document
) -> None:
    tag = tag_of(client, plan.get_absolute_url())
    client.force_login(User.objects.create_user("zhang"))
    for address in ("/", plan.get_absolute_url()):
        answer = ask(client, address, tag)
        assert answer.status_code == 200
        assert "ETag" not in answer
        assert answer["Cache-Control"] == "private, no-store"
        assert "zhang" in answer.content.decode()
    client.logout()
    assert "zhang" not in ask(client, plan.get_absolute_url(), tag).content.decode()


def test_a_message_for_a_visitor_is_shown_and_the_page_kept_by_nobody(client: Client) -> None:
    tag = tag_of(client, "/")
    said, given = CookieStorage(RequestFactory().get("/")), HttpResponse()
    said.add(INFO, "已经退出。")
    said.update(given)
    client.cookies["messages"] = given.cookies["messages"].value

    answer = ask(client, "/", tag)
    assert "已经退出。" in answer.content.decode()
    assert "ETag" not in answer


def test_a_tag_ends_with_the_day_the_minutes_and_the_portal_that_gave_it(
    client: Client, plan: Document, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    address = plan.get_absolute_url()
    tag = tag_of(client, address)
    for name, value in (
        ("localdate", lambda: date(2031, 1, 1)),
        ("_KEY", b"another start"),
        ("_period", lambda: 2),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(unchanged, name, value)
            assert ask(client, address, tag).status_code == 200
    settings.ALLOWED_HOSTS = ["testserver", "b.example"]
    other = client.get(address, headers={"If-None-Match": tag, "Host": "b.example"})
    assert other.status_code == 200
    assert ask(client, address, tag).status_code == 304


def test_other_pages_are_never_held_to_be_unchanged(client: Client, plan: Document) -> None:
    for address in ("/accounts/login/", "/bookmarks/", f"{plan.get_absolute_url()}cite/p1/"):
        assert "ETag" not in ask(client, address)
