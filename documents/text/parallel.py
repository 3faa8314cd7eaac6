"""Holds headings against their siblings: what is no heading in its row is text again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from documents.text.marks import Style
from documents.text.values import SectionKind

_SHORT = 20  # characters of a heading inside an article; the drafting rules know none at all
_CLEAR = 25  # a heading up to this length stands on its own; a longer one needs its siblings
_CLAUSES = 34  # a first sentence this long is a heading only where all its siblings have one


@dataclass(slots=True)
class Node:
    """A section while it is being filled.

    ``ending`` is the sign that ended the heading, ``run_in`` tells that the heading is the first
    sentence of a paragraph, ``marked`` that the source itself marks it as a heading,
    ``alone`` that it stands beside numbered headings and holds none (序言).
    """

    anchor: str
    level: int
    kind: SectionKind
    number: str | None
    heading: str | None
    page: int | None
    parent: str | None
    style: Style | None = None
    value: int = 0
    outline: int | None = None
    ending: str | None = None
    run_in: bool = False
    marked: bool = False
    alone: bool = False
    line: int | None = None
    paragraphs: list[str] = field(default_factory=list)

    def unhead(self) -> None:
        """Puts the heading back in front of the text it was taken from."""
        words = (self.heading or "") + (self.ending or "")
        if self.run_in and self.paragraphs:
            self.paragraphs[0] = words + self.paragraphs[0]
        else:
            self.paragraphs.insert(0, words)
        self.heading = self.ending = None
        self.run_in = False


def settle_headings(nodes: list[Node]) -> None:
    """Takes back headings that their siblings do not confirm.

    Sections of one rank are built alike (GB/T 9704, 立法技术规范): where most paragraphs of a
    row are whole sentences, a long first sentence is one too. The items (项) of an article have
    no headings; only a row in which every item opens with a short phrase keeps them.
    """
    parents = {node.parent for node in nodes}
    named = {node.anchor: node for node in nodes}
    articles = _below_articles(nodes)
    rows: defaultdict[tuple[str | None, Style], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.style is not None and node.style > Style.ARTICLE:
            rows[node.parent, node.style].append(node)
    for row in rows.values():
        if row[0].anchor in articles:
            _settle_items(row, parents)
        else:
            _settle_row(row)
            _settle_list(row, named[row[0].parent or nodes[0].anchor], parents)


def _below_articles(nodes: list[Node]) -> set[str]:
    below: set[str] = set()
    for node in nodes:
        if node.style is Style.ARTICLE or node.parent in below:
            below.add(node.anchor)
    return below


def _settle_items(row: list[Node], parents: set[str | None]) -> None:
    headed = [node for node in row if node.heading and not node.marked]
    alike = len(row) > 1 and all(
        node.heading and node.run_in and len(node.heading) <= _SHORT and "，" not in node.heading
        for node in row
    )
    for node in headed:
        stands_over = node.anchor in parents and node.ending is None and not node.run_in
        if not alike and not stands_over:
            node.unhead()


def _settle_list(row: list[Node], above: Node, parents: set[str | None]) -> None:
    """Entries below a colon that hold nothing, none of them, are a list and no headings."""
    words = (
        above.paragraphs[-1] if above.paragraphs else (above.heading or "") + (above.ending or "")
    )
    if words[-1:] not in ("：", ":") or len(row) < 2:
        return
    if any(node.paragraphs or node.marked or node.anchor in parents for node in row):
        return
    for node in row:
        if node.heading:
            node.unhead()


def _settle_row(row: list[Node]) -> None:
    doubtful = [
        node for node in row
        if node.heading and node.run_in and not node.marked and len(node.heading) > _CLEAR
        and set("，,") & set(node.heading)
    ]  # fmt: skip
    if len(row) < 3 or not doubtful:
        return
    plain = sum(1 for node in row if node.heading is None)
    for node in doubtful:
        if 2 * plain >= len(row) or (plain and len(node.heading or "") > _CLAUSES):
            node.unhead()
