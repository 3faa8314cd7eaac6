"""The first page says what the portal holds and leads into it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from documents.reference_data import FOLDER
from portal.district_map import TILES
from tests.conftest import MakeDocument

REGISTER = FOLDER / "districts.json"
pytestmark = pytest.mark.django_db


def test_home_counts_only_what_readers_may_see(client: Client, make_document: MakeDocument) -> None:
    make_document("甲通知", district="青浦区", written=date(2025, 1, 16), themes=["科技人才"])
    hidden = make_document("乙通知", district="青浦区", written=date(2024, 5, 1), indexed=False)
    hidden.__class__.objects.filter(pk=hidden.pk).update(status="withdrawn")

    answer = client.get("/")

    assert answer.status_code == 200
    assert [(h.value, h.count) for h in answer.context["districts"]] == [("青浦区", 1)]
    assert [(h.value, h.count) for h in answer.context["years"]] == [("2025", 1)]
    assert [(h.value, h.count) for h in answer.context["themes"]] == [("科技人才", 1)]
    assert "甲通知" in answer.content.decode()
    assert "乙通知" not in answer.content.decode()


def test_an_empty_portal_says_so(client: Client, db: None) -> None:
    assert "还没有已发布的文件" in client.get("/").content.decode()


def test_every_way_in_leads_to_its_documents(client: Client, make_document: MakeDocument) -> None:
    make_document("甲通知", district="青浦区", written=date(2025, 1, 16), themes=["科技人才"])
    make_document("乙通知", district="嘉定区", written=date(2024, 1, 16), themes=["科技金融"])

    for facet, value in (("district", "青浦区"), ("year", "2025"), ("theme", "科技人才")):
        page = client.get("/search/", {facet: value}).content.decode()
        assert "甲通知" in page, facet
        assert "乙通知" not in page, facet


def test_districts_lie_on_a_map_and_other_places_in_a_list(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲通知", district="青浦区", indexed=False)
    make_document("乙通知", district="宁波市", indexed=False)
    page = client.get("/").content.decode()
    tiles = re.findall(r'<li data-tile="(\d{6})">(.*?)</li>', page, re.S)

    assert len(tiles) == 16
    linked = {code for code, tile in tiles if "<a " in tile}
    assert linked == {"310118"}
    assert all("还没有文件" in tile for code, tile in tiles if code not in linked)
    assert f"district={quote('宁波市')}" in page.partition("</ul>")[2]


def test_a_portal_of_another_city_has_no_map_of_this_one(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("乙通知", district="宁波市", indexed=False)
    page = client.get("/").content.decode()

    assert "data-tile" not in page
    assert "宁波市" in page


def test_every_tile_has_a_place_and_a_district_of_the_register() -> None:
    styles = (Path(finders.find("css/home.css") or "")).read_text("utf-8")
    register = json.loads(REGISTER.read_text("utf-8"))
    known = {row["code"]: row["name"] for row in register if row["code"] != "310000"}

    assert known == TILES
    assert {code for code in TILES if f'[data-tile="{code}"]' in styles} == set(TILES)


def test_a_long_list_is_folded_not_cut(client: Client, make_document: MakeDocument) -> None:
    for year in range(2000, 2020):
        make_document(f"{year}年通知", written=date(year, 1, 16), indexed=False)
    page = client.get("/").content.decode()

    assert all(f"?year={year}" in page for year in range(2000, 2020))
    assert page.index("更早的年份") < page.index("?year=2007")
    assert page.index("?year=2008") < page.index("更早的年份")


def test_a_search_that_finds_nothing_shows_the_same_ways_in(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲通知", district="青浦区", themes=["科技人才"])
    page = client.get("/search/", {"q": "鑫淼"}).content.decode()

    assert f"?district={quote('青浦区')}" in page
    assert f"?theme={quote('科技人才')}" in page
