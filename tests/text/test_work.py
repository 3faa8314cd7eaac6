"""Reading costs the same for every line: twice the lines are twice the work, however short."""

from __future__ import annotations

import random
import sys
from types import FrameType

import pytest

from documents.text import read_text

_LINES = 1500
_CALLS = 90  # Python and C calls a line of a few characters may take; it takes 86

_SHAPES = {
    "digits": "1\n",
    "words": "发展规划\n",
    "sentences": "发展。\n",
    "clauses": "发展，\n",
    "brackets": "（发展\n",
    "marks": "一、发展\n",
    "items": "（1）发展\n",
    "dates": "2024年1月1日\n",
    "bold": "**发展。**推进。",
    "ordinals": "一是发展。二是推进。",
    "table": "|发展|规划|\n",
    "blank": "\n",
}


def work(text: str) -> int:
    """How many calls of Python and C functions reading ``text`` takes."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_text(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("shape", _SHAPES)
def test_twice_the_lines_are_twice_the_work(shape: str) -> None:
    read_text(_SHAPES[shape])  # patterns and tables are made on first use
    once, twice = work(_SHAPES[shape] * _LINES), work(_SHAPES[shape] * 2 * _LINES)
    assert twice <= 2.1 * once


def test_the_same_holds_for_numbered_articles() -> None:
    lines = [f"第{number}条　发展。" for number in range(1, 2 * _LINES + 1)]
    assert work("\n".join(lines)) <= 2.1 * work("\n".join(lines[:_LINES]))


def test_a_line_of_a_few_characters_takes_few_steps() -> None:
    chance = random.Random(1)
    lines = [
        "".join(chr(chance.randrange(0x4E00, 0x8000)) for _ in range(chance.randrange(1, 8)))
        for _ in range(_LINES)
    ]
    assert work("\n".join(lines)) <= _CALLS * _LINES
