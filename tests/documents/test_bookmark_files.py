"""Bookmarks go out as Word, Markdown, CSV and BibTeX, and come back without loss."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st

from documents import bookmarks, folders, word_marks
from documents.bookmark_export import escaped, plain
from documents.bookmark_import import ESCAPED, rows_of, take_in_rows, unescaped
from documents.models import Bookmark, Document, Status
from tests.conftest import MakeDocument

NOTES = [
    "=1+1|cmd",
    "第一行\n\n第二行 **粗** <b> \\ [链接](x)",
    "标签：假的",
    "'引号",
    "@a\tb",
    "# 标题",
]


@pytest.fixture
def document(make_document: MakeDocument) -> Document:
    return make_document(
        "工作要点_100% & {甲}",
        [(2, f"{n}、", f"第{n}节*", f"第{n}项任务，抓紧落实。") for n in "一二三四五六"],
        ref=("青科委", 2025, 1),
        issuers=["上海市青浦区科学技术委员会"],
        written=date(2025, 1, 16),
        indexed=False,
    )


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def kept(reader: User, document: Document) -> list[Bookmark]:
    folder = folders.create(reader, "写报告")
    marks = []
    for number, note in enumerate(NOTES, start=1):
        mark = bookmarks.add(reader, document, f"p{number}")
        bookmarks.annotate(mark, note)
        bookmarks.tag(mark, ["急_用", f"标{number}"])
        folders.put(mark, [folder])
        marks.append(mark)
    return [*marks, *(words_of(reader, document, words) for words in ("项任务，抓紧", "落实"))]


def words_of(user: User, document: Document, words: str) -> Bookmark:
    """Words of the first section, kept with a note."""
    marked = word_marks.find(document, word_marks.Wanted("p1", words))
    return word_marks.add(user, marked, f"=记下{words}")


def fetch(browser: Client, form: str, query: str = "") -> HttpResponse:
    answer = browser.get(f"/bookmarks/export/{form}/{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return answer  # type: ignore[return-value]


def everything(user: User) -> list[tuple[object, ...]]:
    return sorted(
        (
            mark.document_id,
            mark.anchor,
            mark.fingerprint,
            (mark.words, mark.words_start, mark.words_end),
            mark.note,
            tuple(mark.tags.values_list("name", flat=True)),
            tuple(mark.folders.values_list("name", flat=True)),
            mark.created_at.replace(microsecond=0),
        )
        for mark in Bookmark.objects.filter(user=user)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "md"])
def test_what_goes_out_comes_back_the_same(
    form: str, desk: Client, reader: User, kept: list[Bookmark]
) -> None:
    Bookmark.objects.update(created_at=datetime(2023, 5, 8, 9, 30, 1, 77, tzinfo=UTC))
    content = fetch(desk, form).content
    other = User.objects.create_user("other")
    browser = Client()
    browser.force_login(other)
    for added, known in ((len(kept), 0), (0, len(kept))):
        answer = browser.post(
            "/bookmarks/import/", {"file": SimpleUploadedFile(f"书签.{form}", content)}
        )
        page = " ".join(answer.content.decode().split())
        assert f"新增 {added} 处，原有 {known} 处，未能导入 0 处" in page
        assert everything(other) == everything(reader)
    assert fetch(browser, form).content == content


@pytest.mark.django_db
def test_notes_of_the_document_go_out_with_the_words_they_stand_at(
    desk: Client, reader: User, document: Document
) -> None:
    section = document.sections.get(anchor="p1")
    note = document.footnotes.create(mark="①", text="指年度任务。", order=0)
    note.places.create(section=section, paragraph=1, offset=len("第一项任务"))
    bookmarks.add(reader, document, "p1")
    for words in ("项任务", "抓紧"):
        words_of(reader, document, words)

    rows = list(csv.DictReader(io.StringIO(fetch(desk, "csv").content.decode("utf-8-sig"))))
    noted = {row["摘录"]: row["脚注"] for row in rows}
    assert noted == {
        "第一项任务，抓紧落实。": "① 指年度任务。",
        "项任务": "① 指年度任务。",
        "抓紧": "",
    }
    assert fetch(desk, "md").content.decode().count("原注①：指年度任务。") == 2
    word = WordDocument(io.BytesIO(fetch(desk, "docx").content))
    assert sum(each.text == "原注①：指年度任务。" for each in word.paragraphs) == 2
    assert "项任务" in fetch(desk, "bib").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "md"])
def test_words_that_do_not_stand_there_are_left_out_and_named(
    form: str, desk: Client, reader: User, document: Document
) -> None:
    words_of(reader, document, "抓紧")
    content = fetch(desk, form).content.decode().replace("抓紧", "放松")
    Bookmark.objects.all().delete()
    report = take_in_rows(reader, rows_of(f"书签.{form}", content.encode()))

    assert (report.added, len(report.refused)) == (0, 1)
    assert "没有这些文字" in report.refused[0].reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    ["", "昨天", "2023-05-08T09:30:00", "9999-12-31T00:00:00+00:00", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_is_none_or_to_come_is_the_time_of_the_import(
    moment: str, reader: User, kept: list[Bookmark]
) -> None:
    mark = kept[0]
    Bookmark.objects.all().delete()
    head = "文件编号,锚点,指纹,收藏时间"
    row = f"{mark.document.public_id},{mark.anchor},{mark.fingerprint},{moment}"
    take_in_rows(reader, rows_of("书签.csv", f"{head}\n{row}\n".encode()))

    assert timezone.now() - Bookmark.objects.get().created_at < timedelta(minutes=5)


@pytest.mark.django_db
def test_no_cell_of_the_csv_is_a_formula(desk: Client, kept: list[Bookmark]) -> None:
    text = fetch(desk, "csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert len(rows) == 1 + len(kept)
    cells = [cell for row in rows for cell in row]
    assert "'=1+1|cmd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.django_db
def test_the_word_file_opens_with_an_outline(desk: Client, kept: list[Bookmark]) -> None:
    bookmarks.annotate(kept[0], "控制符\x0b\x01在这里")
    word = WordDocument(io.BytesIO(fetch(desk, "docx").content))
    lines = {(p.style.name, p.text) for p in word.paragraphs if p.style is not None}

    source = (
        "上海市青浦区科学技术委员会《工作要点_100% & {甲}》（青科委〔2025〕1号），2025年1月16日"
    )
    assert ("Heading 1", source) in lines
    assert ("Heading 2", "一、第一节*") in lines
    assert ("Quote", "第一项任务，抓紧落实。") in lines
    assert ("Normal", "http://testserver/documents/d1/#p1") in lines


@pytest.mark.django_db
def test_bibtex_has_one_entry_a_document_with_nothing_left_to_run(
    desk: Client, kept: list[Bookmark]
) -> None:
    text = fetch(desk, "bib").content.decode()

    assert text.count("@techreport{") == 1
    assert r"title = {{工作要点\_100\% \& \{甲\}}}" in text
    assert "date = {2025-01-16}" in text
    assert text.replace(r"\{", "").replace(r"\}", "").count("{") == text.replace(r"\{", "").replace(
        r"\}", ""
    ).count("}")


@pytest.mark.django_db
def test_a_folder_goes_out_alone_and_a_withdrawn_document_not_at_all(
    desk: Client, reader: User, document: Document, kept: list[Bookmark]
) -> None:
    few = folders.create(reader, "少")
    folders.put(kept[2], [few])
    text = fetch(desk, "md", f"?folder={few.pk}").content.decode()
    assert text.count("<!-- bookmark") == 1
    assert desk.get("/bookmarks/export/exe/").status_code == 404
    assert desk.get("/bookmarks/export/md/?folder=x").status_code == 404

    Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
    assert "第三项任务" not in fetch(desk, "md").content.decode()


@pytest.mark.django_db
def test_an_import_says_what_it_left_out_and_never_lands_on_other_words(
    desk: Client, document: Document
) -> None:
    rows = [
        "文件编号,锚点,指纹,章节",
        "d1,p1,,第一节",
        f"d1,p2,{'0' * 64},<b>第二节",
        "missing,p1,,没有的文件",
        "d1,p99,,没有的节",
    ]
    file = SimpleUploadedFile("我的.csv", "\n".join(rows).encode())
    page = desk.post("/bookmarks/import/", {"file": file}).content.decode()

    assert list(Bookmark.objects.values_list("anchor", flat=True)) == ["p1"]
    assert "&lt;b&gt;第二节" in page
    assert page.count("原文已变动，对不上") == 2
    assert "没有这份文件" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "甲".encode("gbk"), "不是 UTF-8"),
        ("a.csv", b"a,b\n1,2\n", "文件编号"),
        ("a.md", "# 只有标题".encode(), "没有读到书签"),
        ("a.csv", "文件编号,锚点\n".encode() + b"d1,p1\n" * 5001, "超过 5000 行"),
        ("a.csv", b"\x00\x01\x02", "文件编号"),
        ("a.csv", '文件编号,锚点\n"'.encode() + b"x" * 200_000, "不是规范的 CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_cure(
    desk: Client, document: Document, name: str, content: bytes, said: str
) -> None:
    answer = desk.post("/bookmarks/import/", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Bookmark.objects.exists()


@given(st.text(max_size=40))
def test_escaping_a_cell_is_undone_exactly(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(st.text(max_size=40))
def test_escaping_for_markdown_is_undone_exactly(text: str) -> None:
    line = " ".join(text.splitlines())
    assert ESCAPED.sub(r"\1", plain(text)) == line
