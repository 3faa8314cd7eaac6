"""Tables of contents: entries that come again below, as headings this time."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.characters import skeleton
from documents.text.marks import mark_of

_LABEL = re.compile(r"^(?:目\s*录|目\s*次)$")
_LEADERS = re.compile(r"(?:[.…·．\s]{2,}|\t|\s)\s*[（(]?\d{1,3}[）)]?$")
_DOTTED = re.compile(r"[.…·．]{4,}\s*[（(]?\d{1,3}[）)]?$")
_ENTRY_END = re.compile(r"[.…·．\s—-]*[（(]?\d{0,3}[）)]?\s*$")
_LONGEST = 400  # entries
_LONGEST_ENTRY = 60
_FEWEST = 4  # entries of a table without 目录 above it


def contents_at(blocks: list[Block], index: int, end: int) -> int:
    """How many blocks the table of contents at ``index`` has; 0 where none begins.

    With 目录 above it, it ends where its first entry comes again, else behind the last line
    with a page number. Without, it is a run of entries alone up to where the first comes again.
    """
    if _LABEL.match(blocks[index].text):
        return _labelled(blocks, index, end)
    return _unlabelled(blocks, index, end)


def has_leaders(text: str) -> bool:
    """Whether dots lead to a page number: an entry of a table of contents, wherever it stands."""
    return _DOTTED.search(text) is not None


def _labelled(blocks: list[Block], index: int, end: int) -> int:
    limit = min(end, index + _LONGEST)
    if index + 1 >= limit:
        return 0
    first = _entry(blocks[index + 1].text)
    stop = next((i for i in range(index + 2, limit) if _entry(blocks[i].text) == first), None)
    if stop is None:
        stop = index + 1
        while stop < limit and _LEADERS.search(blocks[stop].text):
            stop += 1
    return stop - index


def _unlabelled(blocks: list[Block], index: int, end: int) -> int:
    if mark_of(blocks[index].text) is None or not _is_entry(blocks[index]):
        return 0
    first = _entry(blocks[index].text)
    for at in range(index + 1, min(end, index + _LONGEST)):
        if not _is_entry(blocks[at]):
            return 0
        if _entry(blocks[at].text) == first:
            return at - index if at - index >= _FEWEST else 0
    return 0


def _is_entry(block: Block) -> bool:
    return (
        len(block.text) <= _LONGEST_ENTRY and not block.table and not set("。；") & set(block.text)
    )


def _entry(text: str) -> str:
    return skeleton(_ENTRY_END.sub("", text))
