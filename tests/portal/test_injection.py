"""What is typed stays a value: it never becomes part of a question to the database."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import DataError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from documents.models import Document
from portal.middleware import NoNul
from tests.conftest import MakeDocument
from tests.promises import Tried

SQL = [
    "'", '"', "' OR '1'='1", "1; DROP TABLE documents_document--", "') UNION SELECT password FROM "
    "auth_user--", "1 AND SLEEP(5)", "\\'", "%27%20OR%201=1", "*/ OR 1=1 /*", "a\0b", "%", "_",
    "1e999", "-1", "9" * 40, "NULL", "${7*7}", "{{7*7}}",
]  # fmt: skip
LOOKUPS = [
    "owner__password__startswith", "district__documents__status", "id__in", "status", "pk",
    "title__regex", "sections__text__contains", "q__isnull", "user__is_staff", "order_by", "extra",
]  # fmt: skip
PARAMETERS = (
    "q",
    "district",
    "year",
    "theme",
    "issuer",
    "sort",
    "page",
    "from",
    "to",
    "in",
    "literal",
    "ageless",
)


@pytest.fixture
def library(make_document: MakeDocument) -> None:
    make_document("甲", public_id="a")
    draft = make_document("秘密草稿", public_id="draft")
    Document.objects.filter(pk=draft.pk).update(status="draft")


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_no_value_of_a_parameter_reaches_the_database_as_code(
    client: Client, library: None, parameter: str, tried: Tried
) -> None:
    for text in SQL:
        for path in ("/search/", "/api/v1/search", "/feeds/search/", "/api/v1/suggest"):
            answer = client.get(path, {parameter: text})
            assert answer.status_code in (200, 302, 400, 404), (path, text)
            assert "秘密草稿" not in answer.content.decode()
    tried(4 * len(SQL), "values sent")
    assert Document.objects.count() == 2


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_lookup_is_no_parameter(client: Client, library: None, lookup: str) -> None:
    refused = client.get("/api/v1/search", {lookup: "draft"})
    page = client.get("/search/", {lookup: "draft"})

    assert refused.status_code == 400
    assert refused.json()["parameter"] == lookup
    assert "秘密草稿" not in page.content.decode()


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_the_admin_asks_nothing_it_does_not_offer(
    client: Client, library: None, lookup: str
) -> None:
    client.force_login(User.objects.create_superuser("root", password="x"))
    client.raise_request_exception = False
    for table in ("documents/document", "documents/bookmark", "auth/user"):
        answer = client.get(f"/admin/{table}/", {lookup: "x'"})
        assert answer.status_code in (200, 302, 400), table


@pytest.mark.parametrize("text", SQL)
def test_a_name_of_an_address_is_a_value_too(client: Client, library: None, text: str) -> None:
    held = Document.objects.published().first()
    assert held is not None
    for path in (
        f"/feeds/district/{text}/",
        f"/documents/{text}/",
        f"{held.get_absolute_url()}cite/{text}/",
        f"/d/{held.pk}/{text}/",
        f"/shared/{text}/",
        f"/verify/?d={held.slug}&a={quote(text)}&f=0",
        f"/compare/?a={held.slug}:{quote(text)}",
    ):
        assert client.get(path).status_code in (200, 302, 400, 404), path


def test_a_nul_is_the_callers_fault_and_any_other_fault_is_not() -> None:
    door = NoNul(lambda request: HttpResponse())
    refused = DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")

    page = door.process_exception(RequestFactory().get("/shared/x/"), refused)
    assert page is not None
    assert (page.status_code, "空字符" in page.content.decode()) == (400, True)
    answer = door.process_exception(RequestFactory().get("/api/v1/search"), refused)
    assert answer is not None
    assert answer["Content-Type"] == "application/problem+json"
    assert door.process_exception(RequestFactory().get("/"), DataError("too long")) is None
    assert door.process_exception(RequestFactory().get("/"), ValueError("NUL")) is None


@pytest.mark.parametrize("text", SQL)
def test_no_name_signs_in_that_is_not_there(client: Client, library: None, text: str) -> None:
    User.objects.create_superuser("root", password="x")
    client.post("/accounts/login/", {"username": f"root{text}", "password": text})
    client.post("/accounts/login/", {"username": "root", "password": text})

    assert "_auth_user_id" not in client.session
