"""Titles alone are searched by a plain choice, which stays with all that is made of the search."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client

from portal.following import name_of, request_of, subjects
from portal.models import Follow
from search_indexes.finder import find
from search_indexes.form import BadRequestParameter, request_from_parameters
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
IN_TITLES = {"q": "科技 创新", "in": "title"}


@pytest.fixture(autouse=True)
def _library(make_document: MakeDocument) -> None:
    make_document("科技创新规划", "另有安排。", public_id="title", district="青浦区")
    make_document("科技统计办法", "推进科技创新。", public_id="half", district="青浦区")
    make_document("年度要点", "科技创新。", public_id="text", district="青浦区")


def shown(client: Client, parameters: dict[str, str]) -> str:
    """The page with every run of blanks as one."""
    return " ".join(client.get("/search/", parameters).content.decode().split())


def ids(address: str) -> list[str]:
    return sorted(each.id for each in find(request_from_parameters(QueryDict(address))).documents)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("科技 创新", "标题:科技 标题:创新"),
        ("“科技统计”", "标题:“科技统计”"),
        ("科技 -规划", "标题:科技 -标题:规划"),
        ("规划 OR 要点", "标题:规划 OR 标题:要点"),
        ("标题:科技", "标题:科技"),
    ],
)
def test_it_answers_as_the_written_field_does(typed: str, written: str) -> None:
    assert ids(f"q={typed}&in=title") == ids(f"q={written}")
    assert ids(f"q={typed}&in=title") != []


def test_another_field_that_was_written_stays(make_document: MakeDocument) -> None:
    make_document("科技通知", "无。", public_id="ours", issuers=["青浦区科委"])

    assert ids("q=科技 发文机关:青浦&in=title") == ["ours"]


def test_the_choice_is_two_radio_buttons_of_the_form(client: Client) -> None:
    whole = shown(client, {"q": "科技"})
    assert whole.count('type="radio" name="in"') == 2
    assert 'name="in" value="" form="search-form" checked' in whole
    titles = shown(client, IN_TITLES)
    assert 'name="in" value="title" form="search-form" checked' in titles
    assert "科技创新规划" in titles.replace("<mark>", "").replace("</mark>", "")
    assert client.get("/search/", {"q": "科技", "in": ""}).status_code == 200


def test_a_title_leads_to_its_document_and_not_to_every_section(client: Client) -> None:
    assert "另有安排" in client.get("/search/", {"q": "标题:创新"}).content.decode()
    page = shown(client, IN_TITLES)
    assert "另有安排" not in page
    assert "<strong>1</strong> 份文件 </p>" in page


def test_filters_orders_chips_and_the_table_keep_it(client: Client) -> None:
    page = client.get("/search/", {**IN_TITLES, "district": "青浦区", "sort": "newest"})
    links = page.context["links"]

    for address in (links.chips[0].url, links.sorts[0].url, page.context["export"]):
        assert "in=title" in address
    off = next(chip for chip in links.chips if chip.label == "只在标题里找")
    assert "in=title" not in off.url
    assert "district=" in off.url
    assert "in=title" not in links.clear


def test_the_feed_and_what_is_followed_keep_it(client: Client) -> None:
    client.force_login(User.objects.create_user("reader"))
    page = client.get("/search/", IN_TITLES)
    feed = client.get(page.context["follow_feed"]).content.decode()
    assert "科技创新规划" in feed
    assert "年度要点" not in feed

    client.post("/following/add/", {"kind": "search", "value": page.context["follow_value"]})
    kept = Follow.objects.get()
    assert request_of(kept).titles
    assert name_of(request_of(kept)) == "标题里的“科技 创新”"
    assert "in=title" in subjects([kept])[kept.pk].url


def test_a_number_in_titles_leads_to_no_other_document(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("通知", "无。", ref=("青科委", 2025, 1))

    assert client.get("/search/", {"q": "青科委〔2025〕1号"}).status_code == 302
    assert client.get("/search/", {"q": "青科委〔2025〕1号", "in": "title"}).status_code == 200


def test_the_command_and_the_api_know_it(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("find", "科技 创新", "--titles", "--json")
    assert json.loads(capsys.readouterr().out)["count"] == 1
    assert client.get("/api/v1/search", IN_TITLES).json()["count"] == 1


def test_another_place_is_refused_with_the_cure(client: Client) -> None:
    with pytest.raises(BadRequestParameter, match="in 只能是 title"):
        request_from_parameters(QueryDict("q=x&in=body"))
    assert client.get("/search/", {"q": "x", "in": "body"}).status_code == 400
    assert client.get("/api/v1/search", {"q": "x", "in": "body"}).json()["parameter"] == "in"
