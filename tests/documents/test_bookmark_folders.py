"""Folders, tags and looking for one's own bookmarks; sharing; nobody else's business."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents import bookmarks, folders
from documents.models import Bookmark, Document, Folder, FolderPlace, Status
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(make_document: MakeDocument) -> Document:
    return make_document(
        "工作要点",
        [(2, f"{n}、", f"第{n}节", f"第{n}项任务，抓紧落实。") for n in "一二三四"],
        indexed=False,
    )


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def folder(reader: User, document: Document) -> Folder:
    """A folder with four bookmarks."""
    made = folders.create(reader, "写报告")
    for anchor in ("p1", "p2", "p3", "p4"):
        folders.put(bookmarks.add(reader, document, anchor), [made])
    return made


def anchors(folder: Folder) -> list[str]:
    keys = folders.keys_in_order(folder)
    rows = Bookmark.objects.in_bulk(keys)
    return [rows[key].anchor for key in keys]


def test_one_bookmark_lies_in_several_folders(
    desk: Client, reader: User, document: Document
) -> None:
    pk = bookmarks.add(reader, document, "p1").pk
    for name in ("甲", "乙"):
        desk.post("/bookmarks/folders/", {"name": name})
    keys = list(Folder.objects.values_list("pk", flat=True))
    desk.post(
        f"/bookmarks/{pk}/edit/",
        {f"{pk}-note": "要点", f"{pk}-tags": "引用、口径 引用", f"{pk}-folders": keys},
    )

    for key in keys:
        assert "第一项任务" in desk.get(f"/bookmarks/folders/{key}/").content.decode()
    assert bookmarks.tags_of(reader) == ("口径", "引用")
    assert "第一项任务" in desk.get("/bookmarks/?tag=口径").content.decode()
    assert "没有符合" in desk.get("/bookmarks/?tag=无").content.decode()


def test_a_deleted_folder_leaves_its_bookmarks(desk: Client, folder: Folder) -> None:
    desk.post(f"/bookmarks/folders/{folder.pk}/remove/")

    assert not Folder.objects.exists()
    assert Bookmark.objects.count() == 4


def test_the_order_is_the_readers_own(desk: Client, folder: Folder) -> None:
    keys = folders.keys_in_order(folder)
    where = f"/bookmarks/folders/{folder.pk}/move/"
    desk.post(where, {"bookmark": keys[2], "step": "up"})
    assert anchors(folder) == ["p1", "p3", "p2", "p4"]
    desk.post(where, {"bookmark": keys[0], "step": "up"})
    assert anchors(folder) == ["p1", "p3", "p2", "p4"]
    desk.post(where, {"bookmark": keys[0], "to": "3"})
    assert anchors(folder) == ["p3", "p2", "p4", "p1"]

    page = desk.get(folder.get_absolute_url()).content.decode()
    assert page.index("第三项任务") < page.index("第二项任务") < page.index("第一项任务")


def test_own_bookmarks_are_found_from_one_character_in_any_field(
    desk: Client, reader: User, document: Document
) -> None:
    first = bookmarks.add(reader, document, "p1")
    second = bookmarks.add(reader, document, "p2")
    bookmarks.annotate(first, "给王处长")
    bookmarks.tag(second, ["急"])

    for typed, found, missed in (
        ("王", "第一项任务", "第二项任务"),
        ("急", "第二项任务", "第一项任务"),
        ("二项", "第二项任务", "第一项任务"),
        ("%", "没有符合", "第一项任务"),
    ):
        page = desk.get("/bookmarks/", {"q": typed}).content.decode()
        assert found in page, typed
        assert missed not in page, typed


def test_many_bookmarks_come_in_pages(
    desk: Client, reader: User, make_document: MakeDocument
) -> None:
    long = make_document(
        "长文件", [(2, "", f"第{n}节", f"内容{n}。") for n in range(120)], indexed=False
    )
    rows = [
        Bookmark(user=reader, document=long, anchor=f"p{n}", fingerprint=str(n), heading=f"节{n}")
        for n in range(1, 121)
    ]
    Bookmark.objects.bulk_create(rows)
    page = desk.get("/bookmarks/?page=2").content.decode()

    assert page.count('class="bookmark"') == 50
    assert "第 2 页，共 3 页" in page


def test_a_shared_folder_opens_without_an_account_until_the_link_is_taken_back(
    desk: Client, folder: Folder, document: Document
) -> None:
    bookmarks.annotate(Bookmark.objects.get(anchor="p1"), "不给外人看")
    desk.post(f"/bookmarks/folders/{folder.pk}/share/")
    folder.refresh_from_db()
    address = f"/shared/{folder.share_token}/"
    assert folder.share_token and len(folder.share_token) >= 32

    stranger = Client()
    answer = stranger.get(address)
    page = answer.content.decode()
    assert "第一项任务" in page
    assert "不给外人看" not in page
    assert "reader" not in page, "who shares it is not told"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]

    desk.post(f"/bookmarks/folders/{folder.pk}/share/", {"notes": "on"})
    assert "不给外人看" in stranger.get(address).content.decode()

    Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
    assert "第一项任务" not in stranger.get(address).content.decode()

    desk.post(f"/bookmarks/folders/{folder.pk}/unshare/")
    assert stranger.get(address).status_code == 404
    assert stranger.get("/shared/None/").status_code == 404


def test_a_folder_page_asks_little_however_full(
    desk: Client, folder: Folder, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(15):
        desk.get(folder.get_absolute_url())


CHANGES = [
    ("/bookmarks/{bookmark}/edit/", {"{bookmark}-note": "x", "{bookmark}-tags": "x"}),
    ("/bookmarks/{bookmark}/remove/", {}),
    ("/bookmarks/{bookmark}/accept/", {"anchor": "p2"}),
    ("/bookmarks/folders/{folder}/rename/", {"name": "x"}),
    ("/bookmarks/folders/{folder}/remove/", {}),
    ("/bookmarks/folders/{folder}/move/", {"bookmark": "{bookmark}", "to": "2"}),
    ("/bookmarks/folders/{folder}/share/", {"notes": "on"}),
    ("/bookmarks/folders/{folder}/unshare/", {}),
]
READS = ["/bookmarks/folders/{folder}/", "/bookmarks/export/csv/?folder={folder}"]


def state() -> list[object]:
    return [
        list(Bookmark.objects.order_by("pk").values()),
        list(Folder.objects.order_by("pk").values()),
        list(FolderPlace.objects.order_by("pk").values()),
    ]


@pytest.mark.parametrize(("address", "values"), CHANGES)
@pytest.mark.parametrize("who", ["somebody else", "nobody"])
def test_nobody_else_can_change_anything(
    who: str, address: str, values: dict[str, str], folder: Folder
) -> None:
    names = {"bookmark": folders.keys_in_order(folder)[0], "folder": folder.pk}
    browser = Client()
    if who == "somebody else":
        browser.force_login(User.objects.create_user("other"))
    before = state()
    data = {k.format(**names): v.format(**names) for k, v in values.items()}
    answer = browser.post(address.format(**names), data)

    assert answer.status_code == (404 if who == "somebody else" else 302)
    if who == "nobody":
        assert answer["Location"].startswith("/accounts/login/")
    assert state() == before


@pytest.mark.parametrize("address", READS)
def test_nobody_else_can_read_a_folder(address: str, folder: Folder) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("other"))

    assert browser.get(address.format(folder=folder.pk)).status_code == 404


def test_a_bookmark_cannot_be_put_into_somebody_elses_folder(
    desk: Client, reader: User, document: Document
) -> None:
    foreign = folders.create(User.objects.create_user("other"), "别人的")
    pk = bookmarks.add(reader, document, "p1").pk
    data = {
        f"{pk}-note": "",
        f"{pk}-tags": "",
        f"{pk}-folders": foreign.pk,
        "user": foreign.user_id,
    }
    answer = desk.post(f"/bookmarks/{pk}/edit/", data)

    assert answer.status_code == 400
    assert not foreign.places.exists()
    assert Bookmark.objects.get().user == reader


@pytest.mark.parametrize(("address", "values"), CHANGES)
def test_changes_need_a_post_with_a_token(
    address: str, values: dict[str, str], reader: User, folder: Folder
) -> None:
    names = {"bookmark": folders.keys_in_order(folder)[0], "folder": folder.pk}
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reader)
    before = state()

    assert browser.get(address.format(**names)).status_code == 405
    assert browser.post(address.format(**names), values).status_code == 403
    assert state() == before


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7919*7919 }}{% now 'Y' %}",
    "</textarea><svg onload=alert(1)>",
    "\u202etxt.exe\u2066",
    '=HYPERLINK("http://x")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_field(
    desk: Client, reader: User, make_document: MakeDocument, text: str
) -> None:
    document = make_document(text, [(2, "一、", text, text)], indexed=False)
    pk = bookmarks.add(reader, document, "p1").pk
    folder = folders.create(reader, text[:60])
    desk.post(
        f"/bookmarks/{pk}/edit/",
        {f"{pk}-note": text, f"{pk}-tags": text[:30], f"{pk}-folders": folder.pk},
    )
    folders.share(folder, notes=True)
    document.sections.filter(anchor="p1").update(text=f"改{text}", fingerprint="f" * 64)
    for address in (
        "/bookmarks/",
        folder.get_absolute_url(),
        f"/shared/{folder.share_token}/",
        f"/verify/?d={document.slug}&a=p1&f={'a' * 16}",
        "/bookmarks/?" + "q=" + text,
        "/bookmarks/?" + "tag=" + text,
    ):
        page = desk.get(address).content.decode()
        for tag in ("<script>alert", "<img", "<svg", 'href="javascript'):
            assert tag not in page, address
        assert "62710561" not in page or "{{" not in text


def test_a_copied_citation_says_whether_it_still_holds(client: Client, document: Document) -> None:
    section = document.sections.get(anchor="p2")
    address = bookmarks.fingerprint_link(section)
    assert "一致" in client.get(address).content.decode()

    document.sections.filter(pk=section.pk).update(anchor="p9")
    page = client.get(address).content.decode()
    assert "已变动" in page
    assert f'href="{document.get_absolute_url()}#p9"' in page

    document.sections.filter(pk=section.pk).update(fingerprint="0" * 64)
    assert "已不在这份文件里" in client.get(address).content.decode()
    Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
    assert client.get(address).status_code == 404
    assert client.get("/verify/?d=d1&a=p1&f=<script>").status_code == 400
