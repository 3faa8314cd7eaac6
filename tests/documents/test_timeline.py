"""Readers see what a revision changed, section by section, and which text stood on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from documents import timeline, versions
from documents.models import Document, DocumentVersion, Status
from documents.publishing import publish
from tests.documents.test_versions import REVISED, propose

pytestmark = pytest.mark.django_db
AGAIN = REVISED.replace("提高财政资金使用效益", "提高财政资金的使用效益")


@pytest.fixture
def revised(draft: Document) -> Document:
    """Published on 1 March 2024, revised on 1 June 2024 and once more on 1 September 2024."""
    document = publish(draft)
    versions.accept(propose(document))
    versions.accept(propose(document, AGAIN, sha256="e" * 64))
    # Half past midnight in Shanghai, when it is still the day before in Greenwich.
    for number, month in ((1, 6), (2, 9)):
        at = datetime(2024, month, 1, 0, 30, tzinfo=UTC) - timedelta(hours=8)
        DocumentVersion.objects.filter(number=number).update(replaced_at=at)
    Document.objects.update(published_at=datetime(2024, 3, 1, tzinfo=UTC))
    return Document.objects.get(pk=document.pk)


def test_the_text_of_a_day_is_the_one_that_stood_at_its_end(revised: Document) -> None:
    asked = {
        date(2024, 2, 29): 1, date(2024, 3, 1): 1, date(2024, 5, 31): 1, date(2024, 6, 1): 2,
        date(2024, 8, 31): 2, date(2024, 9, 1): None, date(2030, 1, 1): None,
    }  # fmt: skip
    found = {day: timeline.on_day(revised, day) for day in asked}

    assert {day: view.version and view.version.number for day, view in found.items()} == asked
    assert {day for day, view in found.items() if view.since} == {date(2024, 2, 29)}


def test_the_page_of_a_day_leads_to_its_text_and_says_what_is_not_known(
    client: Client, revised: Document
) -> None:
    at = revised.get_absolute_url()
    july = client.get(f"{at}on/?date=2024-07-01").content.decode()
    early = client.get(f"{at}on/?date=1999-01-01").content.decode()
    now = client.get(f"{at}on/?date={localdate()}").content.decode()

    assert f'href="{at}versions/2/"' in july
    assert f'href="{at}versions/2/changes/?to=now"' in july
    assert "没有那一天的记录" in early
    assert f'href="{at}versions/1/"' in early
    assert "就是" in now
    assert "现行版本" in now


def test_what_a_texts_own_dates_say_of_the_day_is_told(client: Client, revised: Document) -> None:
    Document.objects.update(effective_date=date(2024, 7, 1), expiry_date=date(2025, 6, 30))
    at = revised.get_absolute_url()
    for day, said in (
        ("2024-06-30", "尚未施行"), ("2024-07-01", "现行有效"), ("2025-07-01", "有效期已过"),
    ):  # fmt: skip
        assert f"<strong>{said}</strong>" in client.get(f"{at}on/?date={day}").content.decode()


def test_what_is_no_date_is_refused_with_an_example(client: Client, revised: Document) -> None:
    for typed in ("", "昨天", "2024-02-30", "2024-13-01", "9" * 500, "<b>", "2024\0"):
        answer = client.get(f"{revised.get_absolute_url()}on/", {"date": typed})

        assert answer.status_code == 400, typed
        assert "请写成 2024-05-08 的样子" in answer.content.decode(), typed
        assert "<b>" not in answer.content.decode()


def test_a_reader_sees_what_each_revision_changed(client: Client, revised: Document) -> None:
    at = revised.get_absolute_url()
    first = client.get(f"{at}versions/1/changes/").content.decode()
    second = client.get(f"{at}versions/2/changes/").content.decode()
    both = client.get(f"{at}versions/1/changes/?to=now").content.decode()

    assert "<ins>和专精特新企业</ins>" in first
    assert "创新券由区科委统一发放，用于购买检验检测服务。</del>" in first
    assert "使用效益" in first
    assert "<ins>的</ins>" not in first
    assert "<ins>的</ins>" in second
    assert "专精特新" not in "".join(part.split("</ins>")[0] for part in second.split("<ins>")[1:])
    assert "<ins>和专精特新企业</ins>" in both
    assert client.get(f"{at}versions/1/changes/?to=2").content.decode() == first


def test_a_changed_section_leads_to_its_place_in_the_newer_text(
    client: Client, revised: Document
) -> None:
    at = revised.get_absolute_url()
    (anchor,) = revised.sections.filter(heading="目的").values_list("anchor", flat=True)

    assert f'href="{at}#{anchor}"' in client.get(f"{at}versions/2/changes/").content.decode()
    older = client.get(f"{at}versions/1/changes/").content.decode()
    assert f'href="{at}versions/2/#{anchor}"' in older
    assert f'id="{anchor}"' in client.get(f"{at}versions/2/").content.decode()


def test_no_comparison_with_what_is_not_a_later_version(client: Client, revised: Document) -> None:
    at = revised.get_absolute_url()

    for to in ("1", "9", "x", "-1", "２", "9" * 400):
        assert client.get(f"{at}versions/1/changes/", {"to": to}).status_code == 404, to
    assert client.get(f"{at}versions/3/changes/").status_code == 404


def test_the_ways_there_stand_on_the_document_and_on_its_old_versions(
    client: Client, revised: Document
) -> None:
    at = revised.get_absolute_url()
    page = client.get(at).content.decode()
    old = client.get(f"{at}versions/1/").content.decode()

    for number in (1, 2):
        assert f'href="{at}versions/{number}/changes/"' in page
    assert f'action="{at}on/"' in page
    assert f'href="{at}versions/1/changes/?to=now"' in old
    assert "第 1 版（旧版" in old[old.index("print-source") :]


def test_texts_of_a_withdrawn_document_are_nobodys_to_compare(
    client: Client, revised: Document
) -> None:
    Document.objects.update(status=Status.WITHDRAWN)
    at = revised.get_absolute_url()

    assert client.get(f"{at}versions/1/changes/").status_code == 404
    assert client.get(f"{at}on/?date=2024-07-01").status_code == 404
