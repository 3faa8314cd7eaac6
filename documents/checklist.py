"""The official elements of GB/T 9704-2012: which are there, missing, or out of order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from documents.models import Document, DocumentElement
from documents.text import ElementKind


class State(Enum):
    """What became of an element."""

    FOUND = "已找到"
    MISSING = "未找到"
    OUT_OF_ORDER = "次序不合"
    NOT_USED = "未见"
    BY_HAND = "著录中有，原文未读到"


@dataclass(frozen=True, slots=True)
class Item:
    """One element of the standard; ``text`` is what was read, ``note`` what to look at."""

    label: str
    state: State
    text: str = ""
    note: str = ""

    @property
    def to_check(self) -> bool:
        """Whether an editor should look."""
        return self.state in {State.MISSING, State.OUT_OF_ORDER, State.BY_HAND}


# 版头, 主体, 版记 in the order of GB/T 9704-2012, 7.2 to 7.4; the text stands after the recipients.
_ORDER: tuple[tuple[str, tuple[ElementKind, ...]], ...] = (
    ("发文机关标志", (ElementKind.LETTERHEAD,)),
    ("发文字号", (ElementKind.REF_NO,)),
    ("标题", (ElementKind.TITLE,)),
    ("主送机关", (ElementKind.RECIPIENTS,)),
    ("附件说明", (ElementKind.ATTACHMENTS,)),
    ("发文机关署名", (ElementKind.SIGNATURE,)),
    ("成文日期", (ElementKind.WRITTEN_DATE,)),
    ("附注", (ElementKind.DISCLOSURE,)),
    ("抄送机关", (ElementKind.CC,)),
    ("印发机关和印发日期", (ElementKind.IMPRINT,)),
)
_RANK = {kind: rank for rank, (_, kinds) in enumerate(_ORDER) for kind in kinds}
_IF_ANY = {"附件说明", "附注", "抄送机关"}
_TO_EVERYBODY = {"公告", "通告", "公报", "决议", "决定", "命令", "令", "纪要"}
"""文种 that are made public as such and have no 主送机关 (7.3.2; 条例 第九条)."""


def checklist(document: Document) -> tuple[Item, ...]:
    """The elements in the standard's order, the text among them."""
    elements = list(document.elements.order_by("part", "order"))
    misplaced = _misplaced(elements)
    by_hand = {
        "发文机关标志": "、".join(document.issuer_names),
        "发文字号": document.ref_no,
        "标题": document.title if document.title != "（无标题）" else "",
        "主送机关": document.recipients,
        "成文日期": str(document.written_date or ""),
        "抄送机关": document.cc,
        "印发机关和印发日期": str(document.printed_date or ""),
    }
    items = []
    for label, kinds in _ORDER:
        found = [element for element in elements if element.kind in kinds]
        items.append(_item(label, found, misplaced, by_hand.get(label, ""), document))
        if label == "主送机关":
            items.append(_text(document))
    return tuple(items)


def _item(
    label: str,
    found: list[DocumentElement],
    misplaced: set[int],
    by_hand: str,
    document: Document,
) -> Item:
    if found:
        text = "；".join(element.text for element in found)
        if any(element.pk in misplaced for element in found):
            return Item(label, State.OUT_OF_ORDER, text, "与 GB/T 9704 的次序不同，请核对原件。")
        return Item(label, State.FOUND, text)
    if by_hand:
        return Item(label, State.BY_HAND, by_hand)
    spared = label == "主送机关" and document.document_type in _TO_EVERYBODY
    if label in _IF_ANY or spared:
        return Item(label, State.NOT_USED, note="没有则不印。")
    return Item(label, State.MISSING, note="原件上有的话，请在著录信息里补上。")


def _text(document: Document) -> Item:
    number = document.sections.exclude(text="").count()
    if not number:
        return Item("正文", State.MISSING, note="没有读到正文。")
    return Item("正文", State.FOUND, f"{document.sections.count()} 节，其中 {number} 节有文字")


def _misplaced(elements: Sequence[DocumentElement]) -> set[int]:
    """Keys of the fewest elements that break the standard's order within their part."""
    wrong: set[int] = set()
    for part in {element.part for element in elements}:
        own = [e for e in elements if e.part == part and e.kind in _RANK]
        wrong |= {e.pk for e in own} - _longest_run(own)
    return wrong


def _longest_run(elements: Sequence[DocumentElement]) -> set[int]:
    """Keys of a longest subsequence whose ranks do not fall."""
    ends: list[int] = []  # least last rank of a run of each length
    runs: list[list[int]] = []
    for element in elements:
        rank = _RANK[ElementKind(element.kind)]
        at = bisect_right(ends, rank)
        run = [*(runs[at - 1] if at else []), element.pk]
        ends[at : at + 1], runs[at : at + 1] = [rank], [run]
    return set(runs[-1]) if runs else set()
