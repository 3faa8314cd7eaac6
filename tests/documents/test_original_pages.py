"""A page of a PDF original stands beside the text on demand."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from documents.models import Document, SourceFile
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanned(make_document: MakeDocument) -> Document:
    """Four pages as PDF; sections begin on the first, the second and the fourth."""
    sections = [(2, f"{number}、", f"标题{number}", "正文。") for number in "一二三四"]
    document = make_document("规划", sections, indexed=False)
    for anchor, page in (("p1", 1), ("p2", 2), ("p3", 2), ("p4", 4)):
        document.sections.filter(anchor=anchor).update(page=page)
    SourceFile.objects.create(
        document=document, sha256="a" * 64, name="规划.pdf", format="pdf", size=9,
        text="一\f二\f三\f四",
    )  # fmt: skip
    return document


def pane(client: Client, document: Document, **asked: str) -> str:
    page = client.get(document.get_absolute_url(), asked).content.decode()
    return unescape(page.partition("<aside")[2].partition("</aside>")[0])


def test_the_page_asked_for_is_shown_with_the_ways_on(client: Client, scanned: Document) -> None:
    shown = pane(client, scanned, original="3", q="正文")

    assert re.search(r'src="/documents/d1/files/\d+/pages/3\.png"', shown)
    assert 'href="?q=正文&original=2#page-2"' in shown.replace("%E6%AD%A3%E6%96%87", "正文")
    assert "original=4#page-4" in shown
    assert re.search(r'href="/documents/d1/files/\d+/#page=3"', shown)


def test_turning_to_a_page_where_no_section_begins_keeps_the_text_of_the_one_before(
    client: Client, scanned: Document
) -> None:
    assert "original=3#page-2" in pane(client, scanned, original="2")


@pytest.mark.parametrize(
    ("asked", "shown"), [("1", "1"), ("0", "1"), ("4", "4"), ("5", "4"), ("9" * 60, "4")]
)
def test_a_number_beyond_the_file_gives_its_end(
    client: Client, scanned: Document, asked: str, shown: str
) -> None:
    assert f'data-original="{shown}"' in pane(client, scanned, original=asked)


@pytest.mark.parametrize("asked", ["", "x", "-1", "²", "1.5"])
def test_what_is_no_number_shows_no_page(client: Client, scanned: Document, asked: str) -> None:
    assert pane(client, scanned, original=asked) == ""


def test_every_page_of_the_text_says_where_it_begins_and_leads_to_the_original(
    client: Client, scanned: Document
) -> None:
    page = client.get(scanned.get_absolute_url()).content.decode()

    assert re.findall(r'id="page-(\d)"', page) == ["1", "2", "4"]
    assert 'href="?original=2#page-2"' in page
    assert "原件与正文并排" in page


def test_without_a_pdf_there_is_nothing_to_set_beside(client: Client, scanned: Document) -> None:
    SourceFile.objects.update(format="docx")
    page = client.get(scanned.get_absolute_url(), {"original": "1"}).content.decode()

    assert "第 2 页" in page
    assert "<aside" not in page
    assert "original=" not in page
