"""A document as its author would type it, taken from the reading of a source document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from documents.text import ElementKind, Reading, Section, SectionKind, read_text

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NAMES = tuple(sorted(path.name[:3] for path in SEEDS.glob("*.txt")))

_NOTE_PLACE = re.compile(r"(?<=[\u4e00-\u9fff]{4})(?=[，。；])")
_NOTE_FROM = 60  # characters into a text before which no note is set


class Kind(StrEnum):
    """What a block is on the printed page (GB/T 9704-2012, clause 7)."""

    LETTERHEAD = "letterhead"
    REF_NO = "ref_no"
    TITLE = "title"
    RECIPIENTS = "recipients"
    BODY = "body"
    SIGNATURE = "signature"
    DATE = "date"
    REMARK = "remark"
    IMPRINT = "imprint"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one face; ``note`` is the mark of a footnote set behind them."""

    text: str
    bold: bool = False
    black: bool = False
    note: str | None = None


@dataclass(slots=True)
class Block:
    """A paragraph or a line; ``number`` and ``depth`` tell a numbered one (一、 is 0)."""

    kind: Kind
    runs: list[Run] = field(default_factory=list)
    number: str = ""
    depth: int = 0

    @property
    def text(self) -> str:
        """The words after the number."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Blocks in order, and the footnotes by their marks."""

    blocks: tuple[Block, ...]
    notes: dict[str, str]
    reading: Reading


_KINDS = {
    ElementKind.LETTERHEAD: Kind.LETTERHEAD,
    ElementKind.REF_NO: Kind.REF_NO,
    ElementKind.TITLE: Kind.TITLE,
    ElementKind.RECIPIENTS: Kind.RECIPIENTS,
    ElementKind.SIGNATURE: Kind.SIGNATURE,
    ElementKind.WRITTEN_DATE: Kind.DATE,
    ElementKind.DISCLOSURE: Kind.REMARK,
    ElementKind.NOTE: Kind.REMARK,
}
_FRONT = (Kind.LETTERHEAD, Kind.REF_NO, Kind.TITLE, Kind.RECIPIENTS)


def source_text(name: str) -> str:
    """The text of a source document."""
    (path,) = SEEDS.glob(f"{name}_*.txt")
    # U+2219, a slip of the source for the middle dot, is in no Chinese typeface.
    return path.read_text("utf-8").replace("\u2219", "·")


def manuscript(name: str) -> Manuscript:
    """The source document ``name`` (``000`` …) as its own reading has it."""
    reading = read_text(source_text(name))
    places = _note_places(reading)
    blocks: list[Block] = []
    part = 0
    for section in reading.sections:
        if section.kind is SectionKind.PART:
            if part:
                blocks += _elements(reading, part, front=False)
                blocks.append(Block(Kind.PAGE))
            part += 1
            blocks += _elements(reading, part, front=True)
        _set(section, reading, places.get(section.anchor), blocks)
    blocks += _elements(reading, part, front=False)
    return Manuscript(tuple(blocks), {n.mark: n.text for n in reading.footnotes}, reading)


def _elements(reading: Reading, part: int, *, front: bool) -> list[Block]:
    made = []
    for element in reading.elements:
        kind = _KINDS.get(element.kind, Kind.IMPRINT)
        if element.part == part and (kind in _FRONT) is front:
            made.append(Block(kind, [Run(element.text)]))
    return made


def _note_places(reading: Reading) -> dict[str, str]:
    """Anchors of the sections that carry a footnote, spread over the document."""
    notes = reading.footnotes
    long = [s.anchor for s in reading.sections if _NOTE_PLACE.search(s.text, _NOTE_FROM)]
    step = max(1, len(long) // max(1, len(notes)))
    return dict(zip(long[::step], [note.mark for note in notes], strict=False))


def _set(section: Section, reading: Reading, note: str | None, blocks: list[Block]) -> None:
    """Add a section: its heading, alone or before its text, then its paragraphs."""
    paragraphs = [[Run(p)] for p in section.text.split("\n") if p]
    if note and paragraphs:
        paragraphs = _with_note(paragraphs, note)
    if section.kind is SectionKind.ITEM and _depth(section.number or "") < 2:
        lead = [Run(f"{section.number}{_sentence(section.heading)}")]
        first, *rest = paragraphs or [[]]
        if not blocks or blocks[-1].kind is not Kind.BODY or _is_heading(blocks[-1]):
            blocks.append(Block(Kind.BODY))
        blocks[-1].runs += [*lead, *first]
        blocks += [Block(Kind.BODY, runs) for runs in rest]
        return
    if section.kind in {SectionKind.HEADING, SectionKind.ITEM}:
        depth = _depth(section.number or "")
        alone = _has_children(section, reading) or not paragraphs or depth == 0
        words = (section.heading or "") if alone else _sentence(section.heading)
        block = Block(Kind.BODY, [Run(words, black=depth == 0)], section.number or "", depth)
        if not alone:
            block.runs += paragraphs.pop(0)
        blocks.append(block)
    elif section.kind is SectionKind.LEAD:
        first = paragraphs.pop(0) if paragraphs else []
        blocks.append(Block(Kind.BODY, [Run(_sentence(section.heading), bold=True), *first]))
    blocks += [Block(Kind.BODY, runs) for runs in paragraphs]


def _with_note(paragraphs: list[list[Run]], mark: str) -> list[list[Run]]:
    for at, runs in enumerate(paragraphs):
        text = runs[0].text
        place = _NOTE_PLACE.search(text, _NOTE_FROM)
        if place:
            cut = [Run(text[: place.start()], note=mark), Run(text[place.start() :])]
            return [*paragraphs[:at], cut, *paragraphs[at + 1 :]]
    return paragraphs


def _sentence(heading: str | None) -> str:
    if not heading:
        return ""
    return heading if heading[-1] in "！？" else f"{heading}。"


def _depth(number: str) -> int:
    """The place of a number in 一、 （一） 1. （1） (GB/T 9704-2012, 7.3.3)."""
    inside = number.strip("（）().、．")
    return 2 * inside.isdigit() + number.startswith(("（", "("))


def _is_heading(block: Block) -> bool:
    return bool(block.number) and len(block.runs) == 1


def _has_children(section: Section, reading: Reading) -> bool:
    return any(other.parent == section.anchor for other in reading.sections)
