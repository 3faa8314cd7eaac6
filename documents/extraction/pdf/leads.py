"""Marks the lead sentences that print sets off in bold or in another face.

GB/T 9704-2012 (7.3.3) sets headings of the first level in 黑体, of the second in 楷体 and the text
in 仿宋; unnumbered lead sentences follow that custom at the head of their paragraph. A line knows
only whether all of it is bold, so that a lead is put between Markdown's ``**``, which reading
takes for bold once it has joined the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from documents.text.values import Line

_LONGEST = 60  # characters a lead sentence may have
_SHORTEST = 4
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十百〇零\d]{1,3}\s?[）)、．.]|[一二三四五六七八九十]{1,2}[是要]|"
    r"第\S{1,5}[编章节条]|[\u2460-\u2473]"
)
_MARK = "**"


@dataclass(frozen=True, slots=True)
class Printed:
    """A line and, for every character of its text, whether it is set off from the body's face."""

    line: Line
    strong: tuple[bool, ...]


def with_leads(page: Sequence[Printed]) -> list[Line]:
    """The lines of one page, leads between ``**``; a page that prints ``**`` itself is left."""
    lines = [printed.line for printed in page]
    if not any(any(p.strong) and not all(p.strong) for p in page):
        return lines
    if any(_MARK in line.text for line in lines):
        return lines
    cuts: dict[int, list[int]] = {}
    for first, last in _paragraphs(lines):
        for at, place in _leads(page, first, last):
            cuts.setdefault(at, []).append(place)
    for at, places in cuts.items():
        text = lines[at].text
        edges = [0, *sorted(places), len(text)]
        lines[at] = lines[at]._replace(
            text=_MARK.join(text[a:b] for a, b in pairwise(edges)), bold=False
        )
    return lines


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of lines that run on: a full line, then one that is not indented."""
    long = [line for line in lines if _width(line) > 0.5 * max(map(_width, lines))]
    left = min(line.x0 or 0.0 for line in long)
    right = max(line.x1 or 0.0 for line in long)
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines):
            em = lines[at].size or 0.0
            full = (lines[at - 1].x1 or 0.0) > right - 2.0 * em
            if full and (lines[at].x0 or 0.0) < left + em:
                continue
        yield start, at
        start = at


def _width(line: Line) -> float:
    return (line.x1 or 0.0) - (line.x0 or 0.0)


def _leads(page: Sequence[Printed], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Where leads begin and end, as (line, character)."""
    text = "".join(printed.line.text for printed in page[first:last])
    strong = [mark for printed in page[first:last] for mark in printed.strong]
    for start, end in _runs(strong):
        if _is_lead(text, start, end):
            yield _place(page, first, start, opening=True)
            yield _place(page, first, end, opening=False)


def _runs(strong: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for at, mark in enumerate([*strong, False]):
        if mark and start is None:
            start = at
        elif not mark and start is not None:
            yield start, at
            start = None


def _is_lead(text: str, start: int, end: int) -> bool:
    words = text[start:end].strip()
    before, behind = text[:start].rstrip(), text[end:].strip()
    if not _SHORTEST <= len(words) <= _LONGEST or not behind or _NUMBERED.match(words):
        return False
    closed = words[-1] in "。！：:" or behind[0] in "。：:"
    return closed and "。" not in words[:-1] and (not before or before[-1] in "。！？；：”")


def _place(page: Sequence[Printed], first: int, offset: int, *, opening: bool) -> tuple[int, int]:
    """The line and character of an offset into lines; an end stays in the line it closes."""
    at = first
    while offset > len(page[at].line.text) or (opening and offset == len(page[at].line.text)):
        offset -= len(page[at].line.text)
        at += 1
    return at, offset
