"""The first page says what the portal holds and leads into it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.conftest import MakeDocument

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
