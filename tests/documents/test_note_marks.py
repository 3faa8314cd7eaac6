"""The mark of a note stays with its word whatever an editor does, or is given up in words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from documents import note_marks, versions
from documents.extraction.markdown import read_markdown
from documents.intake import take_in
from documents.models import Document, DocumentFootnote, FootnotePlace, Section, SourceFile
from documents.note_marks import followed
from documents.publishing import publish
from documents.register import Register
from documents.review import SectionCorrection, correct_section
from documents.section_edits import EditRefused, Sections, merge, renumber, split, start_part
from documents.section_writing import edit_sections
from documents.snapshots import dumped, loaded, reading_of
from documents.text import NotePlace, Reading, read_source
from documents.text.note_places import opening_of, squeezed
from tests.documents.test_section_edits import EDITS, outlines

MARK = "‸"
REPORT = """# 关于印发工作要点的通知

各有关单位：

现将工作要点[^1]印发给你们。

## 一、总体要求

加强创新服务[^2]，推动产业升级。

各单位按期报告[^1]有关情况。

## 二、重点任务[^3]

深化改革，优化环境。

[^1]: 见年度工作要点。
[^2]: 指科技服务。
[^3]: 共三项。
"""


@pytest.fixture
def report(db: None, tmp_path: Path) -> Document:
    file = tmp_path / "report.md"
    file.write_text(REPORT, "utf-8")
    return take_in(file, "要点.md")


def reading_from(text: str) -> Reading:
    return read_source(read_markdown(text.encode()))


def marked(document: Document) -> list[tuple[str, str]]:
    """Every mark with the text it stands in, in the order of the notes."""
    return marks_in(reading_of(document))


def marks_in(reading: Reading) -> list[tuple[str, str]]:
    sections = {section.anchor: section for section in reading.sections}
    return [
        (note.mark, words_at(sections[place.anchor].heading, sections[place.anchor].text, place))
        for note in reading.footnotes
        for place in note.places
    ]


def words_at(heading: str | None, text: str, place: NotePlace) -> str:
    line = [heading or "", *(line for line in text.split("\n") if line.strip())][place.paragraph]
    return f"{line[: place.offset]}{MARK}{line[place.offset :]}"


AS_READ = [
    ("1", "现将工作要点‸印发给你们。"),
    ("1", "各单位按期报告‸有关情况。"),
    ("2", "加强创新服务‸，推动产业升级。"),
    ("3", "重点任务‸"),
]


def section(document: Document, heading: str) -> Section:
    return document.sections.get(heading=heading)


def rewrite(document: Document, heading: str, text: str) -> None:
    row = section(document, heading)
    correct_section(row, SectionCorrection(row.number, row.heading, text, ()))


def test_the_places_of_marks_are_kept_with_the_document(report: Document) -> None:
    assert marked(report) == AS_READ
    reading = reading_of(report)
    assert loaded(dumped(reading)) == reading


def test_a_version_kept_before_places_were_known_is_still_read(report: Document) -> None:
    content = dumped(reading_of(report))
    for note in content["footnotes"]:
        del note["places"]
    assert [note.places for note in loaded(content).footnotes] == [(), (), ()]


def test_marks_stay_when_sections_are_split_merged_renumbered_and_parted(report: Document) -> None:
    first, second = (section(report, name).anchor for name in ("总体要求", "重点任务"))
    edit_sections(report, lambda s: split(s, first, 2, with_heading=False), "拆分", first)
    assert marked(report) == AS_READ
    new = report.sections.get(text__startswith="各单位").anchor
    edit_sections(report, lambda s: renumber(s, new, "（一）"), "改编号", new)
    edit_sections(report, lambda s: start_part(s, second), "设为部分", second)
    assert marked(report) == AS_READ
    new = report.sections.get(text__startswith="各单位").anchor
    edit_sections(report, lambda s: merge(s, new), "并入", new)
    assert marked(report) == AS_READ


def test_a_heading_taken_back_keeps_its_mark(report: Document) -> None:
    anchor = section(report, "重点任务").anchor
    edit_sections(report, lambda s: merge(s, anchor), "并入", anchor)
    assert ("3", "二、重点任务‸") in marked(report)


def test_a_mark_moves_along_when_words_elsewhere_in_its_paragraph_change(report: Document) -> None:
    rewrite(
        report, "总体要求", "全区各单位按期报告有关工作情况。\n大力加强创新服务，推动产业转型升级。"
    )
    # The paragraphs changed places and words; each mark is still behind its own word, or gone.
    assert ("1", "现将工作要点‸印发给你们。") in marked(report)
    for mark, text in marked(report):
        words = {"1": ("要点", "报告"), "2": ("服务",), "3": ("任务",)}
        assert text.split(MARK)[0].endswith(words[mark])


def test_a_mark_whose_word_went_is_given_up_in_words(report: Document) -> None:
    rewrite(report, "总体要求", "加强科技支撑，推动产业升级。\n各单位按期报告有关情况。")
    assert marked(report) == [AS_READ[0], AS_READ[1], AS_READ[3]]
    report.refresh_from_db()
    assert [w["message"] for w in report.warnings if w["code"] == "footnote-mark-lost"] == [
        "脚注2的标记前后的文字已经改动，标记的位置不再可知，请核对"
    ]
    assert [note.text for note in report.footnotes.all()] == [
        "见年度工作要点。",
        "指科技服务。",
        "共三项。",
    ]


def test_no_character_of_the_text_knows_of_the_marks(report: Document) -> None:
    bare = reading_from(re.sub(r"\[\^\d\](?!:)", "", REPORT))
    assert not any(note.places for note in bare.footnotes)
    assert [(s.anchor, s.heading, s.text) for s in reading_of(report).sections] == [
        (s.anchor, s.heading, s.text) for s in bare.sections
    ]


def test_a_new_version_brings_its_own_marks_and_the_old_one_keeps_its(report: Document) -> None:
    document = publish(report)
    revised = REPORT.replace(
        "## 一、总体要求", "## 一、工作目标[^2]\n\n力争走在前列。\n\n## 二、总体要求"
    )
    revised = revised.replace("## 二、重点任务", "## 三、重点任务").replace("服务[^2]", "服务")
    reading = reading_from(revised)
    file = SourceFile(sha256="f" * 64, name="修订.md", format="md", size=9, text=revised)
    proposal = versions.propose(
        document, reading, Register().issuers(reading.record.issuers), file, None
    )
    document = versions.accept(proposal)

    assert marked(document) == [AS_READ[0], AS_READ[1], ("2", "工作目标‸"), AS_READ[3]]
    assert marks_in(loaded(document.versions.get().content)) == AS_READ
    places = FootnotePlace.objects.filter(footnote__document=document)
    assert {place.section.document_id for place in places.select_related("section")} == {
        document.pk
    }


def test_a_document_without_notes_asks_the_database_once(
    draft: Document, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert not note_marks.marks_of(draft)


def test_a_deleted_section_takes_its_marks_along_and_leaves_the_notes(report: Document) -> None:
    Section.objects.filter(document=report, heading="总体要求").delete()
    assert [mark for mark, _ in marked(report)] == ["1", "3"]
    assert DocumentFootnote.objects.filter(document=report).count() == 3


def places_in(sections: Sections) -> list[NotePlace]:
    """Every place behind a character of the sections."""
    return [
        NotePlace(each.anchor, paragraph, offset)
        for each in sections
        for paragraph, line in enumerate(
            [each.heading or "", *(line for line in each.text.split("\n") if line.strip())]
        )
        for offset in range(1, len(line) + 1)
    ]


def behind(sections: Sections, place: NotePlace) -> str:
    """What is printed before a place, from the beginning."""
    text = ""
    for each in sections:
        if each.anchor == place.anchor:
            lines = [each.heading or "", *each.text.split("\n")]
            lines = [lines[0], *(line for line in lines[1:] if line.strip())]
            if place.paragraph == 0:
                return text + squeezed((each.number or "") + lines[0][: place.offset])
            return text + opening_of(each) + squeezed(
                "".join(lines[1 : place.paragraph]) + lines[place.paragraph][: place.offset]
            )  # fmt: skip
        text += opening_of(each) + squeezed(each.text)
    raise AssertionError(place)


@pytest.mark.parametrize("name", EDITS)
@settings(max_examples=25, deadline=None)
@given(sections=outlines(), data=st.data())
def test_an_edit_of_the_outline_leaves_every_mark_behind_its_character(
    name: str, sections: Sections, data: st.DataObject
) -> None:
    sections = tuple(replace(s, ending=None if s.ending == "】" else s.ending) for s in sections)
    anchor = data.draw(st.sampled_from([each.anchor for each in sections]))
    try:
        edited = EDITS[name](sections, anchor)
    except EditRefused:
        return
    places = places_in(sections)
    for place, now in zip(places, followed(places, sections, edited), strict=True):
        assert now is not None
        # A heading that stands alone shows no sign behind it: its mark then stands before that.
        assert behind(edited, now).rstrip("。") == behind(sections, place).rstrip("。")


@settings(max_examples=40, deadline=None)
@given(sections=outlines(), data=st.data())
def test_a_rewritten_section_never_leaves_a_mark_behind_another_word(
    sections: Sections, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(sections) - 1))
    text = data.draw(st.text(alphabet="甲乙丙丁。；\n", max_size=30))
    edited = (*sections[:number], replace(sections[number], text=text), *sections[number + 1 :])
    places = places_in(sections)
    for place, now in zip(places, followed(places, sections, edited), strict=True):
        if now is None:
            continue
        was, held = behind(sections, place), behind(edited, now)
        assert word(held) == word(was)
    for place, now in zip(places, followed(places, sections, sections), strict=True):
        assert now == place


def word(before: str) -> str:
    """The last two letters with what stands between them."""
    letters = [at for at, sign in enumerate(before) if sign.isalnum()]
    return before[letters[-2] :] if len(letters) > 1 else before
