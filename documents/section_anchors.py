"""Gives sections their anchors: by their path on drafts, lasting ones where links may exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from documents.text.marks import Style, mark_of
from documents.text.values import Section, SectionKind


def path_anchors(sections: Sequence[Section]) -> tuple[str, ...]:
    """The anchor of each section by the rule of docs/reading.md: the path of its numbers.

    Needs a valid tree in reading order; the anchors are unique. Those that a reading gave come
    out again.
    """
    anchors: list[str] = []
    taken: set[str] = set()
    counted: Counter[tuple[str, str]] = Counter()
    above: list[str] = []
    parts = 0
    for section in sections:
        if section.level == 1:
            parts += 1
            anchor = f"p{parts}"
        else:
            parent = above[section.level - 2]
            anchor = _free(parent, f"{parent}-{_step(section, parent, counted)}", counted, taken)
        anchors.append(anchor)
        taken.add(anchor)
        above[section.level - 1 :] = [anchor]
    return tuple(anchors)


def _step(section: Section, parent: str, counted: Counter[tuple[str, str]]) -> str:
    mark = mark_of(section.number) if section.number else None
    if section.kind is SectionKind.HEADING and mark is not None:
        code = "a" if mark.style is Style.ARTICLE else ""
        return f"{code}{mark.value}.{mark.branch}" if mark.branch else f"{code}{mark.value}"
    letter = "e" if section.kind is SectionKind.ITEM and section.number else "x"
    counted[parent, letter] += 1
    return f"{letter}{counted[parent, letter]}"


def _free(parent: str, anchor: str, counted: Counter[tuple[str, str]], taken: set[str]) -> str:
    """A list that starts again below one heading adds ``r2``, ``r3`` …"""
    free = anchor
    while free in taken:
        counted[parent, anchor] += 1
        free = f"{anchor}r{counted[parent, anchor] + 1}"
    return free


def lasting_anchors(
    sections: Sequence[Section], new: Collection[str], reserved: Collection[str]
) -> tuple[str, ...]:
    """Anchors for a document that was published: only those in *new* are replaced.

    A new section gets the anchor of its path unless that is held by another section or is
    among *reserved* (anchors that once stood elsewhere), then one with a counter behind it.
    """
    taken = set(reserved) | {section.anchor for section in sections if section.anchor not in new}
    anchors = []
    for section, path in zip(sections, path_anchors(sections), strict=True):
        anchor = section.anchor
        if anchor in new:
            anchor, counter = path, 1
            while anchor in taken:
                counter += 1
                anchor = f"{path}v{counter}"
            taken.add(anchor)
        anchors.append(anchor)
    return tuple(anchors)
