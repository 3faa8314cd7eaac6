"""Finds the notes of a web page by the links that lead from the mark to the note and back."""

from __future__ import annotations

import re
from collections.abc import Container

from selectolax.lexbor import LexborHTMLParser, LexborNode

from documents.text.values import Footnote, NoteMark

_FIRST = 0xF0000  # a mark on its way through the page: a character of plane 15, for private use
_MOST = 500
_SIGN = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _MOST)}]")
_PLANE = re.compile("[\U000f0000-\U000ffffd]")
_AROUND = re.compile(r"[\s\[\]〔〕（）()【】]+")
_MARK = re.compile(r"\d{1,3}|[A-Za-z]{1,4}|[\u2460-\u2473]|[*＊†‡※]{1,3}|注释?\d{0,3}")
_LONGEST = 12  # characters of a mark with its brackets
_LONGEST_NOTE = 3000
_BLOCKS = frozenset(("p", "li", "div", "dd", "td", "section", "aside"))


def take_notes(tree: LexborHTMLParser) -> tuple[Footnote, ...]:
    """Takes the notes out of the page; a sign that ``without_signs`` knows stands for each mark.

    A note is a paragraph to whose beginning a short link leads and in which a link leads back, as
    Word, LibreOffice and Markdown write them: ``<a href="#n" name="r">[1]</a>`` and
    ``<a href="#r" name="n">[1]</a>``. Entries of a table of contents lead to headings.
    """
    if tree.body is None or _PLANE.search(tree.body.text(separator="")):
        return ()
    found = _Found(_names(tree))
    for link in tree.css('a[href^="#"]'):
        if len(found.notes) < _MOST:
            found.look_at(link)
    return found.taken_out()


def without_signs(text: str) -> tuple[str, tuple[NoteMark, ...]]:
    """``text`` without the signs of marks, and where they stood."""
    marks: list[NoteMark] = []
    for match in _SIGN.finditer(text):
        marks.append(NoteMark(match.start() - len(marks), ord(match.group()) - _FIRST))
    return (_SIGN.sub("", text), tuple(marks)) if marks else (text, ())


class _Found:
    """The notes found so far: their paragraphs, the links to them and the links back."""

    def __init__(self, names: dict[str, LexborNode]) -> None:
        self.notes: list[tuple[str, LexborNode]] = []
        self._names = names
        self._numbers: dict[int, int] = {}
        self._backs: dict[int, LexborNode] = {}
        self._marks: list[tuple[LexborNode, int]] = []

    def look_at(self, link: LexborNode) -> None:
        """Keep what *link* leads to if that is a note."""
        mark = _AROUND.sub("", link.text(separator=""))
        target = self._names.get((link.attributes.get("href") or "")[1:])
        block = _block_of(target)
        if target is None or block is None or not _MARK.fullmatch(mark):
            return
        if not _may_be_note(block, target) or _inside(link, self._numbers):
            return
        back = _way_back(block, link, self._names)
        if block.mem_id not in self._numbers:
            if back is None or self._nested(block) or _length(block) == _length(back):
                return
            self._numbers[block.mem_id] = len(self.notes)
            self.notes.append((mark, block))
        if back is not None:
            self._backs[back.mem_id] = back
        self._marks.append((link, self._numbers[block.mem_id]))

    def taken_out(self) -> tuple[Footnote, ...]:
        """The notes, gone from the page; their marks are signs now, the ways back are gone too."""
        marks = [(link, n) for link, n in self._marks if link.mem_id not in self._backs]
        for back in self._backs.values():
            back.decompose()
        made = [
            Footnote(mark, " ".join(block.text(separator="").split())) for mark, block in self.notes
        ]
        for link, number in marks:
            link.replace_with(chr(_FIRST + number))
        for _, block in self.notes:
            block.decompose()
        return tuple(made)

    def _nested(self, block: LexborNode) -> bool:
        """Whether *block* stands in a note that was found, or one of these in it."""
        around = any(_inside(other, {block.mem_id}) for _, other in self.notes)
        return around or _inside(block, self._numbers)


def _names(tree: LexborHTMLParser) -> dict[str, LexborNode]:
    found: dict[str, LexborNode] = {}
    for node in tree.css("[id], a[name]"):
        for key in ("id", "name"):
            if name := node.attributes.get(key):
                found.setdefault(name, node)
    return found


def _block_of(node: LexborNode | None) -> LexborNode | None:
    """The paragraph or list entry that *node* is or stands in."""
    current = node
    while current is not None and current.tag not in _BLOCKS:
        current = current.parent
    return current


def _may_be_note(block: LexborNode, target: LexborNode) -> bool:
    """Whether *target* begins *block*, and this is one short piece of text without a heading."""
    if len(block.text(separator="")) > _LONGEST_NOTE or block.css_first("h1, h2, h3, h4, h5, h6"):
        return False
    for node in block.traverse(include_text=True):
        if node.mem_id == target.mem_id:
            return True
        if node.tag == "-text" and (node.text_content or "").strip():
            return False
    return False


def _way_back(
    block: LexborNode, mark: LexborNode, names: dict[str, LexborNode]
) -> LexborNode | None:
    """The link in *block* that leads to *mark*, to what holds it or to what it holds."""
    for link in block.css('a[href^="#"]'):
        target = names.get((link.attributes.get("href") or "")[1:])
        if target is None:
            continue
        around = _length(target) <= _LONGEST
        if (around and _inside(mark, {target.mem_id})) or _inside(target, {mark.mem_id}):
            return link
    return None


def _inside(node: LexborNode, outer: Container[int]) -> bool:
    """Whether *node* is or stands in one of the nodes with these keys."""
    current: LexborNode | None = node
    while current is not None:
        if current.mem_id in outer:
            return True
        current = current.parent
    return False


def _length(node: LexborNode) -> int:
    return len("".join(node.text(separator="").split()))
