"""Finds the section that a reader names by its numbers: 二（一）, 第五条, 三、2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.citations import Sectioned
from documents.text.characters import skeleton
from documents.text.numerals import DIGITS, number

MAX_TYPED = 60
_STEP = re.compile(
    rf"第\s*(?P<article>[{DIGITS}\d]+)\s*(?P<unit>分编|编|部分|篇|章|节|条)"
    rf"|(?P<item>[{DIGITS}])是"
    rf"|[（(]\s*(?P<bracket>[{DIGITS}\d]+)\s*[）)]"
    rf"|(?P<circle>[\u2460-\u2473])"
    rf"|(?P<figure>\d+)"
    rf"|(?P<plain>[{DIGITS}]+)"
)
_BETWEEN = re.compile(r"[\s、．.，,。;；/·>＞\-]*")


@dataclass(frozen=True, slots=True)
class Step:
    """One number: the shape it was written in, and its value."""

    shape: str
    value: int


def steps_of(typed: str) -> tuple[Step, ...]:
    """*typed* as numbers from the outside in; empty when anything of it is no number."""
    text = typed.strip()[:MAX_TYPED].translate(_HALF_WIDTH)
    steps: list[Step] = []
    place = 0
    while place < len(text):
        match = _STEP.match(text, place)
        step = _step(match) if match else None
        if match is None or step is None:
            return ()
        steps.append(step)
        place = match.end()
        between = _BETWEEN.match(text, place)
        place = between.end() if between else place
    return tuple(steps)


def find_sections(typed: str, sections: Sequence[Sectioned]) -> tuple[Sectioned, ...]:
    """The sections that *typed* names, in reading order; nothing is guessed.

    Numbers that spell a section's whole path win over those that only end it; words find the
    headings they stand in.
    """
    steps = steps_of(typed)
    if steps:
        return _by_numbers(steps, sections)
    words = skeleton(typed[:MAX_TYPED])
    if not words:
        return ()
    found = [s for s in sections if words in skeleton(f"{s.number}{s.heading}")]
    exact = [s for s in found if words in (skeleton(s.heading), skeleton(f"{s.number}{s.heading}"))]
    return tuple(exact or found)


def _by_numbers(steps: tuple[Step, ...], sections: Sequence[Sectioned]) -> tuple[Sectioned, ...]:
    whole, ending = [], []
    path: list[tuple[int, Step | None]] = []
    for section in sections:
        while path and path[-1][0] >= section.level:
            path.pop()
        own = steps_of(section.number) if section.number else ()
        path.append((section.level, own[-1] if own else None))
        numbers = [step for _, step in path if step is not None]
        if not own or not _same(steps[-1], own[-1]):
            continue
        if len(numbers) == len(steps) and all(map(_same, steps, numbers)):
            whole.append(section)
        elif _within(steps, numbers):
            ending.append(section)
    return tuple(whole or ending)


def _within(steps: tuple[Step, ...], numbers: list[Step]) -> bool:
    """Whether *steps* occur among *numbers* in order; an article may be named without chapter."""
    rest = iter(numbers)
    return all(any(_same(step, other) for other in rest) for step in steps)


def _same(asked: Step, held: Step) -> bool:
    """A bare 二 fits 二、 and 第二章 and （二）; what was written in a shape fits that shape."""
    if asked.value != held.value:
        return False
    return asked.shape in ("plain", held.shape) or (
        asked.shape == "figure" and held.shape != "item"
    )


def _step(match: re.Match[str]) -> Step | None:
    shape = match.lastgroup or ""
    if shape == "unit":
        shape, text = match.group("unit"), match.group("article")
    elif shape == "circle":
        return Step(shape, ord(match.group("circle")) - 0x245F)
    else:
        text = match.group(shape)
        if shape == "bracket":
            shape = "（1）" if text.isascii() and text.isdigit() else "（一）"
    value = number(text)
    return None if value is None else Step(shape, value)


_HALF_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
