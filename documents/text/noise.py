"""Takes out what pages carry and documents do not say: page numbers, running heads, rules."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from documents.text.blocks import Block, is_rule

_PAGE_NUMBER = re.compile(
    r"^\s*(?:[—–―一\-－‐·•_]{1,3}\s*\d{1,4}\s*[—–―一\-－‐·•_]{0,3}"
    r"|\d{1,4}\s*[—–―－]{1,2}"
    r"|第\s*\d{1,4}\s*页(?:\s*[,，/、]?\s*共\s*\d{1,4}\s*页)?"
    r"|(?:page|Page|PAGE)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*/\s*\d{1,4})\s*$"
)
_BARE = re.compile(r"^\s*\d{1,3}\s*$")
_OUTER = 0.12  # the share of a page's height in which page numbers and running heads stand


def remove_noise(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """Gives (kept, dropped); a kept block that follows a page's end has ``after_break`` set.

    A page ends at a page number, where ``page`` changes, and, in texts whose page ends became
    single leading spaces (as converters write form feeds), before such a line.
    """
    bare = _bare_page_numbers(blocks)
    heads = _running_heads(blocks)
    spaced = _leading_space_breaks(blocks)
    kept: list[Block] = []
    dropped: list[Block] = []
    after_break = after_rule = False
    page: int | None = None
    for index, block in enumerate(blocks):
        if block.page is not None:
            after_break |= page is not None and block.page != page
            page = block.page
        if not block.text.strip():
            continue
        if _is_page_number(block) or index in bare:
            after_break = True
            dropped.append(block)
        elif index in heads:
            dropped.append(block)
        elif is_rule(block.text):
            after_rule = True
            dropped.append(block)
        else:
            after_break |= index in spaced
            marked = after_break or after_rule
            kept.append(
                block.but(after_break=after_break, after_rule=after_rule) if marked else block
            )
            after_break = after_rule = False
    return kept, dropped


def _is_page_number(block: Block) -> bool:
    if len(block.text) > 40 or not _PAGE_NUMBER.match(block.text):
        return False
    return not block.whole and (block.y is None or _is_outer(block))


def _is_outer(block: Block) -> bool:
    if block.y is None or not block.page_height:
        return False
    return not _OUTER < block.y / block.page_height < 1 - _OUTER


def _bare_page_numbers(blocks: list[Block]) -> set[int]:
    """Lines of nothing but a number are page numbers if they count up by one, far apart."""
    found: set[int] = set()
    run: list[int] = []
    for index, block in enumerate(blocks):
        if block.whole or not _BARE.match(block.text):
            continue
        if _is_outer(block):
            found.add(index)
            continue
        if block.y is not None:
            continue
        follows = run and int(block.text) == int(blocks[run[-1]].text) + 1 and index - run[-1] >= 8
        if not follows:
            found.update(run if len(run) >= 3 else ())
            run = []
        run.append(index)
    return found | set(run if len(run) >= 3 else ())


def _running_heads(blocks: list[Block]) -> set[int]:
    """The same words (figures aside) at the same height on at least three pages, or on half."""
    places: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    pages: set[int] = set()
    for index, block in enumerate(blocks):
        if block.page is not None:
            pages.add(block.page)
        if block.page is None or not _is_outer(block) or block.y is None or not block.page_height:
            continue
        key = re.sub(r"\d+", "#", "".join(block.text.split()))
        if key:
            places[key, round(50 * block.y / block.page_height)].append(index)
    heads: set[int] = set()
    for indexes in places.values():
        on = len({blocks[index].page for index in indexes})
        if on >= 3 or (on >= 2 and on * 2 >= len(pages)):
            heads.update(indexes)
    return heads


def _leading_space_breaks(blocks: list[Block]) -> set[int]:
    """Lines with one leading space where nearly no line has any: a page break turned to a space."""
    lines = [(i, b.text) for i, b in enumerate(blocks) if not b.whole and b.text.strip()]
    leading = Counter(len(text) - len(text.lstrip()) for _, text in lines)
    if not lines or leading[0] < 0.8 * len(lines):
        return set()
    return {i for i, text in lines if text[0] == " " and text[1:2].strip()}
