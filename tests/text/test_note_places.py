"""The mark of a note keeps its place in the sections, and changes no character of them."""

from __future__ import annotations

import pytest

from documents.text import (
    Cell,
    Footnote,
    NoteMark,
    NotePlace,
    Paragraph,
    Reading,
    Section,
    SectionKind,
    Source,
    Span,
    Table,
    read_source,
)
from documents.text.note_places import Counted, counted_at, place_at
from tests.text.test_seeds import expected, reading

MARK = "‸"
BEFORE = ("关于印发工作要点的通知", "各有关单位：", "现将工作要点印发给你们。")


def source(*texts: str, bold: int = 0) -> Source:
    """Paragraphs; each ‸ is a mark of the note whose number comes next."""
    blocks = []
    count = 0
    for text in texts:
        pieces = text.split(MARK)
        at, marks = 0, []
        for piece in pieces[:-1]:
            at += len(piece)
            marks.append(NoteMark(at, count))
            count += 1
        spans = (Span(0, bold),) if bold and marks else ()
        blocks.append(Paragraph("".join(pieces), bold=spans, notes=tuple(marks)))
    notes = tuple(Footnote(str(number), "见年报。") for number in range(1, count + 1))
    return Source("docx", tuple(blocks), notes)


def words_at(found: Reading, place: NotePlace) -> str:
    """The text at a place, with the mark back in it."""
    (section,) = (each for each in found.sections if each.anchor == place.anchor)
    lines = [section.heading or "", *(line for line in section.text.split("\n") if line.strip())]
    text = lines[place.paragraph]
    return f"{text[: place.offset]}{MARK}{text[place.offset :]}"


def marked(found: Reading) -> list[tuple[str, int, str]]:
    return [
        (place.anchor, place.paragraph, words_at(found, place))
        for note in found.footnotes
        for place in note.places
    ]


def test_the_marks_of_a_seed_stand_where_its_author_set_them() -> None:
    found = reading("003")
    shown = [
        [anchor, paragraph, *(side[-8:] if last else side[:8] for last, side in
                              zip((True, False), text.split(MARK), strict=True))]
        for anchor, paragraph, text in marked(found)
    ]  # fmt: skip
    assert shown == expected("003")["note_places"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("现就有关工作‸通知如下。", ("p1", 2, "现就有关工作‸通知如下。")),
        ("一、总体要求‸", ("p1-1", 0, "总体要求‸")),
        ("一、总体‸要求", ("p1-1", 0, "总体‸要求")),
        ("（一）加强服务。‸各单位应当落实专人负责。", ("p1-1", 1, "‸各单位应当落实专人负责。")),
        ("（一）加强服务‸。各单位应当落实专人负责。", ("p1-1", 0, "加强服务‸")),
        ("（一）加强服务。各单位‸应当落实专人。", ("p1-1", 1, "各单位‸应当落实专人。")),
        ("重点是：一是加强服务；二是深化改革‸。", ("p1-e2", 1, "深化改革‸。")),
        ("重点是‸：一是加强服务；二是深化改革。", ("p1", 2, "重点是‸：")),
        ("  现就有关 工作 ‸通知如下。", ("p1", 2, "现就有关 工作‸ 通知如下。")),
        ("‸现就有关工作通知如下。", ("p1", 2, "‸现就有关工作通知如下。")),
        ("第一条 【目的‸】为了规范管理，制定本办法。", ("p1-a1", 0, "目的‸")),
        ("第一条 【目的】为了规范‸管理，制定本办法。", ("p1-a1", 1, "为了规范‸管理，制定本办法。")),
    ],
)
def test_a_mark_stays_with_the_word_before_it(text: str, place: tuple[str, int, str]) -> None:
    found = read_source(source(*BEFORE, text, "各单位应当按期报告有关情况，不得延误。"))
    assert marked(found) == [place]
    plain = source(*BEFORE, text.replace(MARK, ""), "各单位应当按期报告有关情况，不得延误。")
    assert found.warnings == read_source(plain).warnings


def test_marks_change_no_section() -> None:
    texts = (*BEFORE, "一、总体‸要求", "（一）加强‸服务。各单位‸应当落实‸。", "一是‸甲；二是乙‸。")
    with_marks = read_source(source(*texts))
    without = read_source(source(*(text.replace(MARK, "") for text in texts)))
    assert with_marks.sections == without.sections
    assert with_marks.elements == without.elements
    assert sum(len(note.places) for note in with_marks.footnotes) == 6


