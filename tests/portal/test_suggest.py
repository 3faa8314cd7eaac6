"""The address the search box asks while a reader types."""

from __future__ import annotations

import pytest
from django.test import Client

from search_indexes.suggest import forget
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


def test_suggestions_come_with_their_kind(client: Client, make_document: MakeDocument) -> None:
    forget()
    make_document("科技创新规划")

    answer = client.get("/api/v1/suggest", {"q": "kjcx"})

    assert answer.json() == {
        "query": "kjcx",
        "suggestions": [{"text": "科技创新规划", "kind": "title", "label": "标题", "count": 1}],
    }
    assert "max-age" in answer["Cache-Control"]


def test_nothing_typed_suggests_nothing(client: Client) -> None:
    forget()
    assert client.get("/api/v1/suggest").json() == {"query": "", "suggestions": []}
    assert client.post("/api/v1/suggest").status_code == 405


def test_every_search_box_names_the_address_and_stays_a_form(client: Client) -> None:
    for address in ("/", "/search/"):
        page = client.get(address).content.decode()
        assert 'data-suggest="/api/v1/suggest"' in page
        assert 'action="/search/"' in page
