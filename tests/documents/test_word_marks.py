"""Words marked inside a section with a note: where they stand, whose they are, what they become."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from documents import bookmark_moves, bookmarks, browser_words, quotes, word_marks
from documents.filing import section_fingerprint
from documents.models import Bookmark, Document, Section
from documents.signals import document_changed
from documents.text.characters import skeleton
from documents.word_marks import Wanted
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

TEXT = "加快培育科技企业，对新认定的企业按年给予补贴。\n对引进的企业同样给予补贴。"
OTHER = "优化服务，做好企业走访工作。"


@pytest.fixture
def document(make_document: MakeDocument) -> Document:
    sections = [(2, "一、", "培育企业", TEXT), (2, "二、", "服务企业", OTHER)]
    return make_document("工作要点", sections, indexed=False)


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader", password="a long enough word")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def keep(browser: Client, document: Document, words: str, **more: object) -> tuple[int, str]:
    """Status, and the address led to or the page."""
    data = {"anchor": "p1", "words": words, **more}
    answer = browser.post(f"{document.get_absolute_url()}words/", data)
    return answer.status_code, answer.headers.get("Location", answer.content.decode())


def page_of(browser: Client, document: Document, query: str = "") -> str:
    return browser.get(document.get_absolute_url() + query).content.decode()


def rewrite(document: Document, anchor: str, text: str) -> None:
    """A correction of one section, as publishing a version makes it."""
    with transaction.atomic():
        section = document.sections.get(anchor=anchor)
        section.text = text
        section.fingerprint = section_fingerprint(section)
        section.save()
        Document.objects.filter(pk=document.pk).update(version_hash=f"{text[:20]}")
        document_changed.send(Document, document_id=document.pk, published=True)


def own_words(page: str) -> list[str]:
    """What is marked on the page as the reader's own, stretch by stretch."""
    found = re.findall(r'<span class="own" data-own="\d+">(.*?)</span>', page)
    return [re.sub(r"<[^>]*>", "", each) for each in found]


def test_words_are_marked_where_they_stand_with_their_note(
    desk: Client, document: Document
) -> None:
    status, place = keep(desk, document, "对新认定的企业按年给予补贴", note="口径见附件")

    kept = Bookmark.objects.get()
    assert (status, place) == (302, f"{document.get_absolute_url()}#w{kept.pk}")
    assert (kept.words, kept.quote, kept.note) == (
        "对新认定的企业按年给予补贴",
        "对新认定的企业按年给予补贴",
        "口径见附件",
    )
    wording = f"培育企业\n{TEXT}"
    assert wording[kept.words_start : kept.words_end] == kept.words
    assert kept.context["words"] == {
        "prefix": "培育企业加快培育科技企业",
        "suffix": "对引进的企业同样给予补贴",
        "alone": True,
    }
    page = page_of(desk, document)
    assert own_words(page) == ["对新认定的企业按年给予补贴"]
    assert f'id="w{kept.pk}" href="#n{kept.pk}"' in page
    assert f'<li id="n{kept.pk}">' in page
    assert "口径见附件" in page
    assert "已收藏" not in page  # the section itself is not


def test_words_may_run_over_heading_paragraphs_and_the_printed_number(
    desk: Client, document: Document
) -> None:
    assert keep(desk, document, "一、培育企业加快培育 科技企业")[0] == 302
    assert keep(desk, document, "给予补贴。\n对引进的企业")[0] == 302

    found = set(own_words(page_of(desk, document)))
    assert found == {"培育企业", "加快培育科技企业", "给予补贴。", "对引进的企业"}


def test_marks_hits_and_links_lie_in_one_another(desk: Client, document: Document) -> None:
    keep(desk, document, "新认定的企业")
    page = page_of(desk, document, "?q=认定的企业给予")

    assert "".join(own_words(page)) == "新认定的企业"
    text = re.sub(r"<[^>]*>", "", page)
    assert TEXT.split("\n", maxsplit=1)[0] in text


def test_the_words_of_one_reader_are_nobody_elses(desk: Client, document: Document) -> None:
    keep(desk, document, "加快培育", note="只给自己看")
    kept = Bookmark.objects.get()
    for _ in range(2):  # and nothing of it stays in what is rendered once for all
        assert "只给自己看" in page_of(desk, document)
        assert own_words(page_of(Client(), document)) == []
        assert "只给自己看" not in page_of(Client(), document)
    other = Client()
    other.force_login(User.objects.create_user("other"))
    assert own_words(page_of(other, document)) == []
    for action in ("edit", "remove"):
        answer = other.post(f"/bookmarks/{kept.pk}/{action}/", {f"{kept.pk}-note": "x"})
        assert answer.status_code == 404
    assert Bookmark.objects.get().note == "只给自己看"


