"""Takes footnotes out of the lines they interrupt, and their marks out of the words they follow."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.characters import ends_sentence, joined
from documents.text.numerals import number as as_number
from documents.text.values import Footnote, NoteMark
from documents.text.wrapping import Margins, line_width

_REACH = 60  # lines before a footnote in which its mark is looked for
_LONGEST = 14  # lines a footnote block at the foot of a page may have
_UNIT = (
    "年月日个家%％件项万亿元次位号名人所条场倍天大小级类期届区市省国种批座只台套部款股第多余岁"
    "米公吨点分·.．:：~～+/]］"
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_START = re.compile(r"^\s*([\d⁰¹²³⁴-⁹]{1,2})(?![\d.．、年月日%％,，:：)）~～\-—–/])\s*(?=\S)")
_CIRCLED = {chr(0x2460 + index): index + 1 for index in range(20)}


def take_footnotes(
    lines: list[Block], margins: Margins | None, first: int = 0
) -> tuple[list[Block], list[Footnote]]:
    """Gives (lines without footnotes, footnotes).

    The line from which a mark was cut keeps its place among its ``notes``, counted from
    ``first``; a note whose mark is not found is in none of them.
    A footnote block ends where a page ends. Its first line starts with the next expected number
    (never ``N.``), the line above it stops in mid-sentence, and it is set apart by smaller type:
    by its size where known, else by being longer than a line can be, or a whole sentence.
    """
    if margins is None and not any(line.size for line in lines):
        return lines, []
    kept: list[Block] = []
    notes: list[Footnote] = []
    page_start = 0
    for index, line in enumerate([*lines, None]):
        if line is not None and not (line.after_break and index):
            kept.append(line)
            continue
        found = _block_start(kept, page_start, len(notes) + 1, margins)
        if found is not None:
            for mark, text in _split(kept[found:], len(notes) + 1):
                del kept[found:]
                _cut_mark(kept, mark, first + len(notes))
                notes.append(Footnote(mark, text))
        page_start = len(kept)
        if line is not None:
            kept.append(line)
    return kept, notes


def _block_start(
    kept: list[Block], page_start: int, expected: int, margins: Margins | None
) -> int | None:
    for index in range(max(page_start, len(kept) - _LONGEST), len(kept)):
        match = _START.match(kept[index].text)
        if match is None or as_number(match.group(1)) != expected or index == 0:
            continue
        if _is_small(kept, index):
            return index
        if margins is None or kept[index].size is not None or ends_sentence(kept[index - 1].text):
            continue
        wide = line_width(kept[index].text)[0] > 1.35 * margins.columns
        whole = index == len(kept) - 1 and ends_sentence(kept[index].text)
        if wide or whole:
            return index
    return None


def _is_small(kept: list[Block], index: int) -> bool:
    """Smaller type than the line above it, in the lower half of its page."""
    line, above = kept[index], kept[index - 1]
    if line.size is None or above.size is None or line.y is None or not line.page_height:
        return False
    return line.size < 0.8 * above.size and line.y > 0.4 * line.page_height


def _split(block: list[Block], first: int) -> list[tuple[str, str]]:
    """The notes of one block: each next expected number at a line's start begins another."""
    notes: list[tuple[str, str]] = []
    for line in block:
        text = line.text.strip()
        match = _START.match(text)
        if match and as_number(match.group(1)) == first + len(notes):
            notes.append((str(first + len(notes)), text[match.end() :]))
        elif notes:
            mark, sofar = notes[-1]
            notes[-1] = mark, joined(sofar, text)
    return notes


def _cut_mark(kept: list[Block], mark: str, note: int) -> None:
    """Moves the mark from the nearest word it is glued to into the line's ``notes``.

    A raised figure is the mark for sure, one before punctuation rather than another.
    """
    raised = re.compile(rf"{mark.translate(_RAISED)}(?![⁰¹²³⁴-⁹])")
    sure = re.compile(
        rf"(?<=[^\d\s.．（(第约达超至到、,，~～+×/—–-])\s?{mark}(?=[，。；、：！？”’》）])"
    )
    likely = re.compile(rf"(?<=[^\x00-\x7f\s])\s?{mark}(?![\d{re.escape(_UNIT)}A-Za-z])")
    for pattern in (raised, sure, likely):
        for index in range(len(kept) - 1, max(-1, len(kept) - 1 - _REACH), -1):
            matches = list(pattern.finditer(kept[index].text))
            if matches:
                kept[index] = _without(kept[index], matches[-1], note)
                return


def _without(line: Block, mark: re.Match[str], note: int) -> Block:
    start, end = mark.span()
    others = (
        NoteMark(each.at if each.at <= start else max(each.at - (end - start), start), each.note)
        for each in line.notes
    )
    notes = sorted([*others, NoteMark(start, note)], key=lambda each: each.at)
    return line.but(text=line.text[:start] + line.text[end:], notes=tuple(notes))
