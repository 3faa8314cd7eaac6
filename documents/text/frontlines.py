"""Kinds of lines before a body, each told by its own text: title, number, address, history."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.characters import open_brackets
from documents.text.dates import parse_date
from documents.text.kinds import bare_title
from documents.text.marks import Style, mark_of
from documents.text.reference_numbers import parse_reference_number

_HISTORY = re.compile(
    r"^(?:[（(〔]?\s*(?:——|—|根据|依据|经|自)?\s*(?:[\d〇○零一二三四五六七八九Ｏ]{4}\s*年.{1,16}[日月].*|.{0,40}第.{1,6}届.*)"
    r"(?:通过|公布|发布|修订|修正|修改|批准|施行|颁布|令|会议|大会|会议上|实施|颁发|印发|生效|废止|决定|备案|核准|代表大会上)"
    r".{0,60}|(?:[（(].{0,40}\d{4}\s?年\s?\d{1,2}\s?月.{0,300}[）)]))$"
)
ATTACHMENT = re.compile(
    r"^附\s*(?:(?:件|表|录)\s*(?:[\d一二三四五六七八九十]{1,3})?\s*[：:]?|[：:])$"
)
# A preamble ends with a colon too, but states a purpose or a ground, or announces what follows.
_PREAMBLE = re.compile(
    r"^(?:为了?(?!民)|根据|按照|依据|依照|经|自|鉴于|随着|现[将就对决]|\d{4}\s?年|[（(])|"
    r"[如以]下|下列|规定|决定|制定|修改|达成|作出|时间|分享|[款条]$"
)
SUFFIX = re.compile(r"^[（(〔][^（）()]{1,40}[）)〕]$")
_HAN = re.compile("[\u3400-\u9fff]")


def is_title_line(block: Block) -> bool:
    """Whether a block can be a line of a title: short, no sentence, no numbering mark."""
    text = block.text
    if not text or len(text) > 150 or block.table or not _HAN.search(text):
        return False
    if text.endswith("如下"):
        return False
    if set("。；！？") & set(text) and set("。；！？") & set(bare_title(text)):
        return False
    mark = mark_of(text)
    if mark is not None and mark.style is not Style.BRACKET:
        return False
    if SUFFIX.match(text):
        return True
    return (mark is None and text[-1] not in "：:，、") or bool(open_brackets(text))


def is_reference_line(text: str) -> bool:
    """Whether a line is a reference number, joint numbers and brackets around it included."""
    plain = text.strip().strip("（()）")
    if len(plain) > 80 or not plain.rstrip().endswith("号"):
        return False
    pieces = re.split(r"(?<=号)\s+", plain)
    return all(parse_reference_number(piece) is not None for piece in pieces)


def is_address(text: str) -> bool:
    """Whether a line names recipients: names of bodies before a colon, no sentence, no purpose.

    GB/T 9704-2012, 7.3.2: full or customary names of the bodies that are to receive it.
    """
    return (
        text[-1:] in "：:" and len(text) < 400 and not set("。；！？《") & set(text)
        and mark_of(text) is None and not text.endswith(("通知：", "通知:"))
        and not _PREAMBLE.search(text.rstrip("：: "))
    )  # fmt: skip


def is_history(text: str) -> bool:
    """Whether a line tells when and by whom a statute was passed, made public or amended."""
    if SUFFIX.match(text) and parse_date(text):
        return True
    return _HISTORY.match(text) is not None
