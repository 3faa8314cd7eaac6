"""The head of the first page: issuing bodies, reference number, an order's name and serial."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.front import Front, unspaced
from documents.text.frontlines import is_reference_line, is_title_line
from documents.text.issuers import is_body_name
from documents.text.values import ElementKind

_ORDER = re.compile(r"^((?:中华人民共和国)?[\u4e00-\u9fff]{2,24})\s*令$")
_ORDER_SERIAL = re.compile(r"^[（(]?\s*第\s*[\d〇○零一二三四五六七八九十百]{1,6}\s*号\s*[）)]?$")
_GLUED = re.compile(
    r"^([\u4e00-\u9fff]{2,14}[〔\[［【]\d{4}[〕\]］】]\s?\d{1,5}\s?号)\s*([\u4e00-\u9fff].{3,140})$"
)


def take_order_or_glued(blocks: list[Block], index: int, end: int, front: Front, part: int) -> int:
    """An order's name with its serial below (…令, 第706号), or a number and a title on one line."""
    block = blocks[index]
    order = _ORDER.match(block.text) if index + 1 < end else None
    serial = _ORDER_SERIAL.match(blocks[index + 1].text) if order else None
    if order and serial:
        front.ref_no = f"{unspaced(block.text)}{''.join(serial.group().split())}"
        body = unspaced(order.group(1))
        front.letterhead.append("国务院" if body.endswith("国务院") else body)
        front.add(ElementKind.LETTERHEAD, block, part)
        front.add(ElementKind.REF_NO, blocks[index + 1], part)
        return 2
    glued = _GLUED.match(block.text) if front.ref_no is None else None
    if glued and is_title_line(block):
        front.ref_no = glued.group(1)
        front.title_lines.append(glued.group(2))
        front.add(ElementKind.REF_NO, block, part, glued.group(1))
        front.add(ElementKind.TITLE, block, part, glued.group(2))
        return 1
    return 0


def is_letterhead(blocks: list[Block], index: int, end: int) -> bool:
    """A body's name (or …文件, …令) on its own line, with the number or another name below it.

    A name that runs on into 关于… on the next line is the title's first line instead.
    """
    text = "".join(blocks[index].text.split())
    if text in ("文件", "文 件") or (
        text.endswith("文件") and len(text) < 50 and "关于" not in text
    ):
        return True
    if not is_body_name(text):
        return False
    for block in blocks[index + 1 : min(index + 8, end)]:
        below = "".join(block.text.split())
        if (
            is_reference_line(below)
            or below == "文件"
            or (below.endswith("文件") and len(below) < 40)
        ):
            return True
        if not is_body_name(below):
            return False
    return False


def settle_letterhead(front: Front) -> None:
    """Names stand above 文件: `青浦区科协` `文件` are two lines of one letterhead."""
    names = [re.sub(r"\s*文\s*件$", "", line).strip() for line in front.letterhead]
    front.letterhead = [name for name in names if name]