def test_what_stands_there_several_times_is_picked_by_the_reader(
    desk: Client, document: Document
) -> None:
    status, page = keep(desk, document, "给予补贴", note="哪一处")
    assert status == 200
    starts = re.findall(r'name="start" value="(\d+)"', page)
    assert len(starts) == 2
    assert not Bookmark.objects.exists()

    assert keep(desk, document, "给予补贴", start=starts[1], note="哪一处")[0] == 302
    kept = Bookmark.objects.get()
    assert kept.words_start == int(starts[1])
    assert not kept.context["words"]["alone"]


def test_what_a_page_sends_along_tells_the_place(desk: Client, document: Document) -> None:
    keep(desk, document, "给予补贴", before="对引进的企业同样", after="。")

    assert Bookmark.objects.get().words_start == f"培育企业\n{TEXT}".rindex("给予补贴")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("月亮上的企业", "这一节里没有这些文字"),
        ("给予补贴。二、服务企业", "跨了两节或在别的一节里"),
        ("做好企业走访", "跨了两节或在别的一节里"),
        ("", "请填写这一节里的几个字"),
        ("。，", "这一节里没有这些文字"),
        ("企" * 501, "一次最多记 500 个字"),
        ("一、", "请连同序号后面的文字一起选取"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_with_the_cure(
    words: str, said: str, desk: Client, document: Document
) -> None:
    status, page = keep(desk, document, words, note="不能丢")

    assert status == 400
    assert said in page
    assert "不能丢" in page
    assert not Bookmark.objects.exists()


def test_a_section_that_is_gone_and_a_reading_request_change_nothing(
    desk: Client, document: Document
) -> None:
    assert keep(desk, document, "补贴", anchor="p9") == (302, document.get_absolute_url())
    assert "没有这一节" in page_of(desk, document)
    assert desk.get(f"{document.get_absolute_url()}words/").status_code == 405
    assert not Bookmark.objects.exists()


def test_the_same_words_again_keep_both_notes(desk: Client, document: Document) -> None:
    for note in ("甲", "乙", "乙", ""):
        keep(desk, document, "加快培育", note=note)
    assert Bookmark.objects.get().note == "甲\n乙"

    status, page = keep(desk, document, "加快培育", note="丙" * 1999)
    assert (status, Bookmark.objects.get().note) == (400, "甲\n乙")
    assert "合起来超过 2000 个字" in page


def test_a_note_of_several_lines_sent_twice_is_noted_once(desk: Client, document: Document) -> None:
    for _ in range(2):  # as browsers send it: the ends of line are two characters each
        keep(desk, document, "加快培育", note="甲\r\n乙")
    assert Bookmark.objects.get().note == "甲\n乙"
    keep(desk, document, "科技企业", note="\r\n".join(["行"] * 1000))
    assert len(Bookmark.objects.get(words="科技企业").note) == 1999


def test_words_sent_twice_at_once_are_kept_once(
    reader: User, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = word_marks.find(document, Wanted("p1", "加快培育"))
    first = word_marks.add(reader, marked, "甲")
    # The other window's words were not there when this one looked.
    monkeypatch.setattr(bookmarks, "own_found", lambda *_: [])

    assert word_marks.add(reader, marked, "乙") == first
    assert Bookmark.objects.get().note == "甲\n乙"


def test_words_of_a_section_revised_meanwhile_are_not_put_on_others(
    reader: User, document: Document
) -> None:
    marked = word_marks.find(document, Wanted("p1", "对新认定的企业"))
    rewrite(document, "p1", f"总体要求。{TEXT}")

    with pytest.raises(bookmarks.NoSuchSection, match="刚刚修订过"):
        word_marks.add(reader, marked)
    assert not Bookmark.objects.exists()


def test_words_that_stand_everywhere_are_looked_at_only_around(
    desk: Client, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document("要点", [(2, "一、", "甲", "企业的事，" * 4000)], indexed=False)
    looked = 0

    def counted(text: str) -> str:
        nonlocal looked
        looked += len(text)
        return skeleton(text)

    monkeypatch.setattr(quotes, "skeleton", counted)
    status, page = keep(desk, document, "企业", before="一二三", after="的事企业")
    assert status == 400
    assert "请连同前后的字多选一些" in page
    # Each of 4,000 places costs some letters around it, not the 20,000 of the section.
    assert looked < 200_000


def test_a_section_and_words_in_it_are_kept_beside_each_other(
    desk: Client, reader: User, document: Document
) -> None:
    keep(desk, document, "加快培育")
    bookmarks.add(reader, document, "p1")
    keep(desk, document, "科技企业")

    assert Bookmark.objects.count() == 3
    page = page_of(desk, document)
    assert page.count("已收藏") == 1
    assert own_words(page) == ["加快培育", "科技企业"]


def test_a_note_is_changed_and_removed_from_the_text(desk: Client, document: Document) -> None:
    keep(desk, document, "加快培育", note="旧")
    key = Bookmark.objects.get().pk
    there = document.get_absolute_url()

    data = {f"{key}-note": "新", "reading": "1"}
    assert desk.post(f"/bookmarks/{key}/edit/", data)["Location"] == f"{there}#w{key}"
    assert Bookmark.objects.get().note == "新"
    answer = desk.post(f"/bookmarks/{key}/remove/", {"reading": "1"})
    assert answer["Location"] == f"{there}#p1"
    assert not Bookmark.objects.exists()


def test_own_bookmarks_list_find_and_lead_to_the_words(desk: Client, document: Document) -> None:
    keep(desk, document, "对新认定的企业", note="口径")
    key = Bookmark.objects.get().pk
    for query in ("?q=新认定", "?q=口径"):
        page = desk.get(f"/bookmarks/{query}").content.decode()
        assert f'href="{document.get_absolute_url()}#w{key}"' in page
        assert "对新认定的企业</blockquote>" in page


# What becomes of words after a new version.


def test_words_stay_marked_where_the_section_around_them_was_rewritten(
    desk: Client, document: Document
) -> None:
    keep(desk, document, "对新认定的企业按年给予补贴")
    rewrite(document, "p1", "大力培育各类企业。\n对新认定的企业，按年给予补贴。\n另有规定的除外。")

    assert own_words(page_of(desk, document)) == ["对新认定的企业，按年给予补贴"]
    assert "原文已变动" not in desk.get("/bookmarks/").content.decode()


def test_words_that_are_gone_are_said_to_be_with_old_and_new(
    desk: Client, document: Document
) -> None:
    keep(desk, document, "对新认定的企业按年给予补贴", note="还在")
    rewrite(document, "p1", TEXT.replace("新认定", "首次认定"))

    page = page_of(desk, document)
    assert own_words(page) == []
    assert "还在" in page
    assert "原文已变动" in page
    shelf = desk.get("/bookmarks/").content.decode()
    assert "原文已变动" in shelf
    assert "<del>新</del>" in shelf


def test_words_that_moved_are_shown_there_and_stay_until_the_reader_agrees(
    desk: Client, document: Document
) -> None:
    keep(desk, document, "对新认定的企业按年给予补贴")
    rewrite(document, "p1", "总体要求另行规定，各部门抓好落实。")
    rewrite(document, "p2", OTHER + TEXT)

    assert own_words(page_of(desk, document)) == ["对新认定的企业按年给予补贴"]
    kept = Bookmark.objects.get()
    assert kept.anchor == "p1"
    assert "位置已变" in desk.get("/bookmarks/").content.decode()
    kept = bookmark_moves.accept(kept, "p2")
    assert (kept.anchor, kept.words) == ("p2", "对新认定的企业按年给予补贴")
    assert f"服务企业\n{OTHER}{TEXT}"[kept.words_start : kept.words_end] == kept.words


def test_one_of_two_equal_wordings_never_lands_on_the_other(
    desk: Client, document: Document
) -> None:
    keep(desk, document, "给予补贴", before="对新认定的企业按年", after="。\n对引进")
    rewrite(document, "p1", "加快培育科技企业。\n对引进的企业同样给予补贴。")

    assert own_words(page_of(desk, document)) == []
    assert "原文已变动" in desk.get("/bookmarks/").content.decode()


def test_two_notes_that_do_not_fit_into_one_are_both_kept(
    desk: Client, reader: User, document: Document
) -> None:
    keep(desk, document, "对新认定的企业", note="甲" * 1500)
    mark = Bookmark.objects.get()
    rewrite(document, "p1", "首次认定。")
    other = bookmarks.add(reader, document, "p1")
    bookmarks.annotate(other, "乙" * 1500)

    answer = desk.post(f"/bookmarks/{mark.pk}/accept/", {"anchor": "p1"}, follow=True)
    assert "请先改短其中一条" in answer.content.decode()
    assert {len(row.note) for row in Bookmark.objects.all()} == {1500}
    assert Bookmark.objects.count() == 2


def test_accepting_a_section_without_the_words_keeps_them_in_the_note(
    desk: Client, document: Document
) -> None:
    keep(desk, document, "对新认定的企业按年给予补贴", note="记")
    rewrite(document, "p1", TEXT.replace("新认定的", "首次认定的"))
    kept = bookmark_moves.accept(Bookmark.objects.get(), "p1")

    assert kept.words == ""
    assert kept.note == "记\n原来记下的是“对新认定的企业按年给予补贴”。"


# Before signing in.


def test_without_an_account_words_are_kept_in_the_browser_changed_and_removed(
    client: Client, document: Document
) -> None:
    assert keep(client, document, "加快培育", note="先记着")[1].endswith("#p1")
    assert not Bookmark.objects.exists()
    assert client.cookies["words"]["httponly"]
    page = page_of(client, document)
    assert own_words(page) == ["加快培育"]
    assert "先记着" in page
    assert "先记着" in client.get("/bookmarks/").content.decode()
    assert own_words(page_of(Client(), document)) == []

    change = {"number": "1", "anchor": "p1", "note": "改了", "reading": "1"}
    answer = client.post("/bookmarks/browser/words/", change)
    assert answer["Location"] == f"{document.get_absolute_url()}#p1"
    assert "改了" in page_of(client, document)
    client.post("/bookmarks/browser/words/", {**change, "anchor": "p2", "remove": "1"})
    assert "改了" in page_of(client, document), "the number alone might be another note by now"
    client.post("/bookmarks/browser/words/", {**change, "remove": "1"})
    assert own_words(page_of(client, document)) == []


def test_words_in_the_browser_come_along_at_sign_in_and_none_is_lost(
    client: Client, document: Document, reader: User
) -> None:
    keep(client, document, "加快培育", note="甲")
    keep(client, document, "对新认定的企业按年给予补贴", note="乙")
    rewrite(document, "p1", "加快培育。")
    answer = client.post(
        "/accounts/login/", {"username": "reader", "password": "a long enough word"}, follow=True
    )

    assert "2 处书签已归入您的账号" in answer.content.decode()
    assert client.cookies["words"].value == ""
    assert set(Bookmark.objects.values_list("words", "note")) == {
        ("加快培育", "甲"),
        ("对新认定的企业按年给予补贴", "乙"),
    }
    assert "原文已变动" in client.get("/bookmarks/").content.decode()


def test_a_page_asks_once_for_all_words_of_the_browser(
    client: Client, document: Document, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wordings = ["加快", "科技", "新认定", "按年", "引进", "同样"]
    for words in wordings:
        keep(client, document, words)
    request = RequestFactory().get("/")
    request.COOKIES = {"words": client.cookies["words"].value}

    kept = browser_words.read(request)
    with django_assert_num_queries(1):
        found = browser_words.shown(kept, document)
    assert [each.marked.quote.exact for each in found if each.marked and each.marked.quote] == (
        wordings
    )


def test_the_browser_says_when_no_more_notes_fit_and_the_text_typed_stays(
    client: Client, document: Document
) -> None:
    # Letters that do not repeat, so that packing them saves little.
    note = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(1200))
    status, page = keep(client, document, "加快培育", note=note)

    assert status == 400
    assert "登录或注册后不限数量" in page
    assert note[:40] in page


@pytest.mark.parametrize("value", ["x", "1:forged:signature"])
def test_a_forged_cookie_holds_no_words(value: str, client: Client, document: Document) -> None:
    client.cookies["words"] = value
    assert own_words(page_of(client, document)) == []
    client.cookies["words"] = signing.dumps([[1]], salt="other")
    assert own_words(page_of(client, document)) == []
    client.cookies["words"] = signing.dumps([[1], "no"], salt=browser_words.SALT)
    assert own_words(page_of(client, document)) == []


def test_hostile_words_and_notes_stay_text(desk: Client, make_document: MakeDocument) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    document = make_document("要点", [(2, "一、", "甲", f"请看{hostile}一例。")], indexed=False)
    assert keep(desk, document, f"看{hostile}一", note=hostile)[0] == 302

    page = page_of(desk, document) + desk.get("/bookmarks/").content.decode()
    assert "<img" not in page
    assert "&lt;img" in page


def test_words_in_a_table_are_marked_cell_by_cell(
    desk: Client, make_document: MakeDocument
) -> None:
    text = "任务清单如下：\n任务\t单位\n培育企业\t甲委"
    document = make_document("要点", [(2, "一、", "分工", text)], indexed=False)
    assert keep(desk, document, "单位 培育企业 甲")[0] == 302

    assert own_words(page_of(desk, document)) == ["单位", "培育企业", "甲"]
    assert Section.objects.get(document=document, anchor="p1").text == text
