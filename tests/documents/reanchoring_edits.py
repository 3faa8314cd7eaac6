"""Edits of real documents that know where every character went: the oracle of the bookmarks."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from documents.filing import section_fingerprint
from documents.landing_values import Passage
from documents.text import Reading, Section, read_text

Tagged = list[tuple[str, int | None]]
"""An edited text: each character with its place in the original, None for a new one."""

COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "民得经"
)
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a section with all below it, as offsets into the text."""

    anchor: str
    level: int
    start: int
    end: int


def passages_of(reading: Reading) -> list[Passage]:
    """The sections of *reading* as the portal would file them."""
    above: dict[str, Section] = {section.anchor: section for section in reading.sections}
    found = []
    for section in reading.sections:
        path, parent = [], section.parent
        while parent is not None:
            path.append(above[parent].heading or above[parent].text[:24])
            parent = above[parent].parent
        found.append(
            Passage(
                section.anchor,
                section_fingerprint(section),
                section.heading or "",
                section.text,
                "\n".join(reversed(path)),
            )
        )
    return found


def tagged(text: str) -> Tagged:
    """*text*, unedited."""
    return [(character, place) for place, character in enumerate(text)]


def untagged(edited: Tagged) -> str:
    return "".join(character for character, _ in edited)


def spans(reading: Reading, text: str) -> dict[str, list[int]]:
    """For each section the offsets of its own characters in *text*.

    Sections come in reading order with the author's characters, so that each piece is looked for
    after the one before it; a piece that reading has put together otherwise is left out.
    """
    stream = _Stream(text)
    return {section.anchor: stream.take(section) for section in reading.sections}


class _Stream:
    """The characters of a text without white space, taken by one section after the other."""

    def __init__(self, text: str) -> None:
        kept = [(_plain(c), place) for place, c in enumerate(text) if not c.isspace()]
        self._characters = "".join(c for c, _ in kept)
        self._offsets = [place for _, place in kept]
        self._free = [True] * len(kept)
        self._cursor = 0

    def take(self, section: Section) -> list[int]:
        """A section begins after the beginning of the one before it, its first line whole.

        Only the beginning moves on: paragraphs after its children belong to it as well.
        """
        label, *rest = [_compact(p) for p in (section.number, section.heading) if p] or [""]
        paragraphs = [_compact(p) for p in section.text.split("\n")]
        opening = label + "".join(rest)
        first = self._find(opening + paragraphs[0][:12]) if opening else -1
        if first < 0:
            first = self._find(opening or paragraphs[0])
        if first < 0:
            return []
        self._cursor = first + 1
        own = self._claim(first, len(opening)) if opening else []
        at = first + len(opening)
        for paragraph in filter(None, paragraphs):
            start = self._characters.find(paragraph, at)
            while start >= 0 and not self._free[start]:
                start = self._characters.find(paragraph, start + 1)
            if start >= 0:
                own += self._claim(start, len(paragraph))
                at = start + len(paragraph)
        return own

    def _find(self, wanted: str) -> int:
        at = self._characters.find(wanted, self._cursor) if wanted else -1
        while at >= 0 and not self._free[at]:
            at = self._characters.find(wanted, at + 1)
        return at

    def _claim(self, start: int, length: int) -> list[int]:
        self._free[start : start + length] = [False] * length
        return self._offsets[start : start + length]


def _compact(text: str) -> str:
    return "".join(_plain(c) for c in text if not c.isspace())


def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def survivors(before: Reading, old: str, after: Reading, edited: Tagged) -> dict[str, str | None]:
    """Where each section of *before* now is: the section with most of its characters.

    None when less than half of them are left in one section.
    """
    new_home: dict[int, str] = {}
    for anchor, own in spans(after, untagged(edited)).items():
        for offset in own:
            origin = edited[offset][1]
            if origin is not None:
                new_home[origin] = anchor
    homes: dict[str, str | None] = {}
    for anchor, own in spans(before, old).items():
        if not own:
            continue  # reading put it together otherwise; nothing is known of it
        counts = Counter(new_home[offset] for offset in own if offset in new_home)
        best, count = counts.most_common(1)[0] if counts else (None, 0)
        homes[anchor] = best if 2 * count >= len(own) else None
    return homes


def blocks(reading: Reading, text: str) -> list[Block]:
    """Sections below the part with everything under them, as whole lines of *text*."""
    own = spans(reading, text)
    sections = [section for section in reading.sections if own[section.anchor]]
    found = []
    for place, section in enumerate(sections):
        if section.level < 2 or not section.number:
            continue
        start = text.rfind("\n", 0, own[section.anchor][0]) + 1
        if text[start : own[section.anchor][0]].strip():
            continue  # begins inside a line
        following = [s for s in sections[place + 1 :] if s.level <= section.level]
        inside = sections[place : place + 1 + _run(sections[place + 1 :], section.level)]
        last = max(max(own[s.anchor]) for s in inside if own[s.anchor])
        end = text.find("\n", last) + 1 or len(text)
        if following and own[following[0].anchor][0] < end:
            continue
        found.append(Block(section.anchor, section.level, start, end))
    return found


def _run(sections: Sequence[Section], level: int) -> int:
    return next((n for n, s in enumerate(sections) if s.level <= level), len(sections))


