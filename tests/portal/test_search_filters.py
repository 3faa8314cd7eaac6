"""Days, kinds and years narrow an answer, and the page draws where it lies in time."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from documents.models import Document
from portal.year_chart import HEIGHT, MOST_YEARS, year_chart
from search_indexes.query_sets import SearchUnavailable
from search_indexes.results import Facet, FacetValue, SearchPage
from search_indexes.sync import catch_up
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(make_document: MakeDocument) -> None:
    for year, name in ((2023, "甲"), (2025, "乙"), (2025, "丙")):
        make_document(name, "科技创新。", written=date(year, 3, 31), indexed=False)
    make_document("丁", "科技创新。", indexed=False)
    Document.objects.filter(title="甲").update(document_type="通知", content_type="工作要点")
    catch_up()


def titles(client: Client, **parameters: str) -> list[str]:
    answer = client.get("/api/v1/search", {"q": "创新", **parameters}).json()
    return sorted(document["title"] for document in answer["documents"])


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"from": "2024-01-01"}, ["丙", "乙"]),
        ({"to": "2024-01-01"}, ["甲"]),
        ({"from": "2025-03-31", "to": "2025-03-31"}, ["丙", "乙"]),
        ({"from": "2026-01-01"}, []),
        ({"from": "", "to": ""}, ["丁", "丙", "乙", "甲"]),
    ],
)
def test_days_are_both_included_and_undated_documents_have_none(
    client: Client, three: None, parameters: dict[str, str], found: list[str]
) -> None:
    assert titles(client, **parameters) == sorted(found)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"from": "2025-02-30"}, "from"),
        ({"from": "2025"}, "from"),
        ({"to": "20250101"}, "to"),
        ({"to": "２０２５-01-01"}, "to"),
        ({"from": "2025-01-02", "to": "2025-01-01"}, "to"),
    ],
)
def test_a_wrong_day_is_refused_in_a_sentence(
    client: Client, parameters: dict[str, str], named: str
) -> None:
    problem = client.get("/api/v1/search", parameters)
    assert problem.status_code == 400
    assert problem.json()["parameter"] == named
    assert client.get("/search/", parameters).status_code == 400


def test_kinds_are_facets_with_what_is_not_stated(client: Client, three: None) -> None:
    facets = client.get("/api/v1/search", {"q": "创新"}).json()["facets"]
    for name, value in (("document_type", "通知"), ("content_type", "工作要点")):
        assert [(v["value"], v["count"]) for v in facets[name]] == [(value, 1), ("未注明", 3)]
        assert titles(client, **{name: value}) == ["甲"]
    assert titles(client, document_type="未注明") == ["丁", "丙", "乙"]


def test_days_are_kept_in_the_form_and_can_be_taken_off(client: Client, three: None) -> None:
    answer = client.get("/search/", {"q": "创新", "from": "2024-01-01", "sort": "newest"})
    page = " ".join(answer.content.decode().split())
    assert 'name="from" value="2024-01-01"' in page
    chips = {chip.label: chip.url for chip in answer.context["links"].chips}
    assert chips == {"成文日期：2024-01-01 至 最新": "/search/?q=%E5%88%9B%E6%96%B0&sort=newest"}


def test_the_years_are_drawn_and_told(client: Client, three: None) -> None:
    page = client.get("/search/", {"q": "创新"}).content.decode()
    assert page.count("<rect") == 2
    assert "各年份的文件数" in page
    assert '<th scope="row">2025</th>' in page


def test_bars_stand_at_their_year_and_are_as_high_as_their_count() -> None:
    values = [FacetValue("2025", 40), FacetValue("2023", 1), FacetValue("未注明", 9)]
    chart = year_chart(Facet("year", "年份", tuple(values)))
    assert chart is not None
    assert [(bar.year, bar.height) for bar in chart.bars] == [(2023, 2), (2025, HEIGHT)]
    assert chart.bars[1].x - chart.bars[0].x == 2 * chart.bars[0].x + 18
    assert chart.width == 30


def test_one_year_needs_no_chart_and_a_long_span_is_cut() -> None:
    assert year_chart(Facet("year", "年份", (FacetValue("2025", 4),))) is None
    span = tuple(FacetValue(str(year), 1) for year in range(1900, 2026))
    chart = year_chart(Facet("year", "年份", span))
    assert chart is not None
    assert len(chart.bars) == MOST_YEARS


def test_the_page_offers_the_words_alone(client: Client, make_document: MakeDocument) -> None:
    make_document("甲", "高新技术企业。")
    page = client.get("/search/", {"q": "高企"}).content.decode()
    assert "“高企”也检索了“高新技术企业”" in page
    assert "literal=1" in page
    alone = client.get("/search/", {"q": "高企", "literal": "1"}).content.decode()
    assert "也检索了" not in alone
    assert '<input type="hidden" name="literal" value="1">' in alone


def test_the_page_offers_the_order_without_the_lift_for_recent_documents(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲", "创新。")
    make_document("乙", "创新。")
    page = client.get("/search/", {"q": "创新"}).content.decode()
    assert 'href="/search/?q=%E5%88%9B%E6%96%B0&amp;ageless=1"' in page
    plain = client.get("/search/", {"q": "创新", "ageless": "1"}).content.decode()
    assert '<input type="hidden" name="ageless" value="1">' in plain
    assert "不计新旧<span" in plain
    assert (
        "ageless=1" not in client.get("/search/", {"sort": "newest", "q": "创新"}).content.decode()
    )


def test_without_words_the_newest_come_first_and_the_page_says_so(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲", written=date(2024, 1, 1))
    make_document("乙", written=date(2025, 1, 1))

    def orders(**asked: str) -> list[tuple[str, str, bool]]:
        links = client.get("/search/", asked).context["links"].sorts
        return [(each.label, each.url, each.current) for each in links]

    assert orders(q="") == [
        ("最新", "/search/", True),
        ("最早", "/search/?sort=oldest", False),
    ]
    assert [label for label, _, current in orders(q="", sort="oldest") if current] == ["最早"]
    assert [label for label, _, current in orders(q="甲", sort="newest") if current] == ["最新"]
    assert [label for label, *_ in orders(q="科技")] == ["相关度", "最新", "最早"]


def test_half_a_number_offers_the_documents_that_fit(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲规划", ref=("青科委", 2025, 1))
    page = client.get("/search/", {"q": "青科委〔2025〕"}).content.decode()
    assert "文号相近的文件" in page
    assert "甲规划" in page


def test_editors_may_ask_why_and_readers_may_not(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("科技规划", [(2, "一、", "科技创新", "推动科技，创新发展。")])
    address = {"q": "科技创新", "explain": "1"}
    assert "得分" not in client.get("/search/", address).content.decode()

    client.force_login(User.objects.create_superuser("editor"))
    page = client.get("/search/", address).content.decode()
    assert "本节得分" in page
    assert "章节标题原样出现 1 次" in page
    assert "相邻的词在本节连着出现：科技创新" in page
    assert "检索词就是文件标题" not in page
    titled = client.get("/search/", {"q": "科技规划", "explain": "1"}).content.decode()
    assert "检索词就是文件标题" in titled
    assert "得分" not in client.get("/search/", {"q": "科技创新"}).content.decode()


def test_without_an_index_the_database_knows_the_tick(
    client: Client, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    repealed = make_document("已经废止的规定", "创新。")
    Document.objects.filter(pk=repealed.pk).update(validity="repealed")
    make_document("别的规定", "创新。")

    def broken(_: object) -> SearchPage:
        raise SearchUnavailable("索引损坏")

    monkeypatch.setattr("portal.views.search.find", broken)
    answer = client.get("/search/", {"validity": "已废止"})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "已经废止的规定" in page
    assert "别的规定" not in page
