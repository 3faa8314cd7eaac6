"""Editors learn what is asked, what finds nothing and what is opened, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from documents.apps import EDITORS
from search_indexes import searchlog
from search_indexes.models import SearchCount
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_waiting() -> Iterator[None]:
    searchlog._waiting.asked.clear()
    searchlog._waiting.opened.clear()
    yield
    searchlog._waiting.asked.clear()
    searchlog._waiting.opened.clear()


@pytest.fixture
def document(make_document: MakeDocument) -> None:
    make_document("甲", "科技创新。")


def counts() -> list[tuple[str, int, int, int]]:
    searchlog.flush()
    return sorted(SearchCount.objects.values_list("query", "asked", "opened", "found"))


def open_from(client: Client, referer: str, **parameters: str) -> None:
    client.get("/documents/d1/", parameters, headers={"Referer": referer})


def test_searches_are_counted_by_day_and_query(client: Client, document: None) -> None:
    for query in ("创新", " 創新 ", "ＡＩ", "ai"):
        client.get("/search/", {"q": query})
    client.get("/search/", {"q": "创新", "district": "青浦区"})

    assert counts() == [("ai", 2, 0, 0), ("创新", 3, 0, 0)]
    client.get("/search/", {"q": "创新"})
    assert counts()[1] == ("创新", 4, 0, 1)


def test_a_document_opened_from_an_answer_counts(client: Client, document: None) -> None:
    client.get("/search/", {"q": "创新"})
    open_from(client, "http://testserver/search/?q=%E5%88%9B%E6%96%B0", q="创新")

    assert counts() == [("创新", 1, 1, 1)]


def test_however_much_was_asked_is_written_in_a_few_statements(
    django_assert_max_num_queries: Any,
) -> None:
    """Each is a while in which nobody else writes, if the process is busy searching."""
    for number in range(450):
        searchlog.asked(f"查询{number}", number)
        searchlog.opened(f"只打开{number}")
    with django_assert_max_num_queries(12):
        assert searchlog.flush() == 900
    searchlog.asked("查询7", 5)
    searchlog.opened("查询7")
    searchlog.opened("查询8")
    searchlog.flush()

    assert SearchCount.objects.count() == 900
    found = {row.query: (row.asked, row.opened, row.found) for row in SearchCount.objects.all()}
    assert found["查询7"] == (2, 1, 5)
    assert found["查询8"] == (1, 1, 8)
    assert found["只打开7"] == (0, 1, 0)


@pytest.mark.parametrize(
    "referer", ["", "http://elsewhere.example/search/", "http://testserver/documents/d1/"]
)
def test_a_shared_link_or_a_reload_is_no_opening(
    client: Client, document: None, referer: str
) -> None:
    open_from(client, referer, q="创新")
    open_from(client, "http://testserver/search/")
    assert counts() == []


@pytest.mark.parametrize(
    "query", ["110101199003071234", "张三 13800138000", "a@b.cn", "字" * 61, "", "  "]
)
def test_personal_numbers_and_whole_letters_are_not_kept(client: Client, query: str) -> None:
    client.get("/search/", {"q": query})
    assert counts() == []


@pytest.mark.parametrize("query", ["青科委〔2025〕1号", "2024年 12345 热线"])
def test_other_numbers_are(client: Client, document: None, query: str) -> None:
    client.get("/search/", {"q": query})
    assert len(counts()) == 1


def test_old_counts_go_and_the_log_can_be_off(
    client: Client, document: None, settings: Any
) -> None:
    today = timezone.localdate()
    SearchCount.objects.create(day=today - timedelta(days=180), query="旧", asked=1)
    SearchCount.objects.create(day=today - timedelta(days=179), query="新", asked=1)
    settings.SEARCH_LOG_DAYS = 180
    assert counts() == [("新", 1, 0, 0)]

    settings.SEARCH_LOG_DAYS = 0
    client.get("/search/", {"q": "创新"})
    assert counts() == []


def test_editors_see_what_found_nothing(client: Client) -> None:
    SearchCount.objects.create(day=timezone.localdate(), query="元宇宙", asked=3)
    SearchCount.objects.create(day=timezone.localdate(), query="创新", asked=3, found=2)
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)

    page = client.get("/admin/search_indexes/searchcount/", {"result": "nothing"})

    assert "元宇宙" in page.content.decode()
    assert "创新" not in page.content.decode().split("<tbody>")[1]
    assert client.get("/admin/search_indexes/synonymgroup/").status_code == 200
