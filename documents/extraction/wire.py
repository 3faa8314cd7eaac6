"""Carries a source, or the reason there is none, from the reading process to its caller as JSON."""

from __future__ import annotations

import json
from typing import Any

from documents.extraction.errors import ERRORS, Damaged, ExtractionError, ReaderUnavailable
from documents.text.values import (
    Cell,
    Footnote,
    Line,
    NoteMark,
    Paragraph,
    Source,
    Span,
    Table,
    Warning,
)

Json = Any  # what json.loads gives; every field is checked on the way back by its constructor

_BARE = Line("")[2:]


def dump_source(source: Source) -> bytes:
    """``source`` as UTF-8 JSON; blocks are arrays, so that a long PDF stays small."""
    document = {
        "format": source.format,
        "pages": source.pages,
        "blocks": [_dump_block(block) for block in source.blocks],
        "footnotes": [[note.mark, note.text] for note in source.footnotes],
        "warnings": [[w.code, w.message, w.anchor, w.line] for w in source.warnings],
    }
    return _encode({"source": document})


def dump_error(error: ExtractionError, detail: str = "") -> bytes:
    """A refusal as UTF-8 JSON; ``detail`` is for the log, never for people."""
    return _encode({"error": {"code": error.code, "message": error.message, "detail": detail}})


def dump_pages(pages: tuple[int, ...]) -> bytes:
    """Page numbers as UTF-8 JSON."""
    return _encode({"pages": pages})


def load_source(document: bytes) -> Source:
    """What ``dump_source`` wrote; raises ``ValueError`` for anything else."""
    found, detail = load(document)
    if not isinstance(found, Source):
        raise ValueError(detail or "no source")
    return found


def load(answer: bytes) -> tuple[Source | tuple[int, ...] | ExtractionError, str]:
    """What one of the ``dump`` functions wrote, with an error's detail for the log."""
    try:
        document = json.loads(answer)
        if "error" in document:
            error = document["error"]
            kind = ERRORS.get(error["code"], Damaged)
            return kind(error["message"]), str(error["detail"])
        if "pages" in document:
            return tuple(map(int, document["pages"])), ""
        return _load_source(document["source"]), ""
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        return ReaderUnavailable(), f"answer not understood: {error!r}"


def _encode(document: Json) -> bytes:
    # "replace": a lone surrogate out of a broken font must not cost the whole document
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _dump_block(block: Line | Paragraph | Table) -> Json:
    if isinstance(block, Line):
        if block[2:] == _BARE:
            return ["l", block.text, block.page]  # a text file has a hundred thousand of them
        return ["l", *block]
    if isinstance(block, Paragraph):
        bold = [[span.start, span.end] for span in block.bold]
        fields = [block.text, block.page, block.style, block.outline, bold, block.centred]
        return ["p", *fields, block.notes]
    rows = [[[c.text, c.columns, c.rows, c.notes] for c in row] for row in block.rows]
    return ["t", rows, block.page]


def _load_source(document: Json) -> Source:
    return Source(
        format=document["format"],
        blocks=tuple(_load_block(block) for block in document["blocks"]),
        footnotes=tuple(Footnote(*note) for note in document["footnotes"]),
        pages=document["pages"],
        warnings=tuple(Warning(*warning) for warning in document["warnings"]),
    )


def _load_block(block: Json) -> Line | Paragraph | Table:
    kind, *fields = block
    if kind == "l":
        return Line(*fields)
    if kind == "p":
        text, page, style, outline, bold, centred, notes = fields
        spans = tuple(Span(*s) for s in bold)
        return Paragraph(text, page, style, outline, spans, centred, _notes(notes))
    rows, page = fields
    return Table(tuple(tuple(_cell(*cell) for cell in row) for row in rows), page)


def _cell(text: str, columns: int, rows: int, notes: Json) -> Cell:
    return Cell(text, columns, rows, _notes(notes))


def _notes(marks: Json) -> tuple[NoteMark, ...]:
    return tuple(NoteMark(*mark) for mark in marks)
