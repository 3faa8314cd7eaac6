"""Titles: which lines are one, where it is finished, and where it only comes again."""

from __future__ import annotations

from documents.text.blocks import Block
from documents.text.characters import joined, open_brackets, skeleton
from documents.text.front import Front
from documents.text.frontlines import SUFFIX, is_history, is_reference_line, is_title_line
from documents.text.kinds import ends_in_document_type, ends_in_kind

_TITLE_LINES, _TITLE_LENGTH = 7, 240


def title_again(blocks: list[Block], index: int, end: int, title: str) -> int:
    """The number of lines that only repeat the title (a collector's title above the printed one).

    They give the whole title again, or stand before the history or the number; a part of the
    title that is followed by text opens a document of its own instead.
    """
    whole, sofar = skeleton(title), ""
    for count, block in enumerate(blocks[index : min(index + 5, end)]):
        words = skeleton(block.text)
        if not words or words not in whole:
            before = is_history(block.text) or is_reference_line(block.text)
            return count if count and (before or sofar == whole) else 0
        sofar += words
        if sofar == whole:
            return count + 1
    return 0


def take_title(blocks: list[Block], index: int, end: int, front: Front, part: int) -> int:
    block = blocks[index]
    text = block.text
    if not is_title_line(block):
        return 0
    sofar = front.title or ""
    if sofar:
        complete = ends_in_kind(sofar) and not open_brackets(sofar)
        if complete and "关于" in sofar and not ends_in_document_type(sofar):
            # …制度 is no end yet where the next line goes on to …的指导意见.
            complete = not (
                ends_in_document_type(text) and len(front.title_lines) < 4 and len(text) < 40
                and is_title_line(block) and not text.startswith("关于")
            )  # fmt: skip
        suffix = SUFFIX.match(text) is not None
        if suffix and len(front.title_lines) < _TITLE_LINES:
            complete = False
        elif complete or (skeleton(text) and skeleton(text) in skeleton(sofar)):
            return 0
        if (
            complete
            or len(front.title_lines) >= _TITLE_LINES
            or len(sofar) + len(text) > _TITLE_LENGTH
        ):
            return 0
        if not suffix and not _may_continue(blocks, index, end, sofar):
            return 0
    front.add_title_line(block, part)
    return 1


def _may_continue(blocks: list[Block], index: int, end: int, sofar: str) -> bool:
    """A second title line: the title is unfinished, and the line (with the next ones) ends it."""
    if open_brackets(sofar):
        return True
    whole = sofar
    for block in blocks[index : min(index + 4, end)]:
        if not is_title_line(block):
            return False
        whole = joined(whole, block.text)
        if ends_in_kind(whole):
            return True
    return False
