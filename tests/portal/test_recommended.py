"""What editors recommend for a query stands above its results, marked, and only while published."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from documents.apps import EDITORS
from documents.models import Document
from documents.publishing import withdraw
from search_indexes.models import Recommendation, SynonymGroup
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _library(make_document: MakeDocument) -> None:
    make_document("创新券管理办法", "发放创新券。", public_id="rules", issuers=["区科委"])
    make_document("创新券申领指南", "怎样申领。", public_id="guide", district="青浦区")
    make_document("科技要点", "用好创新券。", public_id="plan", district="青浦区")


def recommend(queries: str, *ids: str) -> Recommendation:
    made = Recommendation.objects.create(queries=queries)
    for order, key in enumerate(ids):
        made.places.create(document=Document.objects.get(public_id=key), order=order)
    return made


def above(client: Client, query: str, **more: str) -> list[str]:
    """The ids of what stands under 编辑推荐 for *query*."""
    answer = client.get("/search/", {"q": query, **more})
    page = answer.content.decode()
    found = [each.public_id for each in answer.context["recommended"]]
    assert bool(found) == ("编辑推荐" in page)
    return found


def test_they_come_in_the_editors_order_before_the_results(client: Client) -> None:
    recommend("创新券\n科技创新券", "guide", "plan")

    assert above(client, "创新券") == ["guide", "plan"]
    assert above(client, "科技创新券") == ["guide", "plan"]
    page = client.get("/search/", {"q": "创新券"}).content.decode()
    assert page.index("编辑推荐") < page.index('class="hits')
    assert page.count("/documents/rules/") >= 1


@pytest.mark.parametrize("typed", ["創新券", " 创新　券 ", "“创新券”"])
def test_the_query_is_compared_as_search_compares(client: Client, typed: str) -> None:
    recommend("创新券", "guide")

    assert above(client, typed) == ["guide"]


@pytest.mark.parametrize("typed", ["创新", "创新券 申领", "-创新券", "标题:创新券", "科技"])
def test_another_query_has_none(client: Client, typed: str) -> None:
    recommend("创新券", "guide")

    assert above(client, typed) == []


def test_a_synonym_of_the_whole_query_will_do_unless_the_words_alone_are_asked(
    client: Client,
) -> None:
    SynonymGroup.objects.create(terms="创新券\n科创抵用券")
    recommend("创新券", "guide")

    assert above(client, "科创抵用券") == ["guide"]
    assert above(client, "科创抵用券", literal="1") == []
    assert above(client, "科创抵用券 申领") == []


def test_they_stand_above_an_empty_answer_too(client: Client) -> None:
    recommend("发券", "guide")

    assert client.get("/search/", {"q": "发券"}).context["page"].count == 0
    assert above(client, "发券") == ["guide"]


def test_who_narrows_the_results_sees_the_results(client: Client) -> None:
    recommend("创新券", "rules")

    assert above(client, "创新券", district="青浦区") == []
    assert above(client, "创新券", **{"from": "2020-01-01"}) == []
    assert above(client, "创新券", **{"in": "title"}) == []


def test_only_what_is_published_and_in_use(client: Client) -> None:
    made = recommend("创新券", "guide", "rules")
    withdraw(Document.objects.get(public_id="guide"))
    assert above(client, "创新券") == ["rules"]

    made.active = False
    made.save()
    assert above(client, "创新券") == []


def test_a_query_without_any_costs_one_question(client: Client) -> None:
    above(client, "科技")
    with CaptureQueriesContext(connection) as queries:
        above(client, "科技")
    assert len([each for each in queries if "recommend" in each["sql"]]) == 1


@pytest.mark.parametrize("queries", ["", " \n ", "。。", "创新券\n！", "字" * 61])
def test_what_is_no_query_is_refused_with_the_cure(queries: str) -> None:
    with pytest.raises(ValidationError, match="检索词"):
        Recommendation(queries=queries).clean()


def test_editors_make_them_in_the_admin_and_nobody_else(client: Client) -> None:
    at = "/admin/search_indexes/recommendation/add/"
    form = {
        "queries": "创新券", "active": "on", "places-TOTAL_FORMS": "1",
        "places-INITIAL_FORMS": "0", "places-0-order": "0",
        "places-0-document": str(Document.objects.get(public_id="guide").pk),
    }  # fmt: skip
    reader = Client()
    reader.force_login(User.objects.create_user("reader", is_staff=True))
    assert reader.post(at, form).status_code == 403

    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)
    empty = {**form, "places-0-document": ""}
    assert "errorlist" in client.post(at, empty).content.decode()
    assert client.post(at, form).status_code == 302
    assert above(Client(), "创新券") == ["guide"]
    assert "创新券" in client.get("/admin/search_indexes/recommendation/").content.decode()
