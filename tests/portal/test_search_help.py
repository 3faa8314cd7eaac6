"""The language is explained by examples that work here, and a form writes it for whoever asks."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html

from portal.views import search_help
from search_indexes import examples
from search_indexes.advanced import parameters_of, query_of, years_before
from search_indexes.query import MAX_TERMS, parse_query
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import QueryField, Term, TermKind
from tests.conftest import MakeDocument
from tests.search_indexes.test_hostile import TYPED


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    make_document(
        "青浦区科技创新规划",
        "对高新技术企业给予补贴，鼓励创新。",
        issuers=["青浦区科学技术委员会"],
        ref=("青科委", 2025, 1),
        district="青浦区",
        written=localdate(),
    )
    make_document("人才办法", "引进人才，企业服务机构。", written=date(2001, 2, 3))


def tree_of(markup: str) -> Any:
    """A page as lxml reads it, whose types say less than what is known here."""
    return html.document_fromstring(markup)


def rows(client: Client) -> list[tuple[str, str, str]]:
    """What the help page shows of every example: its words, address and count."""
    answer = client.get("/search/help/")
    assert answer.status_code == 200
    tree = tree_of(answer.content.decode())
    return [
        (
            row.xpath("string(a)"),
            row.xpath("string(a/@href)"),
            row.xpath("string(span[@class='count'])"),
        )
        for row in tree.xpath("//section[contains(@class, 'examples')]/ul[@class='plain-list']/li")
    ]


def test_every_example_finds_as_many_documents_as_it_says(client: Client, library: None) -> None:
    shown = rows(client)
    assert len(shown) > 12
    counted = 0
    for typed, address, count in shown:
        answer = client.get(address)
        if not count:
            assert typed == "青科委〔2025〕1号"
            assert answer.status_code == 302, "a number leads straight to its document"
            continue
        counted += int(count.split()[0]) > 0
        tally = tree_of(answer.content.decode()).xpath("string(//p[@class='tally'])")
        said = " ".join(tally.split())
        assert said.startswith(f"{count.replace(' ', ' ')}文件") or count == "0 份", typed
    assert counted > 12, "examples that find nothing give way to others"


def test_examples_are_counted_once_until_what_is_held_changes(
    client: Client, library: None, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counted() -> tuple[examples.Group, ...]:
        nonlocal made
        made += 1
        return examples.examples()

    monkeypatch.setattr(search_help, "examples", counted)
    before = rows(client)
    assert rows(client) == before
    assert made == 1
    make_document("规划二", "高新技术企业补贴。")
    after = rows(client)
    assert made == 2
    assert after != before


def test_without_an_index_the_rules_are_still_there(
    client: Client, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise SearchUnavailable("索引正在重建。")

    monkeypatch.setattr(search_help, "indexed", unavailable)
    monkeypatch.setattr(examples, "one_index", unavailable)
    shown = rows(client)
    assert len(shown) > 12
    assert not any(count for _, _, count in shown)


def test_an_empty_portal_explains_its_language_too(client: Client, db: None) -> None:
    assert len(rows(client)) > 10


def test_the_page_is_linked_wherever_one_searches(client: Client, library: None) -> None:
    for address in ("/", "/search/?q=规划", "/search/?q=鑫淼"):
        assert 'href="/search/help/"' in client.get(address).content.decode()
    page = client.get("/search/", {"q": "规划 “企业”"}).content.decode()
    [link] = tree_of(page).xpath("//a[text()='高级检索']/@href")
    form = client.get(link).content.decode()
    assert 'value="规划 “企业”"' in unescape(form)


@pytest.mark.parametrize(
    ("boxes", "typed"),
    [
        ({"all": "科技 创新"}, "科技 创新"),
        ({"exact": "科技 “创新”"}, "“科技 创新”"),
        ({"any": "区块链 量子"}, "区块链 OR 量子"),
        ({"none": "人才 补贴"}, "-人才 -补贴"),
        ({"all": "企业", "none": "甲 OR 乙"}, "企业 -(甲 OR 乙)"),
        ({"title": "规划 “十四五”", "issuer": "青浦"}, "标题:规划 标题:“十四五” 发文机关:青浦"),
        ({"number": " 青科委 〔2025〕1号 "}, "青科委〔2025〕1号"),
        ({"all": "企业", "number": "2025"}, "企业 文号:2025"),
        ({"all": "甲 -乙", "any": "丙"}, "甲 -乙 丙"),
        ({"any": "OR"}, "“OR”"),
        ({"exact": "！", "all": " "}, ""),
    ],
)
def test_the_form_writes_what_a_reader_would_type(boxes: dict[str, str], typed: str) -> None:
    assert query_of(boxes) == typed


NAMES = [name for name, *_ in search_help.BOXES]
WORDS = st.lists(st.text("甲乙丙丁a1", min_size=1, max_size=3), min_size=1, max_size=4)
FIELDS = {"title": QueryField.TITLE, "issuer": QueryField.ISSUER}


@hypothesis_settings(max_examples=40, deadline=None)
@given(boxes=st.dictionaries(st.sampled_from(NAMES[:-1]), WORDS))
def test_every_word_of_every_box_is_asked_for_as_the_box_says(boxes: dict[str, list[str]]) -> None:
    query = parse_query(query_of({name: " ".join(words) for name, words in boxes.items()}))
    asked = {
        Term(word, field=FIELDS.get(name, QueryField.ANYWHERE), excluded=name == "none")
        for name, words in boxes.items()
        for word in words
        if name != "exact"
    }
    asked |= {Term(" ".join(boxes[name]), TermKind.EXACT) for name in boxes if name == "exact"}
    assert set(query.terms) == asked
    either = [clause for clause in query.clauses if len(clause) > 1]
    assert len(either) == (len(boxes.get("any", [])) > 1)


@hypothesis_settings(max_examples=30, deadline=None)
@given(boxes=st.dictionaries(st.sampled_from(NAMES), TYPED))
def test_whatever_is_put_in_the_boxes_is_a_query(boxes: dict[str, str]) -> None:
    made = query_of(boxes)
    assert len(parse_query(made).terms) <= MAX_TERMS


def test_the_form_leads_to_the_search_with_its_query_filters_and_days(
    client: Client, library: None
) -> None:
    answer = client.get(
        "/search/advanced/",
        {"go": "1", "all": "高新技术企业", "none": "人才", "district": "青浦区", "period": "1"},
    )
    assert answer.status_code == 302
    target = urlsplit(answer["Location"])
    assert target.path == "/search/"
    first = years_before(localdate(), 1).isoformat()
    asked = parse_qs(target.query)
    assert asked == {"q": ["高新技术企业 -人才"], "district": ["青浦区"], "from": [first]}
    page = client.get(answer["Location"])
    assert 'value="高新技术企业 -人才"' in page.content.decode()
    assert page.context["page"].count == 1


def test_days_that_were_typed_go_before_years_counted_back() -> None:
    boxes = {"period": "3", "to": "2020-01-01", "from": ""}
    assert parameters_of(boxes, date(2024, 2, 29)) == [("to", "2020-01-01")]
    assert parameters_of({"period": "3"}, date(2024, 2, 29)) == [("from", "2021-03-01")]
    assert parameters_of({"period": "99"}, date(2024, 2, 29)) == []


def test_an_empty_form_lists_everything_and_a_wrong_day_is_named(
    client: Client, library: None
) -> None:
    assert client.get("/search/advanced/?go=1")["Location"] == "/search/"
    answer = client.get("/search/advanced/?go=1&from=yesterday", follow=True)
    assert answer.status_code == 400
    assert "应是一个日期" in answer.content.decode()
