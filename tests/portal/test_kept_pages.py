"""A page is rendered once for all who see the same; no one sees another's or an old one."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from documents import bookmarks, publishing
from documents.models import Document, Section, Status
from documents.signals import document_changed
from portal.fragments import Fragments, kept
from search_indexes.journal import stamp
from search_indexes.models import IndexChange
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(make_document: MakeDocument) -> Document:
    sections = [
        (2, "一、", "培育企业", "按照国发〔2023〕15号给予补贴。"),
        (2, "二、", "其他", "乙。"),
    ]
    return make_document("科技工作要点", sections, issuers=["甲委"], indexed=False)


def page_of(client: Client, document: Document, query: str = "") -> str:
    return client.get(document.get_absolute_url() + query).content.decode()


def bare(page: str) -> str:
    """*page* without the tokens that differ from answer to answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def change(document: Document, text: str) -> None:
    """What every correction does: the text, then the version, in one transaction."""
    with transaction.atomic():
        Section.objects.filter(document=document, number="一、").update(text=text)
        publishing.refresh(document)


def test_the_second_reader_costs_two_queries_and_reads_the_same(
    plan: Document, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = page_of(Client(), plan)

    with django_assert_num_queries(2):  # the document's row, and whether anything changed
        second = page_of(Client(), plan)
    assert bare(first) == bare(second)
    assert "给予补贴" in second


def test_a_corrected_text_is_read_at_once(plan: Document) -> None:
    page_of(Client(), plan)

    change(plan, "不再补贴。")
    page = page_of(Client(), plan)
    assert "不再补贴。" in page
    assert "给予补贴" not in page


def test_a_withdrawn_document_is_gone_at_once(plan: Document) -> None:
    page_of(Client(), plan)

    publishing.withdraw(plan)
    answer = Client().get(plan.get_absolute_url())
    assert answer.status_code == 410
    assert "给予补贴" not in answer.content.decode()


def test_what_is_withdrawn_vanishes_from_other_pages_at_once(
    plan: Document, make_document: MakeDocument
) -> None:
    cited = make_document("人才工作意见", "丙。", ref=("国发", 2023, 15), indexed=False)
    assert f'href="{cited.get_absolute_url()}"' in page_of(Client(), plan)
    assert plan.title in page_of(Client(), cited)

    publishing.withdraw(cited)
    assert cited.get_absolute_url() not in page_of(Client(), plan)
    publishing.publish(cited)
    publishing.withdraw(plan)
    assert plan.title not in page_of(Client(), cited)


def test_a_draft_is_kept_for_nobody(plan: Document, client: Client) -> None:
    Document.objects.filter(pk=plan.pk).update(status=Status.DRAFT)
    client.force_login(User.objects.create_superuser("editor"))

    assert "给予补贴" in page_of(client, plan)
    assert kept.get(("text", None)) is None
    assert Client().get(plan.get_absolute_url()).status_code == 404
    # Not even when it looks to others as it did to the editor.
    Section.objects.filter(document=plan, number="一、").update(text="草稿的字。")
    assert "草稿的字。" in page_of(client, plan)


@pytest.mark.parametrize("first", ["reader", "nobody"])
def test_a_readers_marks_name_and_token_are_that_readers_alone(plan: Document, first: str) -> None:
    user = User.objects.create_user("zhang", password="x")
    bookmarks.add(user, plan, "p1")
    reader, nobody = Client(), Client()
    reader.force_login(user)
    order = [reader, nobody, reader] if first == "reader" else [nobody, reader, nobody]

    for client in order:
        page = page_of(client, plan)
        assert ("已收藏" in page) == (client is reader)
        assert ("zhang" in page) == (client is reader)
        assert ("关注这份文件" in page) == (client is reader)
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w+)', page_of(c, plan)) for c in order[:2]]
    assert tokens[0]
    assert not set(tokens[0]) & set(tokens[1])


def test_words_looked_for_are_marked_for_who_looks_for_them(plan: Document) -> None:
    assert "<mark" in page_of(Client(), plan, "?q=补贴")
    assert "<mark" not in page_of(Client(), plan)
    assert "<mark" in page_of(Client(), plan, "?q=补贴")


def test_a_page_names_the_address_at_which_it_was_asked_for(
    plan: Document, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    for host in ("a.example", "b.example", "a.example"):
        page = Client().get(plan.get_absolute_url(), headers={"Host": host}).content.decode()
        assert set(re.findall(r"https?://([ab]\.example)", page)) == {host}


def test_what_the_home_page_counts_is_counted_anew_after_every_change(
    plan: Document, make_document: MakeDocument, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert "收录 1 份公开文件" in Client().get("/").content.decode()
    with django_assert_num_queries(1):
        assert "收录 1 份公开文件" in Client().get("/").content.decode()

    make_document("人才工作意见", "丙。", district="青浦区", indexed=False)
    page = Client().get("/").content.decode()
    assert "收录 2 份公开文件" in page
    assert "青浦" in page
    publishing.withdraw(plan)
    assert plan.title not in Client().get("/").content.decode()


def test_an_empty_portal_tells_editors_alone_what_editors_may_do(client: Client) -> None:
    client.force_login(User.objects.create_superuser("editor"))
    for _ in range(2):
        assert "上传第一份" in client.get("/").content.decode()
        assert "登录后上传第一份" in Client().get("/").content.decode()
        assert 'href="/upload/">上传第一份' not in Client().get("/").content.decode()


def test_an_empty_answer_counts_the_ways_on_once(
    make_document: MakeDocument, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_document("人才工作意见", "丙。", district="青浦区")
    first = Client().get("/search/", {"q": "甲乙丙丁"}).content.decode()
    assert "青浦区" in first

    with django_assert_max_num_queries(6):
        again = Client().get("/search/", {"q": "甲乙丙丁"}).content.decode()
    assert again == first


def test_every_change_of_a_published_document_changes_the_stamp(plan: Document) -> None:
    seen = [stamp()]
    change(plan, "新。")
    seen.append(stamp())
    publishing.withdraw(plan)
    seen.append(stamp())
    with transaction.atomic():
        document_changed.send(Document, document_id=plan.pk, published=False)
    seen.append(stamp())
    assert len(set(seen)) == len(seen)


def test_a_change_committed_after_a_later_one_changes_the_stamp_too(plan: Document) -> None:
    """PostgreSQL hands out keys before the commit, so that a smaller one may come second."""
    IndexChange.objects.create(pk=5000, document=plan.pk)
    IndexChange.objects.create(pk=4000, document=plan.pk)
    before = stamp()

    IndexChange.objects.create(pk=4500, document=plan.pk)
    IndexChange.objects.filter(pk=4000).delete()  # an old one dropped at the same time
    assert stamp() != before


def test_memory_is_bounded_and_what_is_asked_for_stays() -> None:
    pieces = Fragments(memory=2000)
    texts = {n: f"{n}" * 10 + str(3**n)[:60] for n in range(200)}
    for number, text in texts.items():
        pieces.put(number, text)
        assert pieces.get(0) == texts[0], "what was asked for last is dropped last"
        assert pieces.held <= 2000
    assert pieces.get(199) == texts[199]
    assert pieces.get(1) is None


def test_a_piece_ends_after_its_time_and_a_huge_one_is_not_held() -> None:
    pieces = Fragments(memory=1000, seconds=-1)
    pieces.put("old", "旧")
    assert pieces.get("old") is None
    roomy = Fragments(memory=100)
    roomy.put("huge", "".join(map(chr, range(0x4E00, 0x5000))))
    assert roomy.get("huge") is None
    assert roomy.held == 0
