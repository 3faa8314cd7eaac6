"""The review page says where every value comes from, and what the standard misses."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from documents.checklist import State, checklist
from documents.intake import take_in
from documents.models import Document, Issuer, IssuerName
from documents.page_images import excess, page_image, trim
from documents.provenance import Confidence, printed_dates, provenance_of
from documents.publishing import publish
from documents.source_view import SourceText, warnings_of
from documents.text import ElementKind
from tests.extraction.build import Pdf

pytestmark = pytest.mark.django_db


def test_a_value_is_found_over_lines_spaces_and_widths() -> None:
    text = "文件\n\f\n松 科 委［２０２４］７号\n关于印发《办法》\n　　的通知"
    source = SourceText(text)

    (number,) = source.find("松科委〔2024〕7号")
    assert (number.page, number.line_on_page, number.line) == (2, 1, 2)
    title = source.find("关于印发《办法》的通知")
    assert [place.line for place in title] == [3, 4]
    assert not source.find("不在文中")
    marked = [
        piece.text
        for page in source.pages((number, *title))
        for line in page.lines
        for piece in line.pieces
        if piece.found
    ]
    assert marked == ["松 科 委［２０２４］７号", "关于印发《办法》", "　　的通知"]


def test_the_lines_of_the_source_are_all_shown_once() -> None:
    text = "甲乙\n\n丙\n\f\n\f\n丁"
    pages = SourceText(text).pages(SourceText(text).find("丙"))

    assert [page.number for page in pages] == [1, 2, 3]
    shown = ["".join(p.text for p in line.pieces) for page in pages for line in page.lines]
    assert shown == ["甲乙", "", "丙", "丁"]


@pytest.mark.parametrize(
    "printed", ["2024年5月8日", "2024年05月08日", "二〇二四年五月八日", "二○二四年五月八日"]
)
def test_a_day_is_found_in_every_official_form(printed: str) -> None:
    source = SourceText(f"标题\n{printed}\n")
    assert any(source.find(form) for form in printed_dates(date(2024, 5, 8)))


def test_numerals_of_a_day_are_written_as_printed() -> None:
    assert "二〇二五年十一月二十一日" in printed_dates(date(2025, 11, 21))
    assert "二〇二五年十月三十日" in printed_dates(date(2025, 10, 30))


def test_each_value_says_how_sure_it_is(draft: Document) -> None:
    issuer = Issuer.objects.get(name="上海市松江区科学技术委员会")
    draft.cc = "原件里没有的机关"
    source = SourceText(draft.files.get().text)
    found = provenance_of(draft, source)

    assert found["ref_no"].confidence is Confidence.PRINTED
    assert found["title"].confidence is Confidence.PRINTED
    assert found["cc"].confidence is Confidence.NOT_FOUND
    assert found["content_type"].confidence is Confidence.TITLE
    assert found["district"].confidence is Confidence.ISSUER
    (imprint,) = found["printed_date"].places
    assert imprint.line > found["written_date"].places[0].line

    IssuerName.objects.update_or_create(name="松江科委", defaults={"issuer": issuer})
    short = SourceText("松江科委文件")
    assert provenance_of(draft, short)["issuers"].confidence is Confidence.REGISTER


def test_the_review_page_leads_from_a_value_to_its_line(desk: Client, draft: Document) -> None:
    page = desk.get(f"/documents/{draft.slug}/review/").content.decode()

    assert 'href="#L3"' in page
    assert '<p id="L3"><mark>松科委〔2024〕7号</mark></p>' in page
    assert "原文照录" in page


def test_a_warning_leads_to_its_section_or_line(draft: Document) -> None:
    draft.warnings = [
        {"code": "a", "message": "节", "anchor": "p2-1", "line": 3},
        {"code": "b", "message": "行", "anchor": None, "line": 3},
        {"code": "c", "message": "无", "anchor": "p9", "line": None},
    ]
    found = warnings_of(draft, SourceText(draft.files.get().text))
    assert [warning.target for warning in found] == ["p2-1", "L3", ""]


def test_the_checklist_names_what_is_there_and_what_is_missing(draft: Document) -> None:
    states = {item.label: item.state for item in checklist(draft)}

    assert states["发文字号"] is State.FOUND
    assert states["正文"] is State.FOUND
    assert states["抄送机关"] is State.NOT_USED
    draft.elements.filter(kind=ElementKind.REF_NO).delete()
    draft.elements.filter(kind=ElementKind.SIGNATURE).delete()
    states = {item.label: item.state for item in checklist(draft)}
    assert states["发文字号"] is State.BY_HAND
    assert states["发文机关署名"] is State.MISSING


def test_an_element_out_of_the_standards_order_is_named(draft: Document) -> None:
    assert not [item for item in checklist(draft) if item.state is State.OUT_OF_ORDER]
    draft.elements.filter(kind=ElementKind.LETTERHEAD).update(order=900)
    wrong = [item.label for item in checklist(draft) if item.state is State.OUT_OF_ORDER]
    assert wrong == ["发文机关标志"]


@pytest.fixture
def scanned(settings: Settings, tmp_path: Path, db: None) -> Document:
    settings.PORTAL_DATA = tmp_path
    file = tmp_path / "pages.pdf"
    pdf = Pdf().text(90, 100, "关于开会的通知").page().text(90, 100, "会议明日召开。")
    file.write_bytes(pdf.bytes())
    return take_in(file, "pages.pdf")


def test_the_pages_of_a_pdf_stand_beside_the_reading(desk: Client, scanned: Document) -> None:
    file = scanned.files.get()
    address = f"/documents/{scanned.slug}/files/{file.pk}/pages/2.png"
    page = desk.get(f"/documents/{scanned.slug}/review/").content.decode()
    assert f'src="{address}"' in page
    assert page.count('loading="lazy"') == 2

    answer = desk.get(address)
    picture = answer.getvalue()
    assert answer["Content-Type"] == "image/png"
    assert picture.startswith(b"\x89PNG")
    assert desk.get(address.replace("/2.png", "/3.png")).status_code == 404


def test_pictures_stay_within_their_bound_and_the_oldest_go_first(
    desk: Client, scanned: Document, settings: Settings
) -> None:
    file = scanned.files.get()
    first, second = (page_image(file, number) for number in (1, 2))
    size = first.stat().st_size + second.stat().st_size
    os.utime(first, (1000, 1000))
    os.utime(second, (500, 500))
    settings.PAGE_IMAGE_BYTES = size
    assert trim() == 0

    settings.PAGE_IMAGE_BYTES = size - 1
    assert excess() == [second]
    page_image(file, 2)  # looked at again: now the other one is the older
    assert excess() == [first]
    assert trim() == 1
    assert (first.exists(), second.exists()) == (False, True)
    assert desk.get(f"/documents/{scanned.slug}/files/{file.pk}/pages/1.png").status_code == 200


def test_pictures_of_originals_nobody_has_and_half_drawn_ones_go(scanned: Document) -> None:
    picture = page_image(scanned.files.get(), 1)
    half, young = picture.parent / ".drawing-old", picture.parent / ".drawing-now"
    for path in (half, young):
        path.write_bytes(b"half")
    os.utime(half, (1000, 1000))
    assert trim() == 1
    assert (half.exists(), young.exists(), picture.exists()) == (False, True, True)

    scanned.files.all().delete()
    assert trim() == 1
    assert not picture.exists()


def test_page_pictures_of_a_draft_are_for_editors(client: Client, scanned: Document) -> None:
    address = f"/documents/{scanned.slug}/files/{scanned.files.get().pk}/pages/1.png"
    assert client.get(address).status_code == 404
    client.force_login(User.objects.create_user("reader"))
    assert client.get(address).status_code == 404
    scanned.title = "会议通知"
    scanned.save()
    publish(scanned)
    assert client.get(address).status_code == 200


def test_an_article_between_two_others_can_be_corrected(desk: Client, draft: Document) -> None:
    draft.sections.filter(anchor="p2-2").update(anchor="p2-a26.1")
    page = desk.get(f"/documents/{draft.slug}/review/").content.decode()

    assert f"/documents/{draft.slug}/review/p2-a26.1/" in page
    assert desk.get(f"/documents/{draft.slug}/review/p2-a26.1/").status_code == 200


def test_validity_and_effective_date_are_shown_when_known(
    desk: Client, client: Client, draft: Document
) -> None:
    publish(draft)
    reader = Client()
    assert "<dt>有效性</dt>" not in reader.get(f"/documents/{draft.slug}/").content.decode()
    desk.post(
        f"/documents/{draft.slug}/review/",
        {"title": draft.title, "effective_date": "2024-06-01", "validity": "repealed"},
    )
    page = reader.get(f"/documents/{draft.slug}/").content.decode()
    assert "<dt>有效性</dt>" in page
    assert "已废止" in page
    assert "2024年6月1日" in page
