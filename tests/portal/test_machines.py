"""Feeds, sitemap and the small answers for browsers, crawlers and monitors."""

from __future__ import annotations

import os
import shutil
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from documents.models import Document
from portal.views import machines
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def xml(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_the_feed_tells_of_published_documents_only(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲 <通知> & 意见", issuers=["某委"], ref=("某", 2025, 1))
    hidden = make_document("乙", indexed=False)
    Document.objects.filter(pk=hidden.pk).update(status="withdrawn")

    entries = xml(client, "/feeds/").findall(f"{ATOM}entry")

    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["甲 <通知> & 意见"]
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://testserver/documents/d1/"


def test_the_sitemap_lists_published_documents_only(
    client: Client, make_document: MakeDocument
) -> None:
    make_document("甲")
    hidden = make_document("乙", indexed=False)
    Document.objects.filter(pk=hidden.pk).update(status="draft")

    places = [url.findtext(f"{MAP}loc") for url in xml(client, "/sitemap.xml")]

    assert places == ["http://testserver/documents/d1/"]


def test_a_browser_can_add_the_portal_as_a_search_engine(client: Client) -> None:
    assert (
        "http://testserver/search/?q={searchTerms}"
        in client.get("/opensearch.xml").content.decode()
    )
    xml(client, "/opensearch.xml")


def test_crawlers_stay_out_of_the_filters(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /search/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_readiness_names_what_is_missing(
    client: Client, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200

    monkeypatch.setitem(machines.CHECKS, "database", lambda: "gone")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "gone"


def test_readiness_names_a_disk_that_is_full_or_read_only(
    client: Client, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document()
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=99 << 20))
    full = client.get("/readyz")
    monkeypatch.undo()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    locked = client.get("/readyz")

    assert (full.status_code, full.json()["database"]) == (503, "ok")
    assert "Only 99 MB are free" in full.json()["disk"]
    assert locked.status_code == 503
    assert "read-only" in locked.json()["disk"]
    assert client.get("/healthz").status_code == 200


def test_browsers_find_the_icons_they_ask_for_by_themselves(client: Client) -> None:
    for name, kind, starts in (
        ("favicon.ico", "image/x-icon", b"\0\0\1\0"),
        ("apple-touch-icon.png", "image/png", b"\x89PNG"),
    ):
        answer = client.get(f"/{name}")

        assert answer.status_code == 200
        assert answer["Content-Type"] in {kind, "image/vnd.microsoft.icon"}
        assert answer["Cache-Control"] == "max-age=86400, public"
        assert b"".join(answer).startswith(starts)
