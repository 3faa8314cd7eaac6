"""A reader says whether results were of use; editors read it, and nothing says who it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from documents.apps import EDITORS
from portal.rates import Rate
from search_indexes import searchlog
from search_indexes.models import SearchFeedback
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
AT = "/search/feedback/"
SAID = {"q": "元宇宙", "useful": "no", "said": "想找元宇宙的补贴标准。"}


def asks(page: str) -> bool:
    return "这些结果有用吗？" in page


def kept() -> list[tuple[str, bool, str]]:
    return list(SearchFeedback.objects.values_list("query", "useful", "said"))


def test_results_and_an_empty_answer_ask_without_a_script_or_a_cookie(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲", "创新。")
    for query in ("创新", "元宇宙"):
        page = client.get("/search/", {"q": query}).content.decode()
        assert asks(page)
        assert f'action="{AT}"' in page
    assert not asks(client.get("/search/").content.decode())
    assert not client.cookies


def test_an_answer_is_kept_with_its_query_and_the_reader_thanked(client: Client) -> None:
    form = client.get(AT, {"q": "元宇宙", "useful": "no"}).content.decode()
    assert 'value="no"' in form
    assert form.count("checked") == 1
    assert not SearchFeedback.objects.exists()

    answer = client.post(AT, {**SAID, "q": " 元宇宙　"}, follow=True)
    client.post(AT, {"q": "創新", "useful": "yes"})

    assert answer.redirect_chain == [("/search/?q=%E5%85%83%E5%AE%87%E5%AE%99", 302)]
    assert "已告诉编辑" in answer.content.decode()
    assert kept() == [("创新", True, ""), ("元宇宙", False, "想找元宇宙的补贴标准。")]


def test_only_the_day_and_the_words_are_kept() -> None:
    fields = {field.name for field in SearchFeedback._meta.get_fields()}
    assert fields == {"id", "day", "query", "useful", "said"}


@pytest.mark.parametrize(
    "said", ["请回 13800138000", "写信到 a@b.cn", "证件 １１０１０１１９９００３０７１２３４"]
)
def test_what_tells_who_it_was_is_refused_with_the_cure(client: Client, said: str) -> None:
    answer = client.post(AT, {**SAID, "said": said})

    assert answer.status_code == 400
    assert "请去掉" in answer.content.decode()
    assert kept() == []


@pytest.mark.parametrize("query", ["110101199003071234", "字" * 61, "", "\0"])
def test_what_the_log_does_not_count_is_not_asked_about(client: Client, query: str) -> None:
    assert not asks(client.get("/search/", {"q": query}).content.decode())
    assert client.get(AT, {"q": query}).status_code == 302
    assert client.post(AT, {**SAID, "q": query}).status_code == 400
    assert kept() == []


def test_without_the_log_nothing_is_asked(client: Client, settings: Any) -> None:
    settings.SEARCH_LOG_DAYS = 0

    assert not asks(client.get("/search/", {"q": "元宇宙"}).content.decode())
    assert client.post(AT, SAID).status_code == 400
    assert kept() == []


@pytest.mark.parametrize(
    "wrong", [{"useful": ""}, {"useful": "perhaps"}, {"said": "长" * 301}, {"said": "空\0字符"}]
)
def test_an_answer_that_cannot_be_kept_stays_in_the_form(
    client: Client, wrong: dict[str, str]
) -> None:
    answer = client.post(AT, {**SAID, **wrong})

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert kept() == []


def test_it_needs_the_token_of_a_form() -> None:
    assert Client(enforce_csrf_checks=True).post(AT, SAID).status_code == 403
    assert kept() == []


def test_it_is_limited_as_reports_are_but_may_be_looked_at(
    client: Client, counted: None, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "report": Rate(2, 3600.0)}
    outside = {"X-Forwarded-For": "203.0.113.7"}
    answers = [client.post(AT, SAID, headers=outside).status_code for _ in range(3)]

    assert answers == [302, 302, 429]
    assert client.get(AT, {"q": "元宇宙"}, headers=outside).status_code == 200


def test_it_goes_when_the_counts_of_its_day_go(settings: Any) -> None:
    settings.SEARCH_LOG_DAYS = 180
    today = timezone.localdate()
    for days in (180, 179):
        SearchFeedback.objects.create(
            day=today - timedelta(days=days), query=str(days), useful=True
        )
    searchlog.flush()

    assert kept() == [("179", True, "")]


def test_editors_read_it_beside_the_results_and_nobody_else(client: Client) -> None:
    client.post(AT, {**SAID, "said": "<b>补贴</b>"})
    listed = "/admin/search_indexes/searchfeedback/"
    reader = Client()
    reader.force_login(User.objects.create_user("reader", is_staff=True))
    assert reader.get(listed).status_code == 403

    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)
    page = client.get(listed, {"useful__exact": "0"}).content.decode()
    assert "&lt;b&gt;补贴" in page
    assert 'href="/search/?q=%E5%85%83%E5%AE%87%E5%AE%99"' in page
    one = SearchFeedback.objects.get()
    client.post(f"{listed}{one.pk}/change/", {"said": "别的话"})
    one.refresh_from_db()
    assert one.said == "<b>补贴</b>"
    client.post(f"{listed}{one.pk}/delete/", {"post": "yes"})
    assert kept() == []
