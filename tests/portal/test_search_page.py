"""What a reader sees of an answer, of none, and of a search that fails."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from portal.views import search as search_view
from search_indexes.query_sets import SearchUnavailable
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


def page_of(client: Client, **parameters: Any) -> str:
    answer = client.get("/search/", parameters)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def two(make_document: MakeDocument) -> None:
    make_document(
        "青浦区工作要点",
        [
            (2, "一、", "培育企业", "认定高新技术企业。"),
            (3, "（一）", "补贴", "高新技术企业补贴。"),
        ],
        issuers=["青浦区科委"],
        ref=("青科委", 2025, 1),
        district="青浦区",
        written=date(2025, 1, 16),
        themes=["高新技术企业"],
    )
    make_document(
        "嘉定区工作要点",
        [(2, "一、", "服务企业", "服务高新技术企业。")],
        ref=("嘉科", 2024, 4),
        district="嘉定区",
        written=date(2024, 3, 31),
    )


def test_a_hit_links_to_its_section_and_carries_the_query(client: Client, two: None) -> None:
    page = page_of(client, q="补贴")

    address = re.search(r'class="hit-path"\s+href="([^"]+)"', page)
    assert address is not None
    parts = urlsplit(address.group(1))
    assert parts.path == "/documents/d1/"
    assert parts.fragment == "p2"
    assert parse_qs(parts.query) == {"q": ["补贴"]}
    assert "<mark>补贴</mark>" in page


def test_the_record_line_and_the_counts_are_shown(client: Client, two: None) -> None:
    page = page_of(client, q="高新技术企业")

    assert re.search(r"<strong>2</strong> 份文件，\s*<strong>3</strong> 处", page)
    for piece in ("青浦区科委", "青科委〔2025〕1号", "2025年1月16日", "青浦区"):
        assert piece in page


def test_a_ticked_filter_is_a_chip_that_takes_it_off_again(client: Client, two: None) -> None:
    answer = client.get("/search/", {"q": "企业", "district": ["青浦区", "嘉定区"], "year": "2025"})

    chips = {chip.label: chip.url for chip in answer.context["links"].chips}
    assert list(chips) == ["区：青浦区", "区：嘉定区", "年份：2025"]
    left = parse_qs(urlsplit(chips["区：青浦区"]).query)
    assert left == {"q": ["企业"], "district": ["嘉定区"], "year": ["2025"]}
    assert 'value="青浦区" form="search-form" checked>' in answer.content.decode()
    assert answer.content.decode().split('<div class="facets-body">')[1].count("checked") == 3


def test_the_order_survives_a_new_question(client: Client, two: None) -> None:
    assert '<input type="hidden" name="sort" value="oldest">' in page_of(
        client, q="企业", sort="oldest"
    )


def test_a_reference_number_leads_straight_to_its_document(client: Client, two: None) -> None:
    answer = client.get("/search/", {"q": "青科委[2025]第1号"})

    assert answer.status_code == 302
    assert answer["Location"] == "/documents/d1/"


def test_nothing_found_offers_ways_on(client: Client, two: None) -> None:
    page = page_of(client, q="量子纠缠 企业", district="青浦区")

    assert "没有找到文件" in page
    assert "去掉筛选条件再找" in page
    assert "?q=%E4%BC%81%E4%B8%9A" in page, "each word alone"
    assert "?district=%E5%98%89%E5%AE%9A%E5%8C%BA" in page, "browsing"


def test_the_nearest_are_shown_and_the_dropped_word_is_named(client: Client, two: None) -> None:
    page = page_of(client, q="量子 嘉定 企业")

    assert "没有找到文件" in page
    assert "去掉了“量子”" in page
    assert "/documents/d2/?q=%E5%98%89%E5%AE%9A+%E4%BC%81%E4%B8%9A" in page


def test_pages_know_their_neighbours(client: Client, make_document: MakeDocument) -> None:
    for number in range(41):
        make_document(f"第{number}号通知", "创新。", indexed=number == 40)

    page = page_of(client, q="创新", page=2)

    assert 'rel="prev" href="/search/?q=%E5%88%9B%E6%96%B0"' in page
    assert 'rel="next" href="/search/?q=%E5%88%9B%E6%96%B0&amp;page=3"' in page
    assert '<ol class="hits plain-list" start="21">' in page


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"page": "99"}, 404),
        ({"page": "0"}, 400),
        ({"page": "二"}, 400),
        ({"sort": "random"}, 400),
        ({"year": "二〇二五"}, 200),
        ({"district": "月球"}, 200),
        ({"utm_source": "x"}, 200),
        ({"q": "\0<script>"}, 200),
        ({"q": "标题:((("}, 200),
    ],
)
def test_odd_parameters_get_an_answer_never_a_failure(
    client: Client, two: None, parameters: dict[str, str], status: int
) -> None:
    assert client.get("/search/", parameters).status_code == status


def test_what_was_typed_is_never_markup(client: Client, two: None) -> None:
    page = page_of(client, q='"><script>alert(1)</script>', district="<b>区</b>")

    assert "<script>alert" not in page
    assert "<b>区" not in page


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> None:
        raise SearchUnavailable("索引无法读取。")

    monkeypatch.setattr(search_view, "find", fail)


def test_a_failed_search_says_so_and_lists_documents(
    client: Client, two: None, broken: None
) -> None:
    answer = client.get("/search/", {"q": "嘉定"})

    page = answer.content.decode()
    assert answer.status_code == 503
    assert "全文检索暂时不可用" in page
    assert "嘉定区工作要点" in page
    assert "青浦区工作要点" not in page


def test_a_failed_search_without_a_fitting_title_lists_everything(
    client: Client, two: None, broken: None
) -> None:
    page = client.get("/search/", {"q": "补贴"}).content.decode()

    assert "青浦区工作要点" in page
    assert "嘉定区工作要点" in page


@pytest.mark.parametrize(
    "chosen",
    [{"district": "青浦区"}, {"year": "2025"}, {"theme": "高新技术企业"}, {"issuer": "青浦区科委"}],
)
def test_filters_hold_when_search_fails(
    client: Client, two: None, broken: None, chosen: dict[str, str]
) -> None:
    page = client.get("/search/", chosen).content.decode()

    assert "青浦区工作要点" in page
    assert "嘉定区工作要点" not in page


def test_a_parameter_the_search_does_not_know_is_named(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("关于科技创新的通知", [(2, "一、", "总则", "科技创新。")])

    page = client.get("/search/", {"q": "科技", "colour": "red"}).content.decode()

    assert "“colour”" in page
    assert "没有用上" in page
