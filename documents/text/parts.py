"""Finds the documents within one file: a notice and the plan it issues, two works in one."""

from __future__ import annotations

from dataclasses import dataclass

from documents.text.backmatter import kind_of_back_line, read_back
from documents.text.blocks import Block
from documents.text.characters import joined, skeleton
from documents.text.front import Front
from documents.text.frontlines import ATTACHMENT, SUFFIX, is_history, is_title_line
from documents.text.frontmatter import read_front
from documents.text.kinds import ends_in_kind, may_end_title, quoted_works
from documents.text.marks import mark_of
from documents.text.values import Element, ElementKind

_TITLE_LINES = 4
_FEWEST = 5  # characters a fragment of the main title has at least, to be a part's title


@dataclass(frozen=True, slots=True)
class Part:
    """One document of the file: its front, the blocks of its body, its back."""

    number: int
    front: Front
    body: tuple[Block, ...]
    back: tuple[Element, ...]


def split_parts(blocks: list[Block]) -> tuple[Part, ...]:
    """Splits the file's blocks into its documents, in order; always at least one."""
    main = read_front(blocks, 0, len(blocks), 1, main=True)
    starts = _part_starts(blocks, main)
    parts: list[Part] = []
    first_titled = bool(starts) and starts[0] == main.body
    begins = starts if first_titled else [main.body, *starts]
    for number, begin in enumerate(begins, start=1):
        end = begins[number] if number < len(begins) else len(blocks)
        if number == 1 and not first_titled:
            front = main
        else:
            front = _later_front(blocks, begin, end, number)
        if number == 1 and first_titled:
            front.elements[:0] = main.elements
        last, back = read_back(blocks, front.body, end, number)
        parts.append(Part(number, front, tuple(blocks[front.body : last]), tuple(back)))
    return tuple(parts)


def main_front(parts: tuple[Part, ...], blocks: list[Block]) -> Front:
    """The front of the file itself: letterhead, number and main title."""
    return read_front(blocks, 0, len(blocks), 1, main=True)


def _part_starts(blocks: list[Block], main: Front) -> list[int]:
    title = main.title or ""
    whole = skeleton(title)
    works = {skeleton(work) for work in quoted_works(title)}
    starts: list[int] = []
    index = main.body
    may_end = [may_end_title(block.text) for block in blocks]
    while index < len(blocks):
        if True not in may_end[index : index + _TITLE_LINES] and not ATTACHMENT.match(
            blocks[index].text
        ):
            index += 1
            continue
        taken = _starts_part(blocks, index, main.body, whole, works)
        if taken and not _no_body(blocks, starts, index):
            starts.append(index)
            index += taken
        else:
            index += 1
    return starts


def _no_body(blocks: list[Block], starts: list[int], index: int) -> bool:
    """Whether the last part would consist of this very line: 附件1 and its title are one start."""
    return bool(starts) and index - starts[-1] < 1


def _starts_part(blocks: list[Block], index: int, body: int, whole: str, works: set[str]) -> int:
    """How many blocks the opening of a part at ``index`` has; 0 when no part opens there."""
    block = blocks[index]
    if len(block.text) > 150:
        return 0
    if ATTACHMENT.match(block.text) and index > body:
        return 1 + (_title_at(blocks, index + 1) if index + 1 < len(blocks) else 0)
    lines = _title_at(blocks, index)
    if not lines:
        return 0
    words = skeleton("".join(b.text for b in blocks[index : index + lines]))
    named = words in works or (_FEWEST <= len(words) < len(whole) and words in whole)
    if not named and (index == body or not _is_closing(blocks, index - 1, body)):
        return 0
    signed = kind_of_back_line(block) is ElementKind.SIGNATURE and not block.outline
    return 0 if signed or not _has_body(blocks, index + lines) else lines


def _title_at(blocks: list[Block], index: int) -> int:
    """The number of lines of a finished title that begins at ``index``, 0 when there is none."""
    whole = ""
    for count, block in enumerate(blocks[index : index + _TITLE_LINES], start=1):
        if not is_title_line(block) or (count == 1 and not _opens_title(block)):
            return 0
        whole = joined(whole, block.text)
        if len(whole) > 150:
            return 0
        if may_end_title(whole) and ends_in_kind(whole):
            following = blocks[index + count : index + count + 1]
            suffix = following and SUFFIX.match(following[0].text)
            return count + 1 if suffix and not is_history(following[0].text) else count
    return 0


def _opens_title(block: Block) -> bool:
    """（此件公开发布） and other notes close the document above."""
    return mark_of(block.text) is None and not SUFFIX.match(block.text)


def _has_body(blocks: list[Block], index: int) -> bool:
    return index < len(blocks) and (
        kind_of_back_line(blocks[index]) is None or mark_of(blocks[index].text) is not None
    )


def _is_closing(blocks: list[Block], index: int, body: int) -> bool:
    """Whether the document above ends at ``index``: a date, or an element after one."""
    for at in range(index, max(body, index - 12) - 1, -1):
        kind = kind_of_back_line(blocks[at])
        if kind is ElementKind.WRITTEN_DATE:
            return True
        if kind is ElementKind.SIGNATURE and any(c.isdigit() for c in blocks[at].text):
            return True
        if kind is None:
            return False
    return False


def _later_front(blocks: list[Block], begin: int, end: int, number: int) -> Front:
    front = Front(body=begin)
    index = begin
    if index < end and ATTACHMENT.match(blocks[index].text):
        block = blocks[index]
        front.elements.append(Element(ElementKind.ATTACHMENTS, block.text, number, block.line))
        index += 1
    for block in blocks[index : min(index + _title_at(blocks, index), end)]:
        front.add_title_line(block, number)
        index += 1
    rest = read_front(blocks, index, end, number, main=False) if _title_goes_on(front) else None
    if rest is None:
        front.body = index
        return front
    if front.title_lines and rest.title_lines:  # the title is complete: what follows is the body's
        front.body = index
        return front
    front.title_notes += [(note, front.printed() + count) for note, count in rest.title_notes]
    front.title_lines.extend(rest.title_lines)
    front.elements.extend(rest.elements)
    front.history, front.recipients, front.body = rest.history, rest.recipients, rest.body
    return front


def _title_goes_on(front: Front) -> bool:
    return True
