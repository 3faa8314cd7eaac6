"""What a text says of its own force is kept, shown with its place, and never decided silently."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from documents import versions
from documents.file_reading import interpreted
from documents.forms import RecordForm
from documents.history import latest
from documents.intake import take_in
from documents.models import Document, SourceFile, Validity
from documents.provenance import Confidence, plain_text, provenance_of
from documents.publishing import publish
from documents.review import correct_record
from documents.section_edits import as_printed
from documents.snapshots import dumped, loaded, reading_of
from documents.source_view import SourceText
from documents.standing import offers_of, standing_of, suggestions_for
from documents.text import Cell, Line, Paragraph, Source, Table, read_text
from tests.documents.samples import NEW_RULES, OLD_RULES

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 1)


def filed(folder: Path, name: str, text: str) -> Document:
    file = folder / f"{name}.txt"
    file.write_text(text, "utf-8")
    return take_in(file, file.name)


@pytest.fixture
def old(tmp_path: Path) -> Document:
    return publish(filed(tmp_path, "old", OLD_RULES))


@pytest.fixture
def new(tmp_path: Path) -> Document:
    return filed(tmp_path, "new", NEW_RULES)


def test_dates_of_force_and_repeals_are_kept_and_shown_to_readers(
    client: Client, old: Document, new: Document
) -> None:
    publish(new)
    assert (new.effective_date, new.expiry_date) == (date(2024, 7, 1), date(2029, 6, 30))
    page = client.get(f"/documents/{new.slug}/").content.decode()

    assert "2024年7月1日" in page
    assert "2029年6月30日" in page
    assert "《松江区创新券使用暂行办法》（松科委〔2020〕3号）" in page
    assert f'<a href="/documents/{old.slug}/">《松江区创新券使用暂行办法》' in page


def test_the_sign_after_a_heading_is_kept_and_nothing_is_lost(new: Document) -> None:
    section = new.sections.get(heading="加强领导")

    assert section.ending == "。"
    printed = as_printed(section.number, section.heading, section.ending) + section.text
    assert printed in NEW_RULES


def test_each_field_says_where_it_was_read_and_how_surely(new: Document) -> None:
    source = SourceText(new.files.get().text)
    found = provenance_of(new, source)

    lines = NEW_RULES.splitlines()
    for name, words in (
        ("title", "关于印发"), ("ref_no", "9号"), ("issuers", "文件"), ("written_date", "6月3日"),
        ("effective_date", "7月1日"), ("expiry_date", "有效期五年"),
    ):  # fmt: skip
        assert words in lines[found[name].places[0].line - 1], name
    assert found["expiry_date"].confidence is Confidence.DERIVED
    assert found["effective_date"].confidence is Confidence.PRINTED
    assert found["district"].confidence is Confidence.ISSUER
    assert found["cc"].confidence is Confidence.EMPTY


def test_a_corrected_field_says_what_was_read(desk: Client, new: Document) -> None:
    form = {**_typed(new), "expiry_date": "2030-06-30"}
    assert desk.post(f"/documents/{new.slug}/review/", form).status_code == 302

    new.refresh_from_db()
    found = provenance_of(new, SourceText(new.files.get().text))["expiry_date"]
    assert (found.confidence, found.read) == (Confidence.NOT_FOUND, "2029-06-30")
    assert "读到的是“2029-06-30”" in desk.get(f"/documents/{new.slug}/review/").content.decode()
    assert new.repeals.count() == 1, "saving the form as it was leaves the repeals alone"


def test_places_are_counted_in_lines_of_the_text_and_not_in_blocks() -> None:
    table = Table((tuple(map(Cell, "甲乙")), tuple(map(Cell, "丙丁"))))
    lines = [Line(line) for line in NEW_RULES.splitlines()]
    source = Source("docx", (table, Paragraph("一行\n又一行"), *lines))
    reading, text = interpreted(source), SourceText(plain_text(source))

    (found,) = (found for found in reading.found if found.field == "written_date")
    (place,) = text.lines(found.lines)
    assert plain_text(source).split("\n")[place.line - 1] == "2024年6月3日"


@pytest.mark.parametrize(
    ("begins", "ends", "label"),
    [
        (date(2027, 1, 1), None, "尚未施行"),
        (date(2020, 1, 1), date(2025, 12, 31), "有效期已过"),
        (date(2020, 1, 1), date(2026, 1, 1), "现行有效"),
        (date(2020, 1, 1), None, None),
        (None, None, None),
    ],
)
def test_readers_are_told_only_what_the_text_itself_proves(
    new: Document, begins: date | None, ends: date | None, label: str | None
) -> None:
    new.effective_date, new.expiry_date = begins, ends
    standing = standing_of(new, TODAY)

    assert (standing.label if standing else None) == label


def test_an_editors_word_comes_before_the_dates(new: Document) -> None:
    new.validity = Validity.AMENDED
    standing = standing_of(new, date(2040, 1, 1))
    assert standing is not None
    assert standing.label == "已修改"


def test_a_repeal_is_offered_and_done_only_when_an_editor_asks(
    desk: Client, client: Client, old: Document, new: Document
) -> None:
    review = f"/documents/{new.slug}/review/"
    assert [offer.targets for offer in offers_of(new)] == [(old,)]
    assert ">把它标为已废止</button>" not in desk.get(review).content.decode(), "it is a draft"
    answer = desk.post(f"/documents/{new.slug}/publish/", follow=True)
    assert "它废止了库中的文件" in answer.content.decode()
    old.refresh_from_db()
    assert old.validity == ""
    assert "把它标为已废止" in desk.get(review).content.decode()

    form = {"validity": "repealed", "by": new.slug, "back": "1"}
    answer = desk.post(f"/documents/{old.slug}/validity/", form)
    assert answer["Location"] == review
    old.refresh_from_db()
    assert old.validity == Validity.REPEALED
    assert LogEntry.objects.filter(object_id=str(old.pk)).exists()
    step = latest(old)[0]
    assert (step.who, "废止了它" in step.what) == ("editor", True)
    client.logout()
    page = client.get(f"/documents/{old.slug}/").content.decode()
    assert "已废止" in page
    assert f'href="/documents/{new.slug}/"' in page, "readers can see by what"
    assert "把它标为已废止" not in desk.get(review).content.decode()


def test_a_state_without_grounds_is_not_taken_over(desk: Client, old: Document) -> None:
    for form in ({"validity": "repealed"}, {"validity": "nonsense", "by": "x"}, {}):
        desk.post(f"/documents/{old.slug}/validity/", form)
    old.refresh_from_db()
    assert old.validity == ""

    desk.post(f"/documents/{old.slug}/validity/", {"validity": "in_force", "by": ""})
    old.refresh_from_db()
    assert old.validity == Validity.IN_FORCE


def test_an_amending_decision_is_seen_from_the_amended_document(
    old: Document, tmp_path: Path
) -> None:
    text = (
        "关于修改《松江区创新券使用暂行办法》的决定\n\n上海市松江区科学技术委员会\n\n2022年3月1日\n\n"
        "一、将《松江区创新券使用暂行办法》第一条修改为：创新券由区科委统一发放和管理。\n"
    )
    assert [s.validity for s in suggestions_for(old, TODAY)] == [Validity.IN_FORCE]
    act = publish(filed(tmp_path, "act", text))

    (suggestion,) = suggestions_for(old, TODAY)
    assert (suggestion.validity, suggestion.by) == (Validity.AMENDED, act)


def test_an_older_document_of_the_same_name_repeals_nothing(old: Document, new: Document) -> None:
    publish(new)
    Document.objects.filter(pk=new.pk).update(written_date=date(2019, 1, 1))
    new.refresh_from_db()

    assert offers_of(new)[0].targets == ()
    assert all(suggestion.by is None for suggestion in suggestions_for(old, TODAY))


def test_repeals_are_corrected_by_hand_and_kept_as_history(desk: Client, new: Document) -> None:
    form = RecordForm(
        {**_typed(new), "repeals": "《甲区科技奖励办法》（甲科规〔2019〕2号）\n乙府〔2018〕1号"}
    )
    assert form.is_valid(), form.errors
    correct_record(new, form.correction())

    assert [str(row) for row in new.repeals.all()] == [
        "《甲区科技奖励办法》（甲科规〔2019〕2号）", "乙府〔2018〕1号",
    ]  # fmt: skip
    assert [row.key for row in new.repeals.all()] == ["n:甲科规〔2019〕2号", "n:乙府〔2018〕1号"]
    assert "废止的文件改为" in latest(new)[0].what
    assert not RecordForm({**_typed(new), "repeals": "以前的办法"}).is_valid()


def test_the_number_of_an_order_can_be_saved_as_it_was_read(new: Document) -> None:
    assert RecordForm({**_typed(new), "ref_no": "中华人民共和国国务院令第62号"}).is_valid()
    assert not RecordForm({**_typed(new), "ref_no": "没有号"}).is_valid()


def test_a_document_does_not_end_before_it_begins(new: Document) -> None:
    form = RecordForm({**_typed(new), "expiry_date": "2020-01-01"})
    assert "expiry_date" in form.errors


def test_a_new_version_shows_and_brings_its_own_dates_and_repeals(new: Document) -> None:
    publish(new)
    text = NEW_RULES.replace("有效期五年", "有效期三年").replace(
        "使用暂行办法》（松科委〔2020〕3号）", "发放细则》"
    )
    original = SourceFile(sha256="f" * 64, name="修订.txt", format="txt", size=9, text=text)
    reading = read_text(text)
    proposal = versions.propose(new, reading, list(new.issuers.all()), original, None)

    assert {"有效期至", "废止的文件"} <= {c.label for c in versions.differences(proposal).record}
    document = versions.accept(proposal)
    assert document.expiry_date == date(2027, 6, 30)
    assert [str(row) for row in document.repeals.all()] == ["《松江区创新券发放细则》"]


def test_all_that_was_read_survives_a_snapshot(new: Document) -> None:
    reading = reading_of(new)

    assert reading.record.repeals
    assert reading.found
    assert any(section.ending for section in reading.sections)
    assert loaded(dumped(reading)) == reading


def _typed(document: Document) -> dict[str, object]:
    values = RecordForm.initial_of(document)
    values["district"] = values["district"].pk if values["district"] else ""
    return {name: value if value is not None else "" for name, value in values.items()}
