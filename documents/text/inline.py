"""Sections inside a paragraph: bold lead sentences, 一是…二是…, （1）…（2）…."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from documents.text.blocks import Block
from documents.text.headings import sentence_stop
from documents.text.numerals import number as as_number
from documents.text.values import SectionKind

_ORDINAL = re.compile(
    r"(?:(?<=[。；！？：:;”])|^)\s*(([一二三四五六七八九十]{1,2})(?:是|要))(?=[^否])"
)
_BRACKETED = re.compile(r"(?:(?<=[。；！？：:;”])|^)\s*([（(]([1-9]\d?)[）)])")
_LONGEST_LEAD = 60
_LONGEST_ITEM_HEADING = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: plain text (``kind`` is ``None``), a lead or an item."""

    kind: SectionKind | None
    text: str
    number: str | None = None
    value: int = 0
    heading: str | None = None
    ending: str | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    at: int
    body: int
    kind: SectionKind
    number: str | None = None
    value: int = 0
    heading: str | None = None
    ending: str | None = None


def pieces_of(block: Block, start: int, enumerated: int, *, table: bool = False) -> list[Piece]:
    """Cuts the paragraph from ``start`` on; ``enumerated`` is the last item above it, or 0."""
    text = block.text
    if table:
        return [Piece(None, text)]
    if not block.bold and not enumerated and not _may_enumerate(text):
        whole = text[start:].strip()
        return [Piece(None, whole)] if whole else []
    leads = _leads(block, start)
    cuts = sorted([*leads, *_items(text, start, leads, enumerated)], key=lambda cut: cut.at)
    pieces: list[Piece] = []
    first = text[start : cuts[0].at if cuts else len(text)].strip()
    if first:
        pieces.append(Piece(None, first))
    for index, cut in enumerate(cuts):
        end = cuts[index + 1].at if index + 1 < len(cuts) else len(text)
        body, heading, ending = text[cut.body : end].strip(), cut.heading, cut.ending
        if cut.kind is SectionKind.ITEM:
            heading, body = _item_heading(body)
            ending = "。" if heading else None
        pieces.append(Piece(cut.kind, body, cut.number, cut.value, heading, ending))
    return pieces


def _may_enumerate(text: str) -> bool:
    """A quick look: an enumeration begins with 一是, 一要 or （1）."""
    return "1）" in text or "1)" in text or "一是" in text or "一要" in text


def _item_heading(body: str) -> tuple[str | None, str]:
    """The first sentence heads an item when it is short, without a break, and more follows."""
    stop = sentence_stop(body, 0, _LONGEST_ITEM_HEADING + 2)
    if stop is None or stop > _LONGEST_ITEM_HEADING or body[stop] != "。" or stop + 1 >= len(body):
        return None, body
    if set("；") & set(body[:stop]):
        return None, body
    return body[:stop].strip(), body[stop + 1 :].strip()


def _leads(block: Block, start: int) -> list[_Cut]:
    """Bold sentences that open a paragraph or follow a sentence; other bold is emphasis."""
    text = block.text
    found: list[_Cut] = []
    for span in block.bold:
        if span.start < start or span.end - span.start > _LONGEST_LEAD or span.end >= len(text):
            continue
        before = text[start : span.start].rstrip()
        if before and before[-1] not in "。！？；：”":
            continue
        words = text[span.start : span.end].strip()
        end = span.end
        if words and words[-1] not in "。！：:" and text[end : end + 1] in ("。", "：", ":"):
            words += text[end]
            end += 1
        if len(words) < 4 or words[-1] not in "。！：:" or "。" in words[:-1]:
            continue
        if _ORDINAL.match(words) or _BRACKETED.match(words):
            continue
        heading = words.rstrip("。：:")
        found.append(
            _Cut(span.start, end, SectionKind.LEAD, heading=heading.strip(),
                 ending=words[len(heading) :] or None)
        )  # fmt: skip
    return found


def _items(text: str, start: int, leads: list[_Cut], enumerated: int) -> list[_Cut]:
    """Enumerations begin at 1, count up by one and have at least two members.

    A lead begins a new enumeration. One that began in a paragraph above goes on.
    """
    found: list[_Cut] = []
    bounds = [start, *(lead.body for lead in leads), len(text)]
    for low, high in itertools.pairwise(bounds):
        goes_on = enumerated if low == start and text[:start].strip() == "" else 0
        for pattern in (_ORDINAL, _BRACKETED):
            run = _ascending(pattern, text[low:high], low, goes_on)
            if run:
                found.extend(run)
                break
    return found


def _ascending(pattern: re.Pattern[str], text: str, offset: int, last: int) -> list[_Cut]:
    cuts: list[_Cut] = []
    value = last
    for match in pattern.finditer(text):
        this = as_number(match.group(2))
        if this == value + 1 or (not cuts and this == 1):
            value = this
            cuts.append(
                _Cut(offset + match.start(), offset + match.end(), SectionKind.ITEM,
                     match.group(1), this)
            )  # fmt: skip
    alone = len(cuts) == 1 and not last and not (cuts[0].at == offset and cuts[0].value == 1)
    return [] if alone else cuts
