"""The elements after a document's body, from the signature to the imprint."""

from __future__ import annotations

import re

from documents.text.blocks import Block
from documents.text.dates import WRITTEN, is_date_line
from documents.text.issuers import BODY_LAST, bodies_in, is_body_name, is_person_signature
from documents.text.marks import mark_of
from documents.text.values import Element, ElementKind

_IMPRINT = re.compile(rf"^(.{{0,40}}?)\s*{WRITTEN}\s*(?:印发|印制|印)\s*$")
_COPIES = re.compile(r"^(?:抄\s?送|抄\s?报|分\s?送|主\s?送|报\s?送|发\s?送)\s*[：:]")
_DISCLOSURE = re.compile(
    r"^[（(]?\s*(?:公开属性|信息公开(?:属性|选项|类别)|公开(?:方式|类别|选项|形式)|此件)\s*[：:]?.{0,60}$|"
    r"^[（(]?\s*(?:主动公开|依申请公开|不予公开|不公开)\s*[）)]?$"
)
_ATTACHMENTS = re.compile(r"^附\s*(?:件|表|录|：)\s*[\d一二三四五六七八九十]*\s*[：:.、]?.{0,200}$")
_NOTE = re.compile(
    r"^[（(]\s*(?:联系人|联系电话|联系方式|此页无正文|本文有删减|本文有删节|附件略|附件：略|本页无正文|网上发布|此文|责任编辑).{0,120}[）)]?$|"
    r"^(?:全文如下|附后)[：:]?$|"
    r"^(?:联系人|联系电话|联系方式|咨询电话|联系地址|共印|（共印|印数)\s*[：:]?.{0,120}$"
)
_SIGNED_DATE = re.compile(rf"^(\S.{{1,80}}?)\s*({WRITTEN})\s*$")
_FIRST = frozenset("（(抄分主报送发公信此依不全附联咨共")
_LAST = BODY_LAST | set("日印发制")
_LISTED = re.compile(r"^\s*(?:附件)?\s*\d{1,2}\s*[.．、]\s*\S.{0,100}$")


def kind_of_back_line(block: Block) -> ElementKind | None:
    """The element a line at a document's end is, judged by its own text; ``None`` for body text."""
    text = block.text
    if block.table or len(text) > 400 or not _may_be_element(text):
        return None
    kinds = (
        (_IMPRINT, ElementKind.IMPRINT),
        (_COPIES, ElementKind.CC),
        (_DISCLOSURE, ElementKind.DISCLOSURE),
        (_NOTE, ElementKind.NOTE),
    )
    for pattern, kind in kinds:
        if pattern.match(text):
            return kind
    if is_date_line(text):
        return ElementKind.WRITTEN_DATE
    if len(text) < 120 and not block.outline and is_signature(text):
        return ElementKind.SIGNATURE
    if _ATTACHMENTS.match(text) and "。" not in text:
        return ElementKind.ATTACHMENTS
    return None


def _may_be_element(text: str) -> bool:
    """A quick look at the first and last character: ``False`` says surely that it is none."""
    return text[:1] in _FIRST or text[-1:] in _LAST or is_person_signature(text)


def is_signature(text: str) -> bool:
    """Names of bodies, an official's name, or both with the date on one line."""
    if mark_of(text) is not None:
        return False
    signed = _SIGNED_DATE.match(text)
    if signed and not set("，。：；") & set(signed.group(1)):
        return bool(bodies_in(signed.group(1))) or is_person_signature(signed.group(1))
    return bool(bodies_in(text)) or is_person_signature(text)


def read_back(blocks: list[Block], start: int, end: int, part: int) -> tuple[int, list[Element]]:
    """Gives (index behind the body's last block, the elements after it in reading order).

    Goes up from the part's end while lines are elements. A body's name alone counts only beside
    a date or an imprint: without one it may be the last line of a list.
    """
    index = end
    found: list[Element] = []
    while index > start:
        block = blocks[index - 1]
        kind = kind_of_back_line(block)
        if kind is ElementKind.SIGNATURE and not _is_dated(blocks, index - 1, end):
            kind = None
        if kind is ElementKind.SIGNATURE and found and found[-1].kind is ElementKind.IMPRINT:
            kind = ElementKind.IMPRINT
        if kind is None:
            listed = _attachment_list(blocks, start, index) if found or index == end else index
            if listed == index:
                break
            found.extend(
                Element(ElementKind.ATTACHMENTS, blocks[at].text, part, blocks[at].line)
                for at in range(index - 1, listed - 1, -1)
            )
            index = listed
            continue
        found.append(Element(kind, block.text, part, block.line))
        index -= 1
    return index, found[::-1]


def _is_dated(blocks: list[Block], index: int, end: int) -> bool:
    if _SIGNED_DATE.match(blocks[index].text):
        return True
    for below in blocks[index + 1 : min(index + 8, end)]:
        if is_date_line(below.text) or _IMPRINT.match(below.text):
            return True
        if _SIGNED_DATE.match(below.text) and is_signature(below.text):
            return True
        if (
            not is_body_name(below.text)
            and not bodies_in(below.text)
            and not is_person_signature(below.text)
        ):
            return False
    return False


def _attachment_list(blocks: list[Block], start: int, index: int) -> int:
    """Where a list 附件：1.… 2.… that ends before ``index`` begins; ``index`` if there is none."""
    at = index - 1
    while at > start and index - at < 20 and _LISTED.match(blocks[at].text):
        at -= 1
    head = blocks[at].text
    if at < index - 1 and re.match(r"^附\s*件\s*[：:]", head) and "。" not in head:
        return at
    return index


def imprint_body(text: str) -> str | None:
    """The body that an imprint line names, if it does."""
    match = _IMPRINT.match(text)
    return match.group(1).strip() or None if match else None


def signed_bodies(text: str) -> tuple[str, ...]:
    """The bodies a signature line names, a date on the same line set aside."""
    match = _SIGNED_DATE.match(text)
    return bodies_in(match.group(1) if match else text)
