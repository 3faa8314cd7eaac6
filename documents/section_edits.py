"""Edits of a document's sections as pure functions: a valid tree in, a valid tree out.

Every function takes the sections in reading order and the anchor of one of them and gives the
whole tuple anew. Surviving sections keep their anchors, new ones carry a provisional anchor that
begins with NEW; ``documents.section_anchors`` says which anchors they get. No character is lost
or doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from documents.text.characters import CLOSERS
from documents.text.marks import mark_of
from documents.text.values import Section, SectionKind

Sections = tuple[Section, ...]

NEW = "new:"
"""Begins the provisional anchor of a section that an edit made; no real anchor has a colon."""

DEEPEST = 12
_OPENING = {"】": "【", "]": "[", "〕": "〔"}
_FIRST_SENTENCE = re.compile(rf"[^。！？!?]*(?:[！？!?][{re.escape(CLOSERS)}]*|(?=。)|\Z)")


class EditRefused(Exception):
    """The tree does not allow this edit; the message says why, in Chinese."""


def linked(sections: Iterable[Section]) -> Sections:
    """The same sections, each with the parent that order and levels give it.

    Raises ValueError when they are no tree: it must begin with a part, level 1 is for parts
    alone, and no section may lie more than one level below the one before it.
    """
    above: list[str] = []
    made = []
    for section in sections:
        if not 1 <= section.level <= len(above) + 1:
            raise ValueError(f"{section.anchor} at level {section.level} has no parent")
        if (section.level == 1) is not (section.kind is SectionKind.PART):
            raise ValueError(f"{section.anchor} is {section.kind} at level {section.level}")
        above[section.level - 1 :] = [section.anchor]
        parent = above[section.level - 2] if section.level > 1 else None
        made.append(section if section.parent == parent else replace(section, parent=parent))
    return tuple(made)


def merge(sections: Sections, anchor: str) -> Sections:
    """Takes a false heading back: its words join the section before it.

    What lay below it moves one level up; what lay below a part joins the part before.
    """
    at = _at(sections, anchor)
    if at == 0:
        raise EditRefused("这是第一节，前面没有可以并入的章节。")
    previous, gone = sections[at - 1], sections[at]
    opening = as_printed(gone.number, gone.heading, gone.ending)
    text = "\n".join(piece for piece in (previous.text, opening, gone.text) if piece)
    end = _end(sections, at)
    below = sections[at + 1 : end]
    if gone.level > 1:
        below = tuple(replace(section, level=section.level - 1) for section in below)
    return linked((*sections[: at - 1], replace(previous, text=text), *below, *sections[end:]))


def split(sections: Sections, anchor: str, paragraph: int, *, with_heading: bool) -> Sections:
    """Begins a new section at a paragraph (1-based, the second at the earliest).

    The new section stands beside the old one (below it when that is a part) and takes over
    what lay below it, since that follows it in reading. *with_heading* takes a numbering mark
    and the first sentence of the paragraph for number and heading.
    """
    at = _at(sections, anchor)
    old = sections[at]
    paragraphs = old.text.split("\n")
    if not 2 <= paragraph <= len(paragraphs):
        raise EditRefused("请从第二段起选择拆分的位置：第一段之前没有可以留下的文字。")
    opening, rest = paragraphs[paragraph - 1], paragraphs[paragraph:]
    number, heading, ending = None, None, None
    if with_heading:
        number, heading, ending, opening = _headed(opening)
    part = old.kind is SectionKind.PART
    new = replace(
        old,
        anchor=_fresh(sections),
        level=2 if part else old.level,
        kind=SectionKind.HEADING if part else old.kind,
        number=number,
        heading=heading,
        ending=ending,
        text="\n".join(piece for piece in (opening, *rest) if piece),
    )
    kept = replace(old, text="\n".join(paragraphs[: paragraph - 1]))
    return linked((*sections[:at], kept, new, *sections[at + 1 :]))


def _headed(paragraph: str) -> tuple[str | None, str | None, str | None, str]:
    """Number, heading, its ending and what is left of a paragraph that begins with a heading."""
    mark = mark_of(paragraph)
    start = mark.end if mark else 0
    match = _FIRST_SENTENCE.match(paragraph, start)
    end = match.end() if match else len(paragraph)
    heading = paragraph[start:end]
    rest = paragraph[end:].removeprefix("。")
    ending = "。" if len(rest) < len(paragraph) - end else None
    number = paragraph[:start].rstrip() if mark else None
    if not heading.strip() and number is None:
        return None, None, None, paragraph
    if not heading:
        return number, None, None, paragraph[end:]
    return number, heading, ending, rest


def as_printed(number: str | None, heading: str | None, ending: str | None) -> str:
    """Number, heading and ending as they stand in print; a closing bracket has its opening one."""
    opening = _OPENING.get(ending or "", "") if heading else ""
    return f"{number or ''}{opening}{heading or ''}{ending or ''}"


def renumber(sections: Sections, anchor: str, number: str) -> Sections:
    """Prints another number before a section; its place in the tree stays."""
    at = _at(sections, anchor)
    return _put(sections, at, replace(sections[at], number=number or None))


def change_kind(sections: Sections, anchor: str, kind: SectionKind) -> Sections:
    """Calls a section a heading, a lead or an item; parts are made by start_part alone."""
    at = _at(sections, anchor)
    if sections[at].kind is SectionKind.PART or kind is SectionKind.PART:
        raise EditRefused("部分的首节不能改类别；请用“设为新部分的开头”或“并回上一部分”。")
    return _put(sections, at, replace(sections[at], kind=kind))


def relevel(sections: Sections, anchor: str, by: Literal[-1, 1]) -> Sections:
    """Moves a section with all below it one level left (-1) or right (+1).

    Moved left, it takes the sections after it on its former level below itself: they follow
    it in reading. Moved right, it goes below the section before it on its level.
    """
    at = _at(sections, anchor)
    section = sections[at]
    if section.kind is SectionKind.PART:
        raise EditRefused("这是一个部分，层级固定；可以用“并回上一部分”把它改成普通章节。")
    if by == -1 and section.level == 2:
        raise EditRefused("已经是部分之下的第一级，不能再左移。")
    if by == 1 and sections[at - 1].level < section.level:
        raise EditRefused("前面没有同级的章节可以归入，不能右移。")
    end = _end(sections, at)
    if by == 1 and max(below.level for below in sections[at:end]) >= DEEPEST:
        raise EditRefused(f"层级已达 {DEEPEST} 级，不能再右移。")
    moved = (replace(below, level=below.level + by) for below in sections[at:end])
    return linked((*sections[:at], *moved, *sections[end:]))


def start_part(sections: Sections, anchor: str) -> Sections:
    """Makes a section the first of a new part, which reaches to the next part.

    What follows keeps its nesting below the new part as far as the part goes.
    """
    at = _at(sections, anchor)
    if sections[at].kind is SectionKind.PART:
        raise EditRefused("这一节已经是一个部分的开头。")
    end = next((i for i in range(at + 1, len(sections)) if sections[i].level == 1), len(sections))
    start = replace(sections[at], level=1, kind=SectionKind.PART)
    open_levels = [1]  # old levels of the sections above the present one
    following = []
    for section in sections[at + 1 : end]:
        while len(open_levels) > 1 and open_levels[-1] >= section.level:
            open_levels.pop()
        open_levels.append(section.level)
        following.append(replace(section, level=len(open_levels)))
    return linked((*sections[:at], start, *following, *sections[end:]))


def join_part(sections: Sections, anchor: str) -> Sections:
    """Makes a part an ordinary heading, with all its sections, of the part before it."""
    at = _at(sections, anchor)
    if sections[at].kind is not SectionKind.PART:
        raise EditRefused("这一节不是一个部分的开头。")
    if at == 0:
        raise EditRefused("这是第一部分，前面没有可以并入的部分。")
    end = _end(sections, at)
    if max(section.level for section in sections[at:end]) >= DEEPEST:
        raise EditRefused(f"其中的层级已达 {DEEPEST} 级，不能再下移一级。")
    moved = [replace(section, level=section.level + 1) for section in sections[at:end]]
    moved[0] = replace(moved[0], kind=SectionKind.HEADING)
    return linked((*sections[:at], *moved, *sections[end:]))


def _at(sections: Sections, anchor: str) -> int:
    for at, section in enumerate(sections):
        if section.anchor == anchor:
            return at
    raise EditRefused("这份文件里没有这一节，可能刚刚改动过。请刷新页面后再试。")


def _end(sections: Sections, at: int) -> int:
    """The index after the last section below the one at *at*."""
    level = sections[at].level
    return next((i for i in range(at + 1, len(sections)) if sections[i].level <= level),
                len(sections))  # fmt: skip


def _put(sections: Sections, at: int, section: Section) -> Sections:
    return linked((*sections[:at], section, *sections[at + 1 :]))


def _fresh(sections: Sections) -> str:
    held = {section.anchor for section in sections}
    return next(name for n in range(len(held) + 1) if (name := f"{NEW}{n}") not in held)
