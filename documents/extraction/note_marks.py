"""Gives the marks of notes the numbers of the notes they belong to, once all notes are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from documents.text.values import Cell, Line, NoteMark, Paragraph, Table

Block = Line | Paragraph | Table


def counted_anew(blocks: Iterable[Block], numbers: Mapping[int, int]) -> tuple[Block, ...]:
    """``blocks`` with ``numbers[note]`` for each mark's ``note``; without it the mark goes."""
    return tuple(_block(block, numbers) for block in blocks)


def _block(block: Block, numbers: Mapping[int, int]) -> Block:
    if isinstance(block, Paragraph) and block.notes:
        return replace(block, notes=_marks(block, numbers))
    if isinstance(block, Table) and any(cell.notes for row in block.rows for cell in row):
        rows = (tuple(replace(c, notes=_marks(c, numbers)) for c in row) for row in block.rows)
        return replace(block, rows=tuple(rows))
    return block


def _marks(piece: Paragraph | Cell, numbers: Mapping[int, int]) -> tuple[NoteMark, ...]:
    return tuple(
        NoteMark(mark.at, numbers[mark.note]) for mark in piece.notes if mark.note in numbers
    )
