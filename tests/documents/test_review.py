"""An editor's corrections reach record, sections and address, and break no link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from documents.history import latest
from documents.models import Document, Section, Theme
from documents.publishing import publish
from documents.review import (
    RecordCorrection,
    ReviewRefused,
    SectionCorrection,
    correct_record,
    correct_section,
    discard,
)
from documents.section_edits import (
    EditRefused,
    Sections,
    join_part,
    merge,
    split,
    start_part,
)
from documents.section_writing import edit_sections
from documents.text import ElementKind

pytestmark = pytest.mark.django_db


def record_of(document: Document) -> RecordCorrection:
    return RecordCorrection(
        title=document.title,
        issuers=document.issuer_names,
        ref_no=document.ref_no,
        written_date=document.written_date,
        printed_date=document.printed_date,
        district=document.district,
        document_type=document.document_type,
        content_type=document.content_type,
        recipients=document.recipients,
        cc=document.cc,
        disclosure=document.disclosure,
    )


def test_a_corrected_record_is_kept(draft: Document) -> None:
    wanted = replace(
        record_of(draft),
        title="更正后的标题",
        issuers=("上海市松江区财政局", "上海市松江区科学技术委员会"),
        written_date=date(2023, 12, 31),
    )
    corrected = correct_record(draft, wanted)

    assert corrected.title == "更正后的标题"
    assert corrected.issuer_names == ("上海市松江区财政局", "上海市松江区科学技术委员会")
    assert corrected.year == 2023


def test_a_drafts_address_follows_its_number(draft: Document) -> None:
    corrected = correct_record(draft, replace(record_of(draft), ref_no="松科委〔2024〕70号"))
    assert corrected.slug == "skw-2024-70"

    same = correct_record(corrected, replace(record_of(corrected), title="别的改动"))
    assert same.slug == "skw-2024-70"


def test_a_published_address_never_changes(draft: Document) -> None:
    publish(draft)
    corrected = correct_record(draft, replace(record_of(draft), ref_no="松科委〔2024〕70号"))

    assert corrected.slug == "skw-2024-7"
    assert corrected.ref_serial == 70


def test_a_corrected_section_keeps_its_anchor_and_gets_a_new_fingerprint(draft: Document) -> None:
    section = draft.sections.get(anchor="p2-2")
    theme = Theme.objects.get(name="人工智能")
    corrected = correct_section(
        section, SectionCorrection("二、", "申领的条件", "应当为上海企业。", (theme,))
    )

    assert corrected.anchor == "p2-2"
    assert corrected.fingerprint != section.fingerprint
    assert list(corrected.themes.all()) == [theme]


def edit(document: Document, anchor: str, change: Callable[[Sections], Sections]) -> str:
    return edit_sections(document, change, "调整", anchor)


def outline_of(document: Document) -> list[tuple[str, int]]:
    return list(document.sections.order_by("order").values_list("anchor", "level"))


def test_a_false_heading_goes_back_into_the_section_before_it(draft: Document) -> None:
    anchor = edit(draft, "p2-1-2", lambda s: merge(s, "p2-1-2"))

    assert anchor == "p2-1-1"
    assert "检验检测" in draft.sections.get(anchor="p2-1-1").text
    assert not draft.sections.filter(anchor="p2-1-2").exists()


def test_children_of_a_false_heading_move_up_one_level(draft: Document) -> None:
    words_before = all_words(draft)
    edit(draft, "p2-1", lambda s: merge(s, "p2-1"))

    child = draft.sections.get(text__contains="制定本办法")
    assert child.parent is not None
    assert (child.parent.anchor, child.level) == ("p2", 2)
    assert sorted(all_words(draft)) == sorted(words_before)


def test_anchors_of_a_draft_follow_an_edit(draft: Document) -> None:
    section = draft.sections.get(anchor="p2-2")
    corrected = correct_section(
        section, SectionCorrection("三、", section.heading, section.text, ())
    )

    assert corrected.anchor == "p2-3"
    assert edit(draft, "p2-1", lambda s: merge(s, "p2-1")) == "p2"


def test_an_edit_that_the_tree_refuses_changes_nothing(draft: Document) -> None:
    before = outline_of(draft)
    with pytest.raises(EditRefused, match="第一节"):
        edit(draft, "p1", lambda s: merge(s, "p1"))
    assert outline_of(draft) == before


def test_links_to_a_merged_section_of_a_published_document_still_land(
    client: Client, draft: Document
) -> None:
    publish(draft)
    edit(draft, "p2-1-2", lambda s: merge(s, "p2-1-2"))

    former = draft.former_anchors.get()
    assert (former.anchor, former.now_at) == ("p2-1-2", "p2-1-1")
    assert ("p2-2", 2) in outline_of(draft)
    page = client.get(f"/documents/{draft.slug}/").content.decode()
    assert page.count('id="p2-1-2"') == 1
    assert page.index('id="p2-1-1"') < page.index('id="p2-1-2"') < page.index('id="p2-2"')


def test_a_former_anchor_follows_when_its_section_goes_too(draft: Document) -> None:
    publish(draft)
    edit(draft, "p2-1-2", lambda s: merge(s, "p2-1-2"))
    edit(draft, "p2-1-1", lambda s: merge(s, "p2-1-1"))

    landing = dict(draft.former_anchors.values_list("anchor", "now_at"))
    assert landing == {"p2-1-2": "p2-1", "p2-1-1": "p2-1"}


def test_a_section_split_off_a_published_document_gets_an_anchor_nobody_holds(
    draft: Document,
) -> None:
    section = draft.sections.get(anchor="p2-2")
    correct_section(
        section, SectionCorrection("二、", "申领条件", "甲。\n三、罚则。违者收回。", ())
    )
    publish(draft)
    before = outline_of(draft)
    edit(draft, "p2-2", lambda s: split(s, "p2-2", 2, with_heading=True))

    new = draft.sections.get(anchor="p2-3")
    assert (new.number, new.heading, new.text) == ("三、", "罚则", "违者收回。")
    assert set(before) < set(outline_of(draft))


def test_the_elements_of_a_part_follow_it(draft: Document) -> None:
    imprint = draft.elements.get(kind=ElementKind.IMPRINT)
    edit(draft, "p2-2", lambda s: start_part(s, "p2-2"))

    imprint.refresh_from_db()
    assert imprint.part == 3
    edit(draft, "p3", lambda s: join_part(s, "p3"))
    imprint.refresh_from_db()
    assert imprint.part == 2


def test_a_correction_is_kept_with_who_when_and_what(
    client: Client, editor: User, draft: Document
) -> None:
    client.force_login(editor)
    section = draft.sections.get(anchor="p2-2")
    client.post(
        f"/documents/{draft.slug}/review/p2-2/",
        {"number": "二、", "heading": section.heading, "text": "申领企业应当为上海的企业。"},
    )
    entry = next(entry for entry in latest(draft) if entry.what == "改正章节")

    assert entry.who == "editor"
    assert [change.label for change in entry.changes] == ["正文"]
    assert "高新技术" in "".join(m.text for m in entry.changes[0].marks if m.kind == "removed")
    page = client.get(f"/documents/{draft.slug}/review/").content.decode()
    assert "修改记录" in page
    assert "<del>" in page


def test_reading_a_document_writes_no_history(draft: Document) -> None:
    assert not Section.history.exists()
    assert not Document.history.exists()


def test_a_draft_can_be_discarded_and_a_published_document_cannot(draft: Document) -> None:
    publish(draft)
    with pytest.raises(ReviewRefused, match="只能撤下"):
        discard(Document.objects.get(pk=draft.pk))

    Document.objects.filter(pk=draft.pk).update(status="draft", published_at=None)
    discard(Document.objects.get(pk=draft.pk))
    assert not Section.objects.exists()


def all_words(document: Document) -> str:
    rows = document.sections.values_list("number", "heading", "text")
    return "".join("".join(row) for row in rows).replace("\n", "")


def test_history_tells_of_issuers_themes_and_publishing(desk: Client, draft: Document) -> None:
    theme = Theme.objects.get(name="人工智能")
    section = draft.sections.get(anchor="p2-2")
    correct_section(
        section, SectionCorrection(section.number, section.heading, section.text, (theme,))
    )
    correct_record(draft, replace(record_of(draft), issuers=("上海市松江区财政局",)))
    desk.post(f"/documents/{draft.slug}/publish/")

    told = [entry.what for entry in latest(draft)]
    assert told == [
        "发布",
        "改正著录信息，发文机关改为上海市松江区财政局",
        "主题改为：人工智能",
    ]


def test_the_admin_shows_history_and_offers_no_way_back(desk: Client, draft: Document) -> None:
    correct_record(draft, replace(record_of(draft), title="更正后的标题"))
    step = Document.history.filter(id=draft.pk).last()
    page = desk.get(f"/admin/documents/document/{draft.pk}/history/")
    assert page.status_code == 200
    assert "改正著录信息" in page.content.decode()
    address = f"/admin/documents/document/{draft.pk}/history/{step.history_id}/"
    desk.post(address, {"title": "旧标题"})
    draft.refresh_from_db()
    assert draft.title == "更正后的标题"


def test_a_section_shows_the_terms_that_earned_its_themes(desk: Client, draft: Document) -> None:
    section = next(s for s in draft.sections.all() if s.theme_places.exclude(terms=[]).exists())
    term = section.theme_places.exclude(terms=[])[0].terms[0]
    page = desk.get(f"/documents/{draft.slug}/review/{section.anchor}/").content.decode()

    assert f"<mark>{term}</mark>" in page


def test_publishing_from_the_admin_waits_for_the_review_of_twins(
    desk: Client, draft: Document
) -> None:
    twin = Document.objects.get(pk=draft.pk)
    twin.pk, twin.public_id, twin.slug = None, "twin", "twin"
    twin.save()
    desk.post("/admin/documents/document/", {"action": "publish", "_selected_action": [draft.pk]})
    assert not Document.objects.published().exists()
