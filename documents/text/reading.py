"""The whole way from source blocks to a reading, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from documents.text.blocks import Block, blocks_of, source_of_text
from documents.text.characters import open_brackets
from documents.text.footnotes import take_footnotes
from documents.text.noise import remove_noise
from documents.text.note_places import Counted, place_warnings, placed
from documents.text.outline import Outline
from documents.text.parts import main_front, split_parts
from documents.text.record import record_of
from documents.text.reflow import reflow
from documents.text.values import (
    Element,
    Reading,
    Record,
    Section,
    SectionKind,
    Source,
    Warning,
)
from documents.text.wrapping import margins_of

_MAX_WARNINGS = 200


@dataclass(frozen=True, slots=True)
class Trace:
    """A reading with what was left out on the way, for checks that nothing else was lost."""

    reading: Reading
    noise: tuple[str, ...]


def read_text(text: str) -> Reading:
    """Reads plain text or Markdown; see :func:`read_source`."""
    return read_source(source_of_text(text))


def read_source(source: Source) -> Reading:
    """Reads a source into its record, sections, elements and notes.

    Never raises for what the text says: oddities become warnings. The same source gives the
    same reading; the time is linear in its size. Rules and their reasons: docs/reading.md.
    """
    return trace(source).reading


def trace(source: Source) -> Trace:
    """:func:`read_source`, and the lines that were dropped as page furniture."""
    kept, dropped = remove_noise(blocks_of(source))
    margins = margins_of(kept)
    lines, notes = take_footnotes(kept, margins, len(source.footnotes))
    paragraphs, repeated = reflow(lines, margins_of(lines) if notes else margins)
    paragraphs = [block for block in paragraphs if block.text]
    warnings = list(source.warnings)
    footnotes = (*source.footnotes, *notes)
    noise = (*(block.text for block in dropped), *repeated)
    if not paragraphs:
        warnings += place_warnings(footnotes)
        warnings.append(Warning("empty", "没有读到正文：文件可能是空的或只有图片"))
        empty = Section("p1", 1, SectionKind.PART, None, None, "")
        return Trace(Reading(Record(), (empty,), (), footnotes, tuple(warnings)), noise)
    parts = split_parts(paragraphs)
    record, found = record_of(main_front(parts, paragraphs), parts)
    sections: list[Section] = []
    elements: list[Element] = []
    places: list[tuple[int, Counted]] = []
    for part in parts:
        heading = part.front.title or (record.title if part.number == 1 else None)
        places.extend(
            (note, Counted(len(sections), count)) for note, count in part.front.title_notes
        )
        outline = Outline(part, heading=heading, first=len(sections))
        sections.extend(outline.sections())
        places.extend(outline.places)
        warnings.extend(outline.warnings)
        elements.extend((*part.front.elements, *part.back))
    footnotes = placed(footnotes, sections, places)
    warnings[len(source.warnings) : len(source.warnings)] = place_warnings(footnotes)
    warnings.extend(_record_warnings(record))
    warnings.extend(_bracket_warnings(paragraphs))
    kept_warnings = tuple(warnings[:_MAX_WARNINGS])
    reading = Reading(record, tuple(sections), tuple(elements), footnotes, kept_warnings, found)
    return Trace(reading, noise)


def _record_warnings(record: Record) -> list[Warning]:
    missing = (
        ("no-title", record.title, "没有读到标题，请补填"),
        ("no-issuer", record.issuers, "没有读到发文机关，请补填"),
        ("no-date", record.written_date, "没有读到成文日期，请补填"),
    )
    return [Warning(code, message) for code, value, message in missing if not value]


def _bracket_warnings(paragraphs: list[Block]) -> list[Warning]:
    found = []
    for block in paragraphs:
        waiting = open_brackets(block.text)
        if waiting:
            message = f"括号或引号没有配对，缺少“{waiting[-1]}”，请核对断行和识别结果"
            found.append(Warning("unbalanced-brackets", message, line=block.line))
    return found
