"""On the page of a document the mark of a note stands at its word and is no part of the text."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from documents import versions
from documents.models import Document, DocumentFootnote, FootnotePlace, SourceFile
from documents.page import arrange
from documents.page_rows import rows_of
from documents.page_values import DocumentPage, NoteRef
from documents.snapshots import reading_of
from portal.typeset import Link, typeset
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

Place = tuple[str, int, int]


def note(document: Document, text: str, *places: Place, mark: str = "") -> DocumentFootnote:
    order = document.footnotes.count()
    made = DocumentFootnote.objects.create(
        document=document, order=order, mark=mark or str(order + 1), text=text
    )
    for anchor, paragraph, offset in places:
        FootnotePlace.objects.create(
            footnote=made,
            section=document.sections.get(anchor=anchor),
            paragraph=paragraph,
            offset=offset,
        )
    return made


@pytest.fixture
def plan(make_document: MakeDocument) -> Document:
    return make_document(
        "关于印发《工作要点》的通知",
        [
            (2, "一、", "培育企业", "总的要求。\n新增高新技术企业三百家。"),
            (3, "（一）", "指标", "企业\t目标\n高新\t三百家"),
            (2, "二、", "附则", "无注的一节。"),
        ],
        indexed=False,
    )


def text_of(client: Client, document: Document, query: str = "") -> str:
    answer = client.get(document.get_absolute_url(), {"q": query} if query else None)
    return answer.content.decode().split("data-text")[1].split('class="footnotes"')[0]


def words(markup: str) -> str:
    """The markup as a reader sees it, marks of notes in braces."""
    markup = re.sub(r'<sup class="note-ref"><a [^>]*>(.*?)</a></sup>', r"{\1}", markup)
    return re.sub(r"<[^>]+>", "", markup)


def test_a_mark_stands_in_paragraphs_headings_and_cells(client: Client, plan: Document) -> None:
    note(plan, "见公报。", ("p1", 2, 8), ("p2", 2, 6))
    note(plan, "分三步。", ("p1", 0, 4))
    note(plan, "按年。", ("p2", 1, 2), ("p2", 2, 0))
    text = words(text_of(client, plan))

    assert "一、培育企业{2}" in text
    assert "新增高新技术企业{1}三百家。" in text
    assert "企业{3}" in text
    assert "{3}高新" in text
    assert "三百家{1}" in text


def test_a_mark_in_a_title_is_read_in_the_title_of_the_page(
    client: Client, make_document: MakeDocument
) -> None:
    title = "关于印发《工作要点》的通知"
    document = make_document(title, [(1, "", title, ""), (2, "一、", "甲", "乙。")], indexed=False)
    note(document, "按年印发。", ("p1", 0, 8))
    page = client.get(document.get_absolute_url()).content.decode()

    (heading,) = re.findall(r'<h1 id="title">(.*?)</h1>', page)
    assert words(heading) == "关于印发《工作要{1}点》的通知"
    assert page.count('href="#ref-1"') == 1


def test_mark_and_note_lead_to_each_other(client: Client, plan: Document) -> None:
    note(plan, "见公报。", ("p1", 2, 8), ("p2", 2, 6))
    note(plan, "无处。")
    page = client.get(plan.get_absolute_url()).content.decode()

    refs = re.findall(r'<a id="(ref-[^"]+)" href="#(note-\d+)" role="doc-noteref"', page)
    assert refs == [("ref-1", "note-1"), ("ref-1-2", "note-1")]
    backs = re.findall(r'href="#(ref-[^"]+)" role="doc-backlink"', page)
    assert backs == ["ref-1", "ref-1-2"]
    for target in ("note-1", "note-1-text", "note-2", "ref-1", "ref-1-2"):
        assert page.count(f'id="{target}"') == 1
    assert page.count('aria-describedby="note-1-text"') == 2


def test_marks_change_nothing_else_of_the_page(client: Client, plan: Document) -> None:
    note(plan, "见公报。")
    bare = text_of(client, plan)
    note(plan, "见公报。", ("p1", 2, 8), ("p1", 0, 4), ("p2", 2, 6))
    marked = re.sub(r'<sup class="note-ref">.*?</sup>', "", text_of(client, plan))

    assert "".join(marked.split()) == "".join(bare.split())


def test_words_that_a_mark_parts_are_one_hit(client: Client, plan: Document) -> None:
    note(plan, "见公报。", ("p1", 2, 5))
    text = text_of(client, plan, '"高新技术企业"')

    assert words(text).count("新增高新技{1}术企业三百家。") == 1
    assert re.findall(r'<mark(?: id="(h\d+)")?[^>]*>(.*?)</mark>', text) == [
        ("h1", "高新技"),
        ("", "术企业"),
    ]


def test_a_mark_inside_a_link_stands_outside_it() -> None:
    page = DocumentPage(
        record=(), parts=(), outline=(), footnotes=(), first_anchor=None,
        marks={("title", 0): (NoteRef(3, 1, "1", "ref-1"), NoteRef(6, 2, "2", "ref-2"))},
    )  # fmt: skip
    set_ = typeset("见《甲办法》。", page, (), {("title", 0): [Link(1, 6, "/x/", "甲")]})
    shown = [
        (run.note.id if run.note else "".join(p.text for p in run.pieces), run.url)
        for run in set_.runs_at(("title", 0))
    ]
    assert shown == [
        ("见", ""),
        ("《甲", "/x/"),
        ("ref-1", ""),
        ("办法》", "/x/"),
        ("ref-2", ""),
        ("。", ""),
    ]


def test_a_place_that_the_text_does_not_have_is_not_shown(client: Client, plan: Document) -> None:
    note(plan, "见公报。", ("p1", 2, 99), ("p1", 9, 0), ("p1", 0, 99), ("p0", 0, 99))
    page = client.get(plan.get_absolute_url()).content.decode()

    assert "见公报。" in page
    assert "doc-noteref" not in page
    assert "doc-backlink" not in page


def test_an_old_version_shows_its_own_marks(client: Client, plan: Document) -> None:
    note(plan, "见公报。", ("p1", 2, 8))
    reading = reading_of(plan)
    file = SourceFile(sha256="f" * 64, name="新.txt", format="txt", size=9, text="新")
    versions.accept(versions.propose(plan, reading, (), file, None))
    page = client.get(f"{plan.get_absolute_url()}versions/1/").content.decode()

    assert "新增高新技术企业{1}三百家。" in words(page)
    assert "新增高新技术企业{1}三百家。" in words(text_of(client, plan))


def test_thirty_notes_cost_no_query_more_than_none(plan: Document) -> None:
    with CaptureQueriesContext(connection) as without:
        arrange(plan, rows_of(plan.pk), {})
    for _ in range(30):
        note(plan, "见公报。", ("p1", 2, 8))
    with CaptureQueriesContext(connection) as found:
        page = arrange(plan, rows_of(plan.pk), {})

    assert len(page.marks["p1", 2]) == 30
    assert len(found) == len(without)
