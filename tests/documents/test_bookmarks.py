"""A reader's bookmarks: kept, noted, honest about change, and nobody else's business."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents import bookmark_moves, bookmarks
from documents.filing import section_fingerprint
from documents.models import Bookmark, Document, Section, Status
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(make_document: MakeDocument) -> Document:
    return make_document(
        "工作要点",
        [(2, "一、", "培育企业", "加快培育。" * 40), (2, "二、", "服务企业", "优化服务。")],
        indexed=False,
    )


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    """A browser in which the reader is signed in."""
    client.force_login(reader)
    return client


def mark(browser: Client, document: Document, anchor: str = "p1") -> str:
    answer = browser.post(f"{document.get_absolute_url()}bookmarks/", {"anchor": anchor})
    return str(answer["Location"])


def shelf_page(browser: Client) -> str:
    answer = browser.get("/bookmarks/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_mark_keeps_what_the_section_said_and_returns_to_it(
    desk: Client, document: Document
) -> None:
    assert mark(desk, document) == f"{document.get_absolute_url()}#p1"

    kept = Bookmark.objects.get()
    assert kept.heading == "一、培育企业"
    assert kept.fingerprint == document.sections.get(anchor="p1").fingerprint
    assert kept.quote == ("加快培育。" * 40)[:120] + "…"
    page = shelf_page(desk)
    assert f'href="{document.get_absolute_url()}#p1"' in page
    assert kept.quote in page


def test_marking_twice_keeps_one_mark_with_its_note(desk: Client, document: Document) -> None:
    mark(desk, document)
    bookmarks.annotate(Bookmark.objects.get(), "引用")
    mark(desk, document)

    assert Bookmark.objects.get().note == "引用"


def test_the_document_page_shows_what_is_marked(desk: Client, document: Document) -> None:
    mark(desk, document)
    page = desk.get(document.get_absolute_url()).content.decode()

    assert f'href="/bookmarks/#b{Bookmark.objects.get().pk}"' in page
    assert page.count("已收藏") == 1


def test_without_an_account_the_mark_is_kept_in_the_browser_and_carried_over(
    client: Client, document: Document
) -> None:
    assert mark(client, document) == f"{document.get_absolute_url()}#p1"
    mark(client, document, "p2")
    assert not Bookmark.objects.exists()
    assert client.cookies["marks"]["httponly"]
    assert client.get(document.get_absolute_url()).content.decode().count("已收藏") == 2
    page = shelf_page(client)
    assert "一、培育企业" in page
    assert "暂存在这个浏览器里" in page

    answer = client.post(
        "/accounts/signup/",
        {"username": "fresh", "password1": "a long enough word", "password2": "a long enough word"},
    )
    assert answer.status_code == 302
    assert client.cookies["marks"].value == ""
    assert set(Bookmark.objects.values_list("user__username", "anchor")) == {
        ("fresh", "p1"),
        ("fresh", "p2"),
    }


def test_carrying_over_twice_changes_nothing_and_never_lands_on_other_words(
    client: Client, document: Document
) -> None:
    User.objects.create_user("known", password="a long enough word")
    mark(client, document)
    mark(client, document, "p2")
    kept = client.cookies["marks"].value
    document.sections.filter(anchor="p2").update(text="另一番话。", fingerprint="f" * 64)
    for _ in range(2):
        client.cookies["marks"] = kept
        answer = client.post(
            "/accounts/login/",
            {"username": "known", "password": "a long enough word"},
            follow=True,
        )
        client.post("/accounts/logout/")
        assert "1 处的原文已变动或撤下" in answer.content.decode()

    assert list(Bookmark.objects.values_list("anchor", flat=True)) == ["p1"]


def test_a_mark_in_the_browser_can_be_removed_and_a_forged_cookie_holds_none(
    client: Client, document: Document
) -> None:
    mark(client, document)
    mark(client, document, "p2")
    client.post("/bookmarks/browser/", {"number": "1"})
    page = shelf_page(client)
    assert "二、服务企业" in page
    assert "一、培育企业" not in page

    client.cookies["marks"] = "1!p1!00:forged:signature"
    assert "还没有书签" in shelf_page(client)


def test_the_browser_says_when_it_is_full(client: Client, make_document: MakeDocument) -> None:
    many = make_document(
        "长文件", [(2, f"{n}、", f"第{n}节", "文。") for n in range(300)], indexed=False
    )
    for number in range(1, 300):
        mark(client, many, f"p{number}")
    assert len(client.cookies["marks"].OutputString()) < 4096
    answer = client.post(f"{many.get_absolute_url()}bookmarks/", {"anchor": "p300"}, follow=True)
    assert "登录或注册后不限数量" in answer.content.decode()


def test_a_section_that_is_not_there_is_refused_with_a_sentence(
    desk: Client, document: Document
) -> None:
    answer = desk.post(f"{document.get_absolute_url()}bookmarks/", {"anchor": "p9\0"}, follow=True)

    assert "没有这一节" in answer.content.decode()
    assert not Bookmark.objects.exists()


def test_a_note_is_saved_and_shown(desk: Client, document: Document) -> None:
    mark(desk, document)
    pk = Bookmark.objects.get().pk
    answer = desk.post(f"/bookmarks/{pk}/edit/", {f"{pk}-note": "<b>写报告</b>"})

    assert answer["Location"] == f"/bookmarks/#b{pk}"
    assert "&lt;b&gt;写报告" in shelf_page(desk)


def test_a_note_that_is_too_long_stays_in_its_field(desk: Client, document: Document) -> None:
    mark(desk, document)
    pk = Bookmark.objects.get().pk
    answer = desk.post(f"/bookmarks/{pk}/edit/", {f"{pk}-note": "长" * 2001})

    assert answer.status_code == 400
    assert "长" * 2001 in answer.content.decode()
    assert "errorlist" in answer.content.decode()
    assert Bookmark.objects.get().note == ""


def test_a_mark_can_be_removed(desk: Client, document: Document) -> None:
    mark(desk, document)
    desk.post(f"/bookmarks/{Bookmark.objects.get().pk}/remove/")

    assert not Bookmark.objects.exists()
    assert "还没有书签" in shelf_page(desk)


def test_reading_an_address_changes_nothing(desk: Client, document: Document) -> None:
    mark(desk, document)
    pk = Bookmark.objects.get().pk

    addresses = (f"/bookmarks/{pk}/edit/", f"/bookmarks/{pk}/remove/")
    for address in (*addresses, f"{document.get_absolute_url()}bookmarks/"):
        assert desk.get(address).status_code == 405
    assert Bookmark.objects.count() == 1


def revise(document: Document, *sections: tuple[str, str, str]) -> None:
    """Puts (anchor, heading, text) in place of what the document held below its part."""
    document.sections.filter(level__gt=1).delete()
    part = document.sections.get()
    for order, (anchor, heading, text) in enumerate(sections, start=1):
        section = Section(
            document=document, parent=part, order=order, anchor=anchor, level=2, kind="heading",
            number=f"{order}、", heading=heading, text=text,
        )  # fmt: skip
        section.fingerprint = section_fingerprint(section)
        section.save()
    document.version_hash = hashlib.sha256(document.version_hash.encode()).hexdigest()
    document.save()


@pytest.fixture
def paper(make_document: MakeDocument) -> Document:
    paper = make_document("办法", "空。", indexed=False)
    revise(
        paper,
        ("a", "培育企业", "加快培育高新技术企业，全年新增一百家以上。"),
        ("b", "服务企业", "优化服务，设立专员制度，按月走访重点企业。"),
        ("c", "保障措施", "加强组织领导，完善考核机制。"),
    )
    return paper


def test_a_changed_passage_is_named_with_old_and_new_side_by_side(
    desk: Client, paper: Document
) -> None:
    mark(desk, paper, "b")
    revise(
        paper,
        ("a", "培育企业", "加快培育高新技术企业，全年新增一百家以上。"),
        ("b", "服务企业", "优化服务，设立首席专员制度，按季走访重点企业。"),
        ("c", "保障措施", "加强组织领导，完善考核机制。"),
    )
    page = shelf_page(desk)

    assert "原文已变动" in page
    assert "<ins>首席</ins>" in page
    assert "<del>月</del>" in page
    assert "接受新位置" in page


def test_a_passage_that_moved_is_said_to_have_and_stays_until_the_reader_agrees(
    desk: Client, paper: Document
) -> None:
    mark(desk, paper, "b")
    revise(
        paper,
        ("a", "总体要求", "坚持稳中求进。"),
        ("b", "培育企业", "加快培育高新技术企业，全年新增一百家以上。"),
        ("c", "服务企业", "优化服务，设立专员制度，按月走访重点企业。"),
    )
    page = shelf_page(desk)
    kept = Bookmark.objects.get()
    assert "位置已变" in page
    assert "原文已变动" not in page
    assert f'href="{paper.get_absolute_url()}#c"' in page
    assert kept.anchor == "b"
    assert desk.get(paper.get_absolute_url()).content.decode().count("已收藏") == 1

    desk.post(f"/bookmarks/{kept.pk}/accept/", {"anchor": "c"})
    kept.refresh_from_db()
    assert (kept.anchor, kept.heading) == ("c", "3、服务企业")
    assert "位置已变" not in shelf_page(desk)


def test_only_an_offered_place_can_be_accepted(desk: Client, paper: Document) -> None:
    mark(desk, paper, "b")
    kept = Bookmark.objects.get()
    answer = desk.post(f"/bookmarks/{kept.pk}/accept/", {"anchor": "a"}, follow=True)

    assert "请看过新的位置再确认" in answer.content.decode()
    kept.refresh_from_db()
    assert kept.anchor == "b"


def test_the_new_passage_at_an_old_anchor_can_be_marked_as_well(
    desk: Client, paper: Document
) -> None:
    mark(desk, paper, "b")
    revise(
        paper,
        ("a", "总体要求", "坚持稳中求进，统筹安全与发展。"),
        ("b", "培育企业", "加快培育高新技术企业，全年新增一百家以上。"),
        ("c", "服务企业", "优化服务，设立专员制度，按月走访重点企业。"),
    )
    mark(desk, paper, "b")

    assert Bookmark.objects.count() == 2
    assert desk.get(paper.get_absolute_url()).content.decode().count("已收藏") == 2


def test_two_marks_that_come_together_keep_both_notes(
    desk: Client, reader: User, paper: Document
) -> None:
    first = bookmarks.add(reader, paper, "b")
    bookmarks.annotate(first, "甲")
    revise(paper, ("a", "服务企业", "优化服务，设立专员制度，按月走访重点企业。"))
    second = bookmarks.add(reader, paper, "a")
    assert second == first, "the same passage is one bookmark wherever it stands"

    other = Bookmark.objects.create(
        user=reader, document=paper, anchor="a", fingerprint=first.fingerprint, note="乙"
    )
    merged = bookmark_moves.accept(first, "a")
    assert merged == other
    assert merged.note == "乙\n甲"
    assert Bookmark.objects.count() == 1


def test_equal_wordings_are_told_by_their_neighbours_or_left_to_the_reader(
    desk: Client, reader: User, make_document: MakeDocument
) -> None:
    twins = make_document("双胞", "空。", indexed=False)
    revise(
        twins,
        ("a", "甲街道", "建设创新园区，引进龙头企业。"),
        ("b", "保障措施", "加强领导。"),
        ("c", "乙街道", "改造老旧小区，增加公共绿地。"),
        ("d", "保障措施", "加强领导。"),
    )
    bookmarks.add(reader, twins, "b")
    revise(
        twins,
        ("a", "乙街道", "改造老旧小区，增加公共绿地。"),
        ("b", "保障措施", "加强领导。"),
    )
    page = shelf_page(desk)

    assert "分不清是哪一处" in page
    assert "就是这里" in page
    assert f'href="{twins.get_absolute_url()}#b"' in page, "the candidate is offered"


def test_a_passage_that_is_gone_is_named_and_not_linked_to(desk: Client, paper: Document) -> None:
    mark(desk, paper, "b")
    revise(paper, ("a", "附则", "本办法由区科委负责解释。"))
    page = shelf_page(desk)

    assert "这一节已不在文件里" in page
    assert "设立专员制度" in page, "what was kept is shown"
    assert f'href="{paper.get_absolute_url()}#' not in page
    assert "接受新位置" not in page


def test_an_unchanged_passage_is_not_called_changed(desk: Client, document: Document) -> None:
    mark(desk, document)

    assert "原文已变动" not in shelf_page(desk)


def test_a_withdrawn_document_stays_on_the_shelf_without_a_link(
    desk: Client, document: Document
) -> None:
    mark(desk, document)
    Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
    page = shelf_page(desk)

    assert "已撤下" in page
    assert document.get_absolute_url() not in page


def test_other_peoples_marks_do_not_exist(desk: Client, document: Document) -> None:
    other = bookmarks.add(User.objects.create_user("other"), document, "p1")

    assert document.title not in shelf_page(desk)
    for verb in ("edit", "remove"):
        answer = desk.post(f"/bookmarks/{other.pk}/{verb}/", {f"{other.pk}-note": "x"})
        assert answer.status_code == 404
    other.refresh_from_db()
    assert other.note == ""


def test_the_shelf_follows_the_reading_order_and_asks_little(
    desk: Client,
    document: Document,
    make_document: MakeDocument,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many = make_document(
        "长文件", [(2, f"{n}、", f"第{n}节", "文。") for n in range(40)], indexed=False
    )
    for anchor in ("p2", "p1"):
        mark(desk, document, anchor)
    for number in range(40, 0, -1):
        mark(desk, many, f"p{number}")

    # Session, user, savepoint pair, keys and places in order, bookmarks with documents, their
    # tags and places, sections, folders, all tags, permissions (2).
    with django_assert_max_num_queries(14):
        page = shelf_page(desk)
    assert page.index("长文件") < page.index("工作要点"), "marked last comes first"
    assert page.index("第0节") < page.index("第39节")
    assert page.index("一、培育企业") < page.index("二、服务企业")
