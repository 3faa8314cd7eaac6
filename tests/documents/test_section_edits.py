"""Whatever an editor does to the outline, no character is lost and the tree stays a tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.section_anchors import lasting_anchors, path_anchors
from documents.section_edits import (
    NEW,
    EditRefused,
    Sections,
    as_printed,
    change_kind,
    join_part,
    linked,
    merge,
    relevel,
    renumber,
    split,
    start_part,
)
from documents.text import Section, SectionKind, read_text
from tests.documents.samples import NOTICE

SEEDS = sorted((Path(__file__).resolve().parents[3] / "shared" / "seeds").rglob("*.txt"))
WORDS = st.text(alphabet="甲乙丙丁。；", max_size=8)
ENDINGS = st.sampled_from([None, "。", "：", "】"])
NUMBERS = st.sampled_from([None, "一、", "二、", "（一）", "1.", "第三条", "一是", "某"])


@st.composite
def outlines(draw: st.DrawFn) -> Sections:
    """Valid outlines with any numbers and texts."""
    made: list[Section] = []
    for n in range(draw(st.integers(1, 9))):
        level = draw(st.integers(1, made[-1].level + 1)) if made else 1
        kinds = [SectionKind.HEADING, SectionKind.LEAD, SectionKind.ITEM]
        kind = SectionKind.PART if level == 1 else draw(st.sampled_from(kinds))
        paragraphs = draw(st.lists(WORDS.filter(bool), max_size=4))
        made.append(
            Section(
                f"s{n}",
                level,
                kind,
                draw(NUMBERS),
                heading := draw(WORDS) or None,
                "\n".join(paragraphs),
                ending=draw(ENDINGS) if heading else None,
            )
        )
    return linked(made)


Edit = Callable[[Sections, str], Sections]
EDITS: dict[str, Edit] = {
    "merge": merge,
    "split": lambda s, a: split(s, a, 2, with_heading=False),
    "split with heading": lambda s, a: split(s, a, 2, with_heading=True),
    "left": lambda s, a: relevel(s, a, -1),
    "right": lambda s, a: relevel(s, a, 1),
    "kind": lambda s, a: change_kind(s, a, SectionKind.ITEM),
    "start part": start_part,
    "join part": join_part,
}


def words(sections: Sections) -> str:
    """Everything in reading order, as printed."""
    pieces = (f"{as_printed(s.number, s.heading, s.ending)}{s.text}" for s in sections)
    return "".join(pieces).replace("\n", "")


@pytest.mark.parametrize("name", EDITS)
@settings(max_examples=150, deadline=None)
@given(sections=outlines(), data=st.data())
def test_an_edit_loses_no_character_and_leaves_a_tree(
    name: str, sections: Sections, data: st.DataObject
) -> None:
    anchor = data.draw(st.sampled_from([section.anchor for section in sections]))
    try:
        edited = EDITS[name](sections, anchor)
    except EditRefused:
        return

    assert words(edited) == words(sections)
    assert linked(edited) == edited
    paths = path_anchors(edited)
    assert len(set(paths)) == len(paths)


@settings(max_examples=200, deadline=None)
@given(sections=outlines(), data=st.data())
def test_any_run_of_edits_keeps_links_of_a_published_document(
    sections: Sections, data: st.DataObject
) -> None:
    former: set[str] = set()
    for _ in range(5):
        before = {section.anchor for section in sections}
        edit = data.draw(st.sampled_from(sorted(EDITS)))
        try:
            edited = EDITS[edit](sections, data.draw(st.sampled_from(sorted(before))))
        except EditRefused:
            continue
        new = {section.anchor for section in edited if section.anchor.startswith(NEW)}
        former |= before - {section.anchor for section in edited}
        anchors = lasting_anchors(edited, new, former)
        assert len(set(anchors)) == len(anchors)
        assert not former & set(anchors)
        for section, anchor in zip(edited, anchors, strict=True):
            assert section.anchor in new or section.anchor == anchor
        sections = linked(
            replace(section, anchor=anchor, parent=None)
            for section, anchor in zip(edited, anchors, strict=True)
        )


@settings(max_examples=200, deadline=None)
@given(sections=outlines(), data=st.data())
def test_merging_undoes_a_split(sections: Sections, data: st.DataObject) -> None:
    anchor = data.draw(st.sampled_from([section.anchor for section in sections]))
    try:
        halves = split(sections, anchor, 2, with_heading=False)
    except EditRefused:
        return
    new = next(section for section in halves if section.anchor.startswith(NEW))
    again = merge(halves, new.anchor)
    assert [s.text for s in again] == [s.text for s in sections]


@settings(max_examples=200, deadline=None)
@given(sections=outlines(), data=st.data())
def test_moving_right_and_left_again_changes_nothing(
    sections: Sections, data: st.DataObject
) -> None:
    anchor = data.draw(st.sampled_from([section.anchor for section in sections]))
    try:
        right = relevel(sections, anchor, 1)
    except EditRefused:
        return
    moved = next(n for n, s in enumerate(right) if s.anchor == anchor)
    assert Counter(s.level for s in relevel(right, anchor, -1)) == Counter(
        s.level for s in sections
    )
    assert right[moved].level == sections[moved].level + 1


@pytest.mark.parametrize(
    "text",
    [NOTICE, *(pytest.param(path.read_text("utf-8"), id=path.stem) for path in SEEDS)],
)
def test_the_path_rule_gives_the_anchors_that_reading_gave(text: str) -> None:
    sections = read_text(text).sections

    assert path_anchors(sections) == tuple(section.anchor for section in sections)


def test_a_split_takes_mark_and_first_sentence_for_number_and_heading() -> None:
    part = Section("p1", 1, SectionKind.PART, None, "通知", "")
    one = Section(
        "p1-1", 2, SectionKind.HEADING, "一、", "总则", "甲。\n二、保障措施。加强领导。\n丙。"
    )
    made = split(linked((part, one)), "p1-1", 2, with_heading=True)

    assert (made[2].number, made[2].heading, made[2].text) == (
        "二、", "保障措施", "加强领导。\n丙。",
    )  # fmt: skip
    assert path_anchors(made) == ("p1", "p1-1", "p1-2")


def test_two_works_in_one_file_become_two_parts() -> None:
    def heading(anchor: str, number: str | None, title: str) -> Section:
        return Section(anchor, 2, SectionKind.HEADING, number, title, "文字。")

    part = Section("p1", 1, SectionKind.PART, None, "总结和要点", "")
    sections = linked((
        part, heading("p1-1", "一、", "甲"), heading("p1-2", "二、", "乙"),
        heading("p1-x1", None, "2025年工作要点"), heading("p1-1r2", "一、", "丙"),
    ))  # fmt: skip
    two = start_part(sections, "p1-x1")

    assert path_anchors(two) == ("p1", "p1-1", "p1-2", "p2", "p2-1")
    back = join_part(two, "p1-x1")
    assert path_anchors(back) == ("p1", "p1-1", "p1-2", "p1-x1", "p1-x1-1")


@pytest.mark.parametrize(
    ("edit", "anchor", "why"),
    [
        (merge, "p1", "第一节"),
        (lambda s, a: relevel(s, a, -1), "p1-1", "左移"),
        (lambda s, a: relevel(s, a, 1), "p1-1", "右移"),
        (lambda s, a: relevel(s, a, 1), "p1", "部分"),
        (lambda s, a: split(s, a, 1, with_heading=False), "p1-1", "第二段"),
        (lambda s, a: split(s, a, 9, with_heading=False), "p1-1", "第二段"),
        (join_part, "p1", "第一部分"),
        (start_part, "p1", "已经是"),
        (lambda s, a: renumber(s, a, "三、"), "p9", "没有这一节"),
        (lambda s, a: change_kind(s, a, SectionKind.PART), "p1-1", "类别"),
    ],
)
def test_what_the_tree_does_not_allow_is_refused_in_words(
    edit: Edit, anchor: str, why: str
) -> None:
    sections = linked((
        Section("p1", 1, SectionKind.PART, None, "通知", ""),
        Section("p1-1", 2, SectionKind.HEADING, "一、", "总则", "甲。\n乙。"),
    ))  # fmt: skip
    with pytest.raises(EditRefused, match=why):
        edit(sections, anchor)