def test_a_bold_lead_keeps_the_mark_behind_it() -> None:
    found = read_source(source(*BEFORE, "加强创新服务。‸各单位应当落实专人负责。", bold=7))
    assert marked(found) == [("p1-x1", 1, "‸各单位应当落实专人负责。")]


def test_a_heading_that_is_text_after_all_keeps_its_marks() -> None:
    """Its siblings are whole sentences: what was taken for a heading is put back."""
    found = read_source(
        source(
            *BEFORE,
            "1. 各单位应当落实专人负责，按期报告有关情况，不得延误工作‸。有关情况另行通知。",
            "2. 各街镇应当落实专人负责。",
            "3. 各部门应当落实专人负责。",
        )
    )
    ((anchor, paragraph, text),) = marked(found)
    assert (anchor, paragraph) == ("p1-1", 1)
    assert text.startswith("各单位应当落实专人负责，按期报告有关情况，不得延误工作‸。有关")


def test_a_mark_in_a_table_counts_in_the_text_of_its_row() -> None:
    table = Table(((Cell("指标"), Cell("增 速\n（%）", notes=(NoteMark(7, 0),))),))
    blocks: tuple[Paragraph | Table, ...] = (*(Paragraph(text) for text in BEFORE), table)
    found = read_source(Source("docx", blocks, (Footnote("1", "见年报。"),)))
    assert marked(found) == [("p1", 2, "指标\t增 速 （%）‸")]


def test_several_marks_of_one_note_are_all_kept() -> None:
    blocks = (
        *(Paragraph(text) for text in BEFORE),
        Paragraph("甲企业增长，乙企业持平。", notes=(NoteMark(3, 0), NoteMark(9, 0))),
    )
    found = read_source(Source("docx", blocks, (Footnote("1", "见年报。"),)))
    assert [text for _, _, text in marked(found)] == [
        "甲企业‸增长，乙企业持平。",
        "甲企业增长，乙企业‸持平。",
    ]


def test_a_note_without_a_mark_in_the_text_is_kept_without_a_place_and_named() -> None:
    found = read_source(source("关于印发工作要点的通知", "各有关‸单位：", "现将要点印发给你们。"))
    assert [note.places for note in found.footnotes] == [()]
    assert [w.message for w in found.warnings if w.code == "footnote-mark-missing"] == [
        "脚注1在正文中找不到对应的标记，请核对"
    ]


SECTION = Section(
    "p1-2", 2, SectionKind.HEADING, "（一）", "加强 服务", "各单位 落实。\n \n按期报告。",
    ending="。",
)  # fmt: skip


def test_a_place_counted_in_characters_comes_back_the_same() -> None:
    lines = [SECTION.heading or "", "各单位 落实。", "按期报告。"]
    for paragraph, line in enumerate(lines):
        for offset in range(1, len(line) + 1):
            if line[offset - 1] == " ":
                continue  # behind white space is behind the word before it
            place = NotePlace("p1-2", paragraph, offset)
            counted = counted_at(SECTION, SECTION.text, 0, place)
            assert counted is not None
            assert place_at(SECTION, SECTION.text, "p1-2", counted) == place


def test_a_place_outside_its_section_is_none() -> None:
    for place in (NotePlace("p1-2", 0, 9), NotePlace("p1-2", 1, 9), NotePlace("p1-2", 3, 0)):
        assert counted_at(SECTION, SECTION.text, 0, place) is None
    assert place_at(SECTION, SECTION.text, "p1-2", Counted(0, 99)) == NotePlace("p1-2", 2, 5)


def test_a_mark_in_the_title_stands_in_the_heading_that_repeats_it() -> None:
    found = read_source(
        source("关于印发《松江区‸创新券", "管理办法》的通知‸", "各有关单位：", "请遵照‸执行。")
    )

    assert marked(found)[:2] == [
        ("p1", 0, "关于印发《松江区‸创新券管理办法》的通知"),
        ("p1", 0, "关于印发《松江区创新券管理办法》的通知‸"),
    ]
    assert not [each for each in found.warnings if each.code == "footnote-mark-missing"]
