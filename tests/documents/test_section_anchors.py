"""Sections are named by the path of their numbers, and a name once given leads nowhere else."""

from __future__ import annotations

import pytest

from documents.section_anchors import lasting_anchors, path_anchors
from documents.text import Section, SectionKind

Row = tuple[int, str, str | None]
"""Level, kind and number of a section."""

TREES: list[tuple[list[Row], list[str]]] = [
    (
        [(1, "part", None), (2, "heading", "一、"), (3, "heading", "（一）"),
         (3, "heading", "（二）"), (2, "heading", "二、"), (3, "heading", "（一）")],
        ["p1", "p1-1", "p1-1-1", "p1-1-2", "p1-2", "p1-2-1"],
    ),
    # Every part counts anew.
    (
        [(1, "part", None), (2, "heading", "一、"), (1, "part", None), (2, "heading", "一、")],
        ["p1", "p1-1", "p2", "p2-1"],
    ),
    # Articles have a letter, and the number of an inserted one its branch.
    (
        [(1, "part", None), (2, "heading", "第三条"), (2, "heading", "第三条之一"),
         (2, "heading", "第四条")],
        ["p1", "p1-a3", "p1-a3.1", "p1-a4"],
    ),
    # Items and what has no number are counted, each kind for itself and each parent anew.
    (
        [(1, "part", None), (2, "lead", None), (2, "item", "一是"), (2, "item", "二是"),
         (2, "lead", None), (2, "heading", "一、"), (3, "item", "一是"), (3, "lead", None)],
        ["p1", "p1-x1", "p1-e1", "p1-e2", "p1-x2", "p1-1", "p1-1-e1", "p1-1-x1"],
    ),
    # A list that starts again below one heading.
    (
        [(1, "part", None), (2, "heading", "一、"), (2, "heading", "一、"), (2, "heading", "一、"),
         (2, "heading", "二、"), (2, "heading", "二、")],
        ["p1", "p1-1", "p1-1r2", "p1-1r3", "p1-2", "p1-2r2"],
    ),
    # An item without a number, and a heading whose number is none, are counted like leads.
    (
        [(1, "part", None), (2, "item", None), (2, "heading", "某"), (2, "lead", "一、")],
        ["p1", "p1-x1", "p1-x2", "p1-x3"],
    ),
]  # fmt: skip


def tree(rows: list[Row], names: list[str] | None = None) -> list[Section]:
    names = names or [f"s{place}" for place in range(len(rows))]
    return [
        Section(name, level, SectionKind(kind), number, None, "")
        for name, (level, kind, number) in zip(names, rows, strict=True)
    ]


@pytest.mark.parametrize(("rows", "anchors"), TREES)
def test_an_anchor_is_the_path_of_numbers(rows: list[Row], anchors: list[str]) -> None:
    assert list(path_anchors(tree(rows))) == anchors


HEADINGS: list[Row] = [(1, "part", None), (2, "heading", "一、"), (2, "heading", "二、")]


def test_what_was_there_keeps_its_name_and_only_what_is_new_gets_one() -> None:
    sections = tree(HEADINGS, ["p1", "old", "new"])

    assert lasting_anchors(sections, {"new"}, ()) == ("p1", "old", "p1-2")


def test_a_name_held_by_another_section_is_not_given_again() -> None:
    sections = tree(HEADINGS, ["p1", "p1-2", "new"])

    assert lasting_anchors(sections, {"new"}, ()) == ("p1", "p1-2", "p1-2v2")


def test_a_name_that_once_stood_elsewhere_is_not_given_again() -> None:
    sections = tree(HEADINGS, ["p1", "p1-1", "new"])

    assert lasting_anchors(sections, {"new"}, {"p1-2"})[2] == "p1-2v2"
    assert lasting_anchors(sections, {"new"}, {"p1-2", "p1-2v2"})[2] == "p1-2v3"


def test_two_new_sections_never_share_a_name() -> None:
    """The second of them would have the path whose name the first was given."""
    rows: list[Row] = [(1, "part", None), (2, "heading", "一、"), (1, "part", None)]
    sections = tree(rows, ["p2", "a", "b"])

    assert lasting_anchors(sections, {"a", "b"}, ()) == ("p2", "p1-1", "p2v2")
    assert lasting_anchors(tree(HEADINGS, ["a", "b", "c"]), {"a", "b", "c"}, {"p1"}) == (
        "p1v2", "p1-1", "p1-2",
    )  # fmt: skip
