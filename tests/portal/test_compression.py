"""Text travels compressed, what is a file travels as it is, and no length tells a secret."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from documents.intake import take_in
from documents.models import Document
from documents.publishing import publish
from search_indexes.rebuild import rebuild
from tests.documents.samples import NOTICE

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def document(db: None, settings: Settings, tmp_path: Path) -> Document:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = tmp_path / "通知.txt"
    file.write_text(NOTICE, "utf-8")
    return publish(take_in(file, file.name))


def test_text_of_every_kind_is_compressed_for_whoever_reads_gzip(
    document: Document, index: Path
) -> None:
    rebuild()
    client = Client()
    places = ["/", "/search/?q=科技", document.get_absolute_url(), "/feeds/"]
    places += ["/api/v1/openapi.json", "/nowhere/"]
    for place in places:
        plain, packed = client.get(place), client.get(place, headers=GZIP)
        whole, sent = plain.content, packed.content

        assert packed["Content-Encoding"] == "gzip", place
        assert not plain.has_header("Content-Encoding"), place
        assert len(sent) < 0.7 * len(whole), place
        assert packed["Content-Length"] == str(len(sent)), place
        assert gzip.decompress(sent)[:50] == whole[:50], place
        # A cache must keep both, and never give one for the other.
        assert "Accept-Encoding" in plain["Vary"], place
        assert "Accept-Encoding" in packed["Vary"], place


def test_an_original_leaves_as_it_came(document: Document) -> None:
    (file,) = document.files.all()
    answer = Client().get(f"{document.get_absolute_url()}files/{file.pk}/", headers=GZIP)

    assert b"".join(answer).decode() == NOTICE
    assert not answer.has_header("Content-Encoding")
    assert answer["Content-Length"] == str(len(NOTICE.encode()))


def test_what_is_compressed_already_is_not_compressed_again(document: Document) -> None:
    client = Client()
    client.force_login(User.objects.create_user("reader"))
    client.post(f"{document.get_absolute_url()}bookmarks/", {"anchor": "p2-2"})
    word = client.get("/bookmarks/export/docx/", headers=GZIP)

    assert word.status_code == 200
    assert not word.has_header("Content-Encoding")
    assert word.content.startswith(b"PK")


def test_the_length_of_a_page_is_no_measure_of_what_it_holds(document: Document) -> None:
    """BREACH learns a secret from which guess makes a page shorter; here each time differs."""
    client = Client()
    place = document.get_absolute_url()

    assert len({len(client.get(place, headers=GZIP).content) for _ in range(12)}) > 3
