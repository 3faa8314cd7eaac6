"""A reader of one document is led to others like it, and told by what they are alike."""

from __future__ import annotations

from datetime import date
from unittest import mock

import pytest
from django.test import Client

from documents.models import Document, Status
from documents.publishing import withdraw
from search_indexes.query_sets import SearchUnavailable
from search_indexes.similar import MOST, similar_to
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
GREEN = [(2, "一、", "绿化规划", "城市绿地按规划建设。"), (2, "二、", "树木养护", "养护古树名木。")]
SAVED = [(2, "一、", "用水计划", "单位用水按计划供应。"), (2, "二、", "节水设施", "设施同时投用。")]


@pytest.fixture
def trees(make_document: MakeDocument) -> Document:
    """A regulation on trees, with two on trees and two on water beside it."""
    make_document(
        "嘉定区城市绿化条例", GREEN, public_id="g1", district="嘉定区", issuers=["绿化局"],
        ref=("嘉绿", 2024, 3), written=date(2024, 5, 6), themes=["绿化"],
    )  # fmt: skip
    make_document("国土绿化办法", GREEN, public_id="g2")
    make_document("节约用水条例", SAVED, public_id="w1")
    make_document("节约用水管理规定", SAVED, public_id="w2")
    return make_document(
        "青浦区城市绿化条例", GREEN, public_id="own", district="青浦区", themes=["绿化"]
    )


def listed(client: Client, document: Document) -> str:
    at = document.get_absolute_url()
    assert f'href="{at}similar/"' in client.get(at).content.decode()
    return client.get(f"{at}similar/").content.decode().split("<ol", 1)[1]


def test_the_likest_come_first_and_itself_never(trees: Document) -> None:
    found = [each.document.public_id for each in similar_to(trees)]

    assert found[:2] == ["g1", "g2"]
    assert "own" not in found
    assert not {"w1", "w2"} & {*found}
    assert [each.score for each in similar_to(trees)] == sorted(
        (each.score for each in similar_to(trees)), reverse=True
    )


def test_each_has_its_record_its_link_and_its_ground(client: Client, trees: Document) -> None:
    page = listed(client, trees)

    for shown in ('href="/documents/g1/"', "绿化局", "嘉绿〔2024〕3号", "2024年5月6日"):
        assert shown in page
    assert "同一主题：绿化" in page
    assert "用词相近：" in page


def test_the_same_type_is_a_ground(trees: Document) -> None:
    Document.objects.filter(public_id__in=["own", "g2"]).update(content_type="管理办法")
    trees.refresh_from_db()

    grounds = {each.document.public_id: each.grounds for each in similar_to(trees)}
    assert "同类文件：管理办法" in grounds["g2"]
    assert "同类文件：管理办法" not in grounds["g1"]


def test_the_issuer_and_the_place_make_nothing_alike(
    make_document: MakeDocument, trees: Document
) -> None:
    water = Document.objects.get(public_id="w1")
    same = make_document("青浦区养老服务条例", "青浦区养老。", public_id="old", district="青浦区")

    assert same not in [each.document for each in similar_to(trees)]
    assert [each.document.public_id for each in similar_to(water)] == ["w2"]


def test_what_readers_may_not_see_is_not_named(client: Client, trees: Document) -> None:
    withdraw(Document.objects.get(public_id="g1"))
    Document.objects.filter(public_id="g2").update(status=Status.DRAFT)

    assert similar_to(trees) == ()
    assert "没有与它明显相近的文件" in client.get("/documents/own/similar/").content.decode()
    assert client.get("/documents/g1/similar/").status_code == 404


def test_no_more_than_a_handful(make_document: MakeDocument, trees: Document) -> None:
    for number in range(MOST + 2):
        make_document(f"城市绿化第{number}号细则", GREEN, indexed=number > MOST)

    assert len(similar_to(trees)) == MOST


def test_a_document_that_says_nothing_has_none(make_document: MakeDocument) -> None:
    assert similar_to(make_document("通知", "")) == ()


def test_without_the_index_the_page_says_so(client: Client, trees: Document) -> None:
    with mock.patch("portal.views.similar.similar_to", side_effect=SearchUnavailable("x")):
        answer = client.get("/documents/own/similar/")

    assert answer.status_code == 503
    assert "检索暂时不可用" in answer.content.decode()
    assert client.get("/documents/own/").status_code == 200
