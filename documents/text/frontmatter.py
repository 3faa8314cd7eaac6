"""The elements before a document's body: letterhead, number, title, recipients, history."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.contents import contents_at
from documents.text.dates import is_date_line
from documents.text.front import Front, unspaced
from documents.text.frontlines import ATTACHMENT, is_address, is_history, is_reference_line
from documents.text.letterhead import is_letterhead, settle_letterhead, take_order_or_glued
from documents.text.titles import take_title, title_again
from documents.text.values import ElementKind

_NUMBER_FIELD = re.compile(r"(?:文\s*号|发文字号)\s*[:：]\s*(\S+?\d\s*号)")
_FIELD = re.compile(r"^(标\s*题|发文机[关构]|成文日期|发文日期)\s*[:：]\s*(\S.*)$")
_SECRECY = re.compile(
    r"^(?:[★☆\s]*(?:绝密|机密|秘密|内部|特急|加急|急件|平急|特提|限时)[★☆\d年月\s]*|\d{6,8}|份号.*|签发人[：:].*)$"
)
_SIGNER = re.compile(r"^(.*?\d+\s*号)\s*(签发人\s*[：:].*)$")
# What government sites print above a document: fields of their own record, tools of the page.
_FURNITURE = re.compile(
    r"^(?:(?:发布(?:日期|时间|机构|单位)|(?:信息|文章)?来源|浏览(?:次数|量)|访问量|点击(?:数|量|率)|作者|字号|字体|"
    r"索\s*引\s*号|发文(?:机关|机构|单位|字号|日期)|成文日期|主题(?:分类|词)|责任编辑|稿源|时间|日期|"
    r"标\s*题|文\s*号|备案登记号|废止日期|时\s*效\s*性|有效性|生成日期|公开(?:日期|类别)|编辑|效力|"
    r"名\s*称|体裁|分类|公文种类|信息名称)\s*[：:]"
    r"|当前位置|首页\s*[>＞]|【(?:字体|打印|关闭|大|小|发布)|视力保护|打印\s*$|打印本?页|有效$)"
)
_SPEAKER = re.compile(
    r"^.{2,24}(?:省长|市长|区长|县长|州长|主席|总理|主任|盟长|专员|检察长|院长|代市长)\s+\S[\s\S]{1,8}$|^(?:代理?)?(?:省长|市长|区长|县长|州长|主席|总理)\s+\S[\s\S]{1,8}$"
)
_ADDRESS = re.compile(r"^(?:各位|同志们|女士们|朋友们|尊敬的|主任、|主席、)")
_SCAN = 40
# The month under the title on a plan's cover; a date of its own has a day.
_MONTH_LINE = re.compile(
    r"^[〇○一二三四五六七八九零\d]{4}\s*年\s*[一二三四五六七八九十\d]{1,2}\s*月$"
)


def read_front(blocks: list[Block], start: int, end: int, part: int, *, main: bool) -> Front:
    """Reads the elements that open a part from ``start`` on; ``main``: the file's first part."""
    front = Front(body=start)
    index = start
    while index < min(end, start + _SCAN):
        step = _element(blocks, index, end, front, part, main=main)
        if step == 0:
            break
        index += step
    front.body = index
    settle_letterhead(front)
    return front


def _element(  # noqa: PLR0911, PLR0912, PLR0913 - one branch an element of the form
    blocks: list[Block], index: int, end: int, front: Front, part: int, *, main: bool
) -> int:
    """Takes the element at ``index``; gives how many blocks it has, 0 where the body begins."""
    block = blocks[index]
    text = block.text
    if front.recipients is not None or block.table:
        return 0
    if _SECRECY.match(text):
        front.add(ElementKind.NOTE, block, part)
        return 1
    if _is_furniture(text):
        _furniture(front, block, part)
        return 1
    if main and not front.title_lines:
        taken = take_order_or_glued(blocks, index, end, front, part)
        if taken:
            return taken
    signed = _SIGNER.match(text) if len(text) < 120 else None
    number = signed.group(1) if signed else text
    if main and front.ref_no is None and is_reference_line(number):
        front.ref_no = (
            "".join(number.strip("（()） ").split()) if number[0] in "（(" else number.strip()
        )
        front.add(ElementKind.REF_NO, block, part)
        return 1
    if ATTACHMENT.match(text) and not front.title_lines:
        front.add(ElementKind.ATTACHMENTS, block, part)
        return 1
    listed = contents_at(blocks, index, end)
    if listed:
        for entry in blocks[index : index + listed]:
            front.add(ElementKind.NOTE, entry, part)
        return listed
    if is_address(text):
        if _ADDRESS.match(text):
            return 0
        front.recipients = text.rstrip("：: ")
        front.add(ElementKind.RECIPIENTS, block, part)
        return 1
    if (front.title_lines or front.ref_no or not main) and is_history(text) and not block.outline:
        front.history.append(text)
        front.add(ElementKind.NOTE, block, part)
        return 1
    if len(text) < 60 and _SPEAKER.match(text):
        front.add(ElementKind.NOTE, block, part)
        front.speaker = text
        return 1
    if main and front.title_lines:
        again = title_again(blocks, index, end, front.title or "")
        for repeated in blocks[index : index + again]:
            front.add(ElementKind.NOTE, repeated, part)
        if again:
            return again
    if main and not front.title_lines and is_letterhead(blocks, index, end):
        front.letterhead.append(unspaced(text))
        front.add(ElementKind.LETTERHEAD, block, part)
        return 1
    if front.title_lines and _MONTH_LINE.match(text):
        front.add(ElementKind.NOTE, block, part)
        return 1
    if (front.title_lines or front.history) and is_date_line(text):
        front.history.append(text)
        front.add(ElementKind.WRITTEN_DATE, block, part)
        return 1
    return take_title(blocks, index, end, front, part)


def _is_furniture(text: str) -> bool:
    return len(text) < 90 and "。" not in text and _FURNITURE.match(text) is not None


def _furniture(front: Front, block: Block, part: int) -> None:
    """A web page's own record: kept as a note, its fields used where the document has none."""
    front.add(ElementKind.NOTE, block, part)
    number = _NUMBER_FIELD.search(block.text)
    if number:
        front.given.setdefault("发文字号", number.group(1))
    field = _FIELD.match(block.text)
    if field:
        front.given.setdefault("".join(field.group(1).split()), field.group(2).strip())
