"""An answer leaves as a table: the page's order, exact addresses, nothing that could run."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from portal.views import search_export
from search_indexes.query_sets import SearchUnavailable
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff"), "without it spreadsheets read Chinese wrongly"
    return list(csv.reader(io.StringIO(text[1:], newline="")))


@pytest.fixture
def two(make_document: MakeDocument) -> None:
    make_document(
        "工作要点",
        [(2, "一、", "培育企业", "高新技术企业补贴。"), (2, "二、", "服务", "补贴兑现。")],
        issuers=["甲委", "乙委"],
        ref=("青科委", 2025, 1),
        district="青浦区",
        written=date(2025, 1, 16),
    )
    make_document("=HYPERLINK(1)", "=1+1，补贴。", written=date(2024, 1, 1))


def test_every_section_shown_is_a_row_with_its_address(client: Client, two: None) -> None:
    answer = client.get("/search/export.csv", {"q": "补贴", "sort": "newest"})
    head, *rows = table(answer)
    assert "attachment" in answer["Content-Disposition"]
    assert tuple(head) == search_export.COLUMNS
    first = dict(zip(head, rows[0], strict=True))
    assert first["文件"] == "工作要点"
    assert first["发文机关"] == "甲委、乙委"
    assert (first["发文字号"], first["成文日期"]) == ("青科委〔2025〕1号", "2025-01-16")
    assert (first["区"], first["命中处数"]) == ("青浦区", "2")
    places = {row[-1] for row in rows if row[1] == "工作要点"}
    assert places == {"http://testserver/documents/d1/#p1", "http://testserver/documents/d1/#p2"}
    assert {row[0] for row in rows} == {"1", "2"}


def test_no_cell_is_a_formula(client: Client, two: None) -> None:
    _, *rows = table(client.get("/search/export.csv", {"q": "1+1"}))
    assert rows
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_ticks_hold_and_without_words_every_document_is_a_row(client: Client, two: None) -> None:
    _, *rows = table(client.get("/search/export.csv", {"district": "青浦区"}))
    assert [row[1] for row in rows] == ["工作要点"]
    assert len(table(client.get("/search/export.csv"))) == 3


def test_a_table_that_is_cut_off_says_so(
    client: Client, two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_export, "MOST", 1)
    rows = table(client.get("/search/export.csv", {"q": "补贴"}))
    assert rows[-1][1] == "共 2 份文件，这里是前 1 份；缩小范围可导出其余的。"
    assert {row[0] for row in rows[1:-1]} == {"1"}


def test_a_mistake_is_a_sentence_and_a_failed_search_leads_to_its_page(
    client: Client, two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = client.get("/search/export.csv", {"from": "昨天"})
    assert wrong.status_code == 400
    assert "应是一个日期" in wrong.content.decode()

    def fail(*_: object) -> None:
        raise SearchUnavailable("索引不见了。")

    monkeypatch.setattr(search_export, "find", fail)
    answer = client.get("/search/export.csv", {"q": "补贴"})
    assert answer.status_code == 302
    assert answer["Location"] == "/search/?q=%E8%A1%A5%E8%B4%B4"


def test_the_page_leads_to_its_table(client: Client, two: None) -> None:
    page = client.get("/search/", {"q": "补贴", "district": "青浦区"}).content.decode()
    assert 'href="/search/export.csv?q=%E8%A1%A5%E8%B4%B4&amp;district=' in page
    assert "导出表格（CSV，1 份）" in page
