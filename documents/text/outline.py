"""The tree of sections: which marks count, where headings end, how anchors are made."""

from __future__ import annotations

from collections import Counter

from documents.text.blocks import Block
from documents.text.contents import has_leaders
from documents.text.headings import Heading, heading_of, is_set_off, stands_alone, type_rank
from documents.text.inline import Piece, pieces_of
from documents.text.marks import Mark, Style, mark_of
from documents.text.note_places import Counted, opening_of, spread, squeezed
from documents.text.parallel import Node, settle_headings
from documents.text.parts import Part
from documents.text.quotations import quoted_blocks
from documents.text.values import Section, SectionKind, Warning

_WIDEST_GAP = 3  # numbers that may be missing in a row before a mark is no longer believed
_LONG = 3000


class Outline:
    """Builds the sections of one part, block by block.

    ``places`` says where the marks of notes went, by section counted from ``first``.
    """

    def __init__(self, part: Part, *, heading: str | None, first: int = 0) -> None:
        page = part.body[0].page if part.body else None
        self.nodes = [Node(f"p{part.number}", 1, SectionKind.PART, None, heading, page, None)]
        self.stack = [self.nodes[0]]
        self.warnings: list[Warning] = []
        self.places: list[tuple[int, Counted]] = []
        self._first = first
        self._lengths: dict[int, tuple[int, int]] = {}
        self._anchors = {self.nodes[0].anchor}
        self._articles = 0
        self._latest: dict[Style, int] = {}
        self._enumerated = 0
        self._counts: dict[str, Counter[str]] = {}
        self._font = _body_font(part.body)
        quoted = quoted_blocks(part.body)
        for index, block in enumerate(part.body):
            following = part.body[index + 1] if index + 1 < len(part.body) else None
            if block.notes:
                self._noted(block, following, quoted=index in quoted)
            elif index in quoted:
                self._text(block.text, block)
            else:
                self._take(block, following)

    def sections(self) -> list[Section]:
        """The finished sections in reading order."""
        settle_headings(self.nodes)
        made = []
        for node in self.nodes:
            text = "\n".join(paragraph for paragraph in node.paragraphs if paragraph)
            made.append(
                Section(node.anchor, node.level, node.kind, node.number, node.heading, text,
                        node.page, node.parent, node.ending)
            )  # fmt: skip
            if len(text) > _LONG:
                self._warn(
                    "long-section",
                    f"本节正文超过{_LONG}字且没有下级标题，请核对是否漏了标题",
                    node,
                    None,
                )
        return made

    def _warn(self, code: str, message: str, node: Node, line: int | None) -> None:
        self.warnings.append(Warning(code, message, node.anchor, line))

    # --- one block ---------------------------------------------------------------------

    def _noted(self, block: Block, following: Block | None, *, quoted: bool) -> None:
        """Takes a block and sees where its marks went: behind what was open, or to new sections."""
        begun = len(self.nodes)
        top = next(n for n in reversed(range(begun)) if self.nodes[n] is self.stack[-1])
        above, count = len(self.nodes[top].paragraphs), self._length(top)
        if quoted:
            self._text(block.text, block)
        else:
            self._take(block, following)
        pieces = [(self._first + top, count, squeezed("".join(self.nodes[top].paragraphs[above:])))]
        for number, node in enumerate(self.nodes[begun:], start=begun):
            words = opening_of(node) + squeezed("".join(node.paragraphs))
            pieces.append((self._first + number, 0, words))
        self.places += spread(block, pieces)

    def _length(self, number: int) -> int:
        """How many characters are printed of a section so far, white space aside."""
        node = self.nodes[number]
        known, length = self._lengths.get(number, (0, len(opening_of(node))))
        length += sum(len(squeezed(paragraph)) for paragraph in node.paragraphs[known:])
        self._lengths[number] = len(node.paragraphs), length
        return length

    def _take(self, block: Block, following: Block | None) -> None:
        mark = None if block.table else mark_of(block.text)
        if mark is not None and has_leaders(block.text):
            mark = None
        if mark is None and block.font and block.outline is None and following is not None:
            rank = type_rank(block, self._font)
            if rank is not None:
                self._unnumbered(block.but(outline=rank))
                return
        if mark is not None and self._accepts(mark, block):
            self._numbered(mark, block, following)
        elif not block.table and is_set_off(block, following):
            self._unnumbered(block)
        else:
            self._paragraph(block, 0)

    def _accepts(self, mark: Mark, block: Block) -> bool:  # noqa: PLR0911 - one return a rule
        """Whether the number is the next one: 1, or one more than the last of its style."""
        if block.outline is not None:
            return True
        if mark.style is Style.ARTICLE:
            return mark.value >= self._articles or mark.value == 1
        last = self._last(mark.style)
        if mark.style <= Style.SECTION:
            return mark.value >= 1
        if mark.value == 1 or (last is not None and mark.value == last + 1):
            return True
        if mark.style in {Style.COMMA, Style.BRACKET}:
            if mark.value == self._latest.get(mark.style, 0) + 1:
                return True  # numbered on across the headings above: （四） after 二、
            gap = mark.value - (last or 0)
            return 1 < gap <= _WIDEST_GAP or (last is not None and -gap >= 0 and not block.short)
        return last is not None and 1 < mark.value - last <= _WIDEST_GAP - 1

    def _last(self, style: Style) -> int | None:
        return next((node.value for node in reversed(self.stack) if node.style is style), None)

    def _parent_for(self, mark: Mark, block: Block) -> Node:
        """Pops the stack to the node under which ``mark`` belongs."""
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].style is mark.style:
                del self.stack[depth:]
                return self.stack[-1]
        while len(self.stack) > 1:
            top = self.stack[-1]
            if top.alone:
                if mark.style is Style.ARTICLE and top.heading == "附则":
                    break
                self.stack.pop()
            elif top.kind in {SectionKind.LEAD, SectionKind.ITEM} and top.style is None:
                if mark.style >= Style.FIGURE_BRACKET and top.kind is SectionKind.LEAD:
                    break
                self.stack.pop()
            elif top.style is not None and top.style > mark.style:
                if mark.style is Style.ARTICLE and top.style is Style.COMMA and not top.paragraphs:
                    break  # 一、受案范围 stands for a chapter: the articles are below it
                self.stack.pop()
            elif (top.outline is not None and block.outline is not None and top.style is None
                  and top.outline >= block.outline):  # fmt: skip
                self.stack.pop()
            else:
                break
        return self.stack[-1]

    def _numbered(self, mark: Mark, block: Block, following: Block | None) -> None:
        last = self._articles if mark.style is Style.ARTICLE else self._last(mark.style) or 0
        parent = self._parent_for(mark, block)
        expected = last + 1
        heading = heading_of(block, mark, following)
        path = f"{mark.value}.{mark.branch}" if mark.branch else f"{mark.value}"
        node = self._open(parent, _code(mark.style) + path, SectionKind.HEADING, block)
        node.number, node.heading = mark.printed, heading.text
        node.style, node.value = mark.style, mark.value
        node.ending, node.run_in = heading.ending, heading.run_in
        node.marked = block.outline is not None or _in_bold(block, heading)
        runs_on = mark.value == self._latest.get(mark.style, 0) + 1
        gap = mark.value not in (1, expected) and not mark.branch and not runs_on
        self._latest[mark.style] = mark.value
        if gap:
            self._warn("numbering-gap", f"编号“{mark.printed}”与上一个编号不连续", node, block.line)
        if mark.style is Style.ARTICLE:
            self._articles = mark.value
        self._rest(block, heading)

    def _unnumbered(self, block: Block) -> None:
        while len(self.stack) > 1:
            top = self.stack[-1]
            if top.outline is not None and top.style is None and block.outline is not None:
                if top.outline < block.outline:
                    break
            elif (
                top.outline is not None
                and block.outline is not None
                and top.outline < block.outline
            ):
                break
            self.stack.pop()
        parent = self.stack[-1]
        node = self._open(parent, f"x{self._next(parent, 'x')}", SectionKind.HEADING, block)
        node.heading = block.text
        node.alone = stands_alone(block) and block.outline is None

    def _rest(self, block: Block, heading: Heading) -> None:
        if heading.end < len(block.text):
            self._paragraph(block, heading.end)

    # --- text and what is marked inside it -----------------------------------------------

    def _paragraph(self, block: Block, start: int) -> None:
        pieces = pieces_of(block, start, self._enumerated, table=block.table)
        for piece in pieces:
            if piece.kind is None:
                self._text(piece.text, block)
            else:
                self._inline(piece, block)
        if self._enumerated and not any(piece.kind is SectionKind.ITEM for piece in pieces):
            self._enumerated = 0

    def _text(self, text: str, block: Block) -> None:
        top = self.stack[-1]
        article = None
        if self._articles:
            article = next((n for n in reversed(self.stack) if n.style is Style.ARTICLE), None)
        starts = block.text.startswith(text)
        if article is not None and top is not article and starts and not block.table:
            # A new 款 of the article after its items: not part of the last item.
            del self.stack[self.stack.index(article) + 1 :]
            self._open(article, f"x{self._next(article, 'x')}", SectionKind.ITEM, block)
            self.stack[-1].paragraphs.append(text)
            self.stack.pop()
            return
        top.paragraphs.append(text)

    def _inline(self, piece: Piece, block: Block) -> None:
        if piece.kind is SectionKind.LEAD:
            while self.stack[-1].kind in {SectionKind.LEAD, SectionKind.ITEM}:
                self.stack.pop()
            parent = self.stack[-1]
            node = self._open(parent, f"x{self._next(parent, 'x')}", SectionKind.LEAD, block)
        else:
            while self.stack[-1].kind is SectionKind.ITEM:
                self.stack.pop()
            self._enumerated = piece.value
            parent = self.stack[-1]
            node = self._open(parent, f"e{self._next(parent, 'e')}", SectionKind.ITEM, block)
            node.number = piece.number
        node.heading, node.ending = piece.heading, piece.ending
        if piece.text:
            node.paragraphs.append(piece.text)

    def _next(self, parent: Node, letter: str) -> int:
        counts = self._counts.setdefault(parent.anchor, Counter())
        counts[letter] += 1
        return counts[letter]

    def _open(self, parent: Node, step: str, kind: SectionKind, block: Block) -> Node:
        anchor = f"{parent.anchor}-{step}"
        unique = anchor
        counts = self._counts.setdefault(parent.anchor, Counter())
        while unique in self._anchors:
            unique = f"{anchor}r{counts[anchor] + 2}"
            counts[anchor] += 1
        self._anchors.add(unique)
        node = Node(unique, parent.level + 1, kind, None, None, block.page, parent.anchor,
                    outline=block.outline)  # fmt: skip
        self.nodes.append(node)
        self.stack.append(node)
        return node


def _code(style: Style) -> str:
    """Articles are counted through the whole statute and keep their own letter in anchors."""
    return "a" if style is Style.ARTICLE else ""


def _body_font(blocks: tuple[Block, ...]) -> str | None:
    """The font, in lower case, that most of the text is set in; ``None`` where none is known."""
    counted: Counter[str] = Counter()
    for block in blocks:
        if block.font:
            counted[block.font.lower()] += len(block.text)
    return counted.most_common(1)[0][0] if counted else None


def _in_bold(block: Block, heading: Heading) -> bool:
    """Whether the source sets the heading itself in bold."""
    if not heading.text:
        return False
    at = block.text.find(heading.text)
    end = at + len(heading.text)
    return any(span.start <= at and span.end >= end for span in block.bold)
