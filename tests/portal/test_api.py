"""The API gives what the pages give, and says plainly what is wrong with a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from documents.models import Document, FormerSlug, Status
from tests.conftest import MakeDocument

SEARCH = "/api/v1/search"


@pytest.fixture
def library(make_document: MakeDocument) -> Document:
    make_document("乙", "创新。", public_id="b")
    return make_document(
        "科技规划",
        "加快创新。",
        public_id="a",
        issuers=["甲委"],
        ref=("甲", 2025, 3),
        district="青浦区",
        written=date(2025, 1, 16),
        themes=["人才"],
    )


def test_the_root_says_what_can_be_asked(client: Client) -> None:
    assert client.get("/api/v1/").json() == {
        "search": "/api/v1/search",
        "suggest": "/api/v1/suggest",
        "document": "/api/v1/documents/{slug}",
        "description": "/api/v1/openapi.json",
    }


def test_search_gives_the_documented_shape(client: Client, library: Document) -> None:
    answer = client.get(SEARCH, {"q": "创新", "district": "青浦区"}).json()
    assert answer.pop("milliseconds") >= 0
    (document,) = answer.pop("documents")
    (section,) = document.pop("sections")
    # The newest document's score has the whole lift for recent ones (PORTAL_SEARCH_RECENCY).
    assert document.pop("score") == pytest.approx(section.pop("score") * 1.1, abs=0.002)
    assert section == {
        "anchor": "p1",
        "url": "/documents/a/#p1",
        "path": ["加快创新。"],
        "excerpt": [
            {"text": "加快", "match": False},
            {"text": "创新", "match": True},
            {"text": "。", "match": False},
        ],
    }
    assert document == {
        "id": "a",
        "url": "/documents/a/",
        "title": "科技规划",
        "issuers": ["甲委"],
        "ref_no": "甲〔2025〕3号",
        "date": "2025-01-16",
        "district": "青浦区",
        "themes": ["人才"],
        "section_count": 1,
    }
    assert answer.pop("facets")["district"] == [
        {"value": "青浦区", "count": 1, "selected": True},
        {"value": "未注明", "count": 1, "selected": False},
    ]
    assert answer == {
        "query": "创新",
        "count": 1,
        "section_count": 1,
        "page": 1,
        "pages": 1,
        "suggestions": [],
        "notes": [],
        "jump": None,
        "nearest": None,
        "synonyms": [],
        "numbers": [],
    }


def test_find_prints_what_the_api_gives(
    client: Client, library: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("find", "创新", "--json", "--limit", "1")
    printed = json.loads(capsys.readouterr().out)
    given = client.get(SEARCH, {"q": "创新", "page_size": "1"}).json()
    assert {**printed, "milliseconds": 0} == {**given, "milliseconds": 0}
    assert given["pages"] == 2


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"limit": "5"}, "limit"),
        ({"page": "0"}, "page"),
        ({"page": "1.5"}, "page"),
        ({"page": "٣"}, "page"),
        ({"page": "9" * 400}, "page"),
        ({"page_size": "101"}, "page_size"),
        ({"sort": "best"}, "sort"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: Client, library: Document, parameters: dict[str, str], named: str
) -> None:
    response = client.get(SEARCH, parameters)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["parameter"] == named
    assert problem["status"] == 400
    assert named in problem["detail"] or problem["detail"]


def test_a_page_that_does_not_exist_is_not_found(client: Client, library: Document) -> None:
    response = client.get(SEARCH, {"q": "创新", "page": "9"})
    assert response.status_code == 404
    assert response.json()["pages"] == 1


def test_without_an_index_the_answer_is_503_with_a_time(client: Client, db: None) -> None:
    response = client.get(SEARCH, {"q": "创新"})
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "reindex" not in response.json()["detail"]


def test_a_document_comes_with_its_record_and_sections(client: Client, library: Document) -> None:
    answer = client.get("/api/v1/documents/a").json()
    assert answer["metadata"]["ref"] == {"code": "甲", "year": 2025, "serial": 3}
    assert answer["metadata"]["recipients"] is None
    assert [(s["anchor"], s["level"], s["text"], s["themes"]) for s in answer["sections"]] == [
        ("p0", 1, "", []),
        ("p1", 2, "加快创新。", ["人才"]),
    ]


def test_a_former_address_leads_to_the_present_one(client: Client, library: Document) -> None:
    FormerSlug.objects.create(slug="old", document=library)
    response = client.get("/api/v1/documents/old")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/documents/a")


def test_a_withdrawn_document_is_gone_and_a_draft_was_never_there(
    client: Client, library: Document, withdraw: Callable[..., Any]
) -> None:
    withdraw(library)
    FormerSlug.objects.create(slug="old", document=library)
    assert client.get("/api/v1/documents/a").status_code == 410
    Document.objects.filter(pk=library.pk).update(status=Status.DRAFT)
    for slug in ("a", "old", "none"):
        assert client.get(f"/api/v1/documents/{slug}").status_code == 404


@pytest.mark.parametrize("path", ["search", "documents/a", "", "nothing/here"])
def test_other_methods_are_refused(client: Client, db: None, path: str) -> None:
    response = client.post(f"/api/v1/{path}")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_an_unknown_address_is_a_problem_too(client: Client, db: None) -> None:
    response = client.get("/api/v1/nothing/here")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