def change_words(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """A fifth of the lines get up to three words of two to six characters replaced or struck."""
    words = re.findall(r"[\u4e00-\u9fff]{2,6}", text)
    edited: Tagged = []
    for whole in _lines(tagged(text)):
        line = whole
        if dice.random() < 0.2 and len(line) > 24:
            for _ in range(dice.randint(1, 3)):
                if len(line) <= 16:
                    break  # struck down to its ends
                at = dice.randrange(8, len(line) - 8)
                new = dice.choice(words) if dice.random() < 0.8 else ""
                line = line[:at] + [(c, None) for c in new] + line[at + dice.randint(2, 6) :]
        edited += line
    return edited


def insert_sections(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """One to three new sections, the numbers after them put up by one."""
    edited = tagged(text)
    chosen = _some(blocks(reading, text), dice)
    for block in sorted(chosen, key=lambda b: -b.start):
        label = text[block.start : block.start + 12]
        if not (match := re.match(r"\s*[（(]?[一二三四五六七八九十]{1,3}[）)、.]", label)):
            continue
        new = match.group() + "新增的安排。\n" + _new_paragraph(dice) + "\n"
        edited[block.start : block.start] = [(c, None) for c in new]
    return _renumbered(edited)


def remove_sections(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """One to three sections with all below them struck, the numbers after them put down."""
    struck = [(b.start, b.end) for b in _some(blocks(reading, text), dice)]
    kept: Tagged = [
        (c, place)
        for place, c in enumerate(text)
        if not any(start <= place < end for start, end in struck)
    ]
    return _renumbered(kept)


def move_sections(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """Two sections of one level change places with all below them, and take the new numbers."""
    found = blocks(reading, text)
    pairs = [(a, b) for a in found for b in found if a.level == b.level and a.end <= b.start]
    if not pairs:
        return tagged(text)
    first, second = dice.choice(pairs)
    whole = tagged(text)
    return _renumbered(
        whole[: first.start]
        + whole[second.start : second.end]
        + whole[first.end : second.start]
        + whole[first.start : first.end]
        + whole[second.end :]
    )


def add_noise(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """One to three of a hundred Chinese characters misread, lost or doubled, as in a scan."""
    rate = dice.uniform(0.01, 0.03)
    edited: Tagged = []
    for place, character in enumerate(text):
        if not "\u4e00" <= character <= "\u9fff" or dice.random() >= rate:
            edited.append((character, place))
            continue
        kind = dice.random()
        if kind < 0.7:
            edited.append((dice.choice(COMMON), None))
        elif kind > 0.85:
            edited += [(character, place), (dice.choice(COMMON), None)]
    return edited


def all_at_once(text: str, reading: Reading, dice: random.Random) -> Tagged:
    """A revision: a section struck, another moved in, words changed."""
    return _chain(text, dice, remove_sections, insert_sections, change_words)


Edit = Callable[[str, Reading, random.Random], Tagged]

EDITS: dict[str, Edit] = {
    "words": change_words,
    "inserted": insert_sections,
    "removed": remove_sections,
    "moved": move_sections,
    "noise": add_noise,
    "revision": all_at_once,
}


def _chain(text: str, dice: random.Random, *edits: Edit) -> Tagged:
    whole = tagged(text)
    for edit in edits:
        now = untagged(whole)
        step = edit(now, read_text(now), dice)
        whole = [(c, None if place is None else whole[place][1]) for c, place in step]
    return whole


def _some(found: list[Block], dice: random.Random) -> list[Block]:
    chosen: list[Block] = []
    for block in dice.sample(found, min(len(found), dice.randint(1, 3))):
        if all(block.end <= other.start or other.end <= block.start for other in chosen):
            chosen.append(block)
    return chosen


def _new_paragraph(dice: random.Random) -> str:
    words = (
        "统筹",
        "协调",
        "平台",
        "服务",
        "标准",
        "评估",
        "机制",
        "资金",
        "项目",
        "培训",
        "数据",
        "监管",
    )
    return "".join(dice.choice(words) for _ in range(20)) + "。"


def _lines(edited: Tagged) -> list[Tagged]:
    found: list[Tagged] = [[]]
    for pair in edited:
        found[-1].append(pair)
        if pair[0] == "\n":
            found.append([])
    return found


_NUMBER = re.compile(r"\s*(?:第)?[（(]?([一二三四五六七八九十]{1,3})(?:[）)、]|条|章|节)")


def _renumbered(edited: Tagged) -> Tagged:
    """Counts 一、 （一） and 第一条 anew wherever a line begins with them."""
    counts: dict[str, int] = {}
    result: Tagged = []
    for line in _lines(edited):
        text = untagged(line)
        if not (match := _NUMBER.match(text)):
            result += line
            continue
        shape = text[: match.start(1)].strip() + text[match.end(1)]
        if match.group(1) == "一":
            counts[shape] = 0
        if shape == "、":
            counts.pop("（）", None), counts.pop("()", None)
        counts[shape] = counts.get(shape, 0) + 1
        number = _numeral(counts[shape])
        if number == match.group(1):
            result += line
            continue
        new: Tagged = [(c, None) for c in number]
        result += line[: match.start(1)] + new + line[match.end(1) :]
    return result


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else NUMERALS[min(tens, 9) - 1] + "十")
    return head + (NUMERALS[ones - 1] if ones else "")
