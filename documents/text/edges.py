"""Where the lines of a page begin and end, column by column, for lines whose places are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from documents.text.blocks import Block
from documents.text.characters import width
from documents.text.marks import mark_of

Place = tuple[int | None, int]
"""A page and the column on it, from 0."""

_ENOUGH = 8  # lines that tell the edges of a column
_MARKS = 5  # marked lines that tell whether a document indents them


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of full lines by place, and the place of every line of a document.

    ``indents_marks`` tells that paragraphs with a numbering mark are indented as a rule, so that
    a mark at the very edge begins a line but no paragraph.
    """

    places: tuple[Place, ...]
    lefts: dict[Place | None, float]
    rights: dict[Place, float]
    indents_marks: bool

    def left(self, index: int) -> float | None:
        """The left edge of the column that line ``index`` stands in."""
        return self.lefts.get(self.places[index], self.lefts.get(None)) if self.places else None

    def beside(self, index: int, last: Block) -> Block:
        """``last``, the line before ``index``, as if it stood in the same column."""
        if not self.places:
            return last
        here, there = self.places[index], self.places[index - 1]
        if here[1] == there[1] or last.x0 is None or last.x1 is None:
            return last
        if here not in self.lefts or there not in self.lefts:
            return last
        shift = self.lefts[here] - self.lefts[there]
        return last.but(x0=last.x0 + shift, x1=last.x1 + shift)

    def runs_on(self, index: int, line: Block, last: Block) -> bool:
        """Whether ``line`` begins at the very edge below a full one, where marks are indented."""
        if not self.indents_marks:
            return False
        left, right = self.left(index), self.rights.get(self.places[index - 1])
        if left is None or right is None or line.x0 is None or last.x1 is None:
            return False
        em = em_of(line)
        return line.x0 - left < 0.7 * em and last.x1 > right - 1.5 * em


def em_of(line: Block) -> float:
    """The width of a Chinese character in ``line``, in points."""
    if line.x0 is None or line.x1 is None:
        return 1.0
    return max((line.x1 - line.x0) / max(width(line.text.strip()), 1), 1.0)


def edges_of(lines: Sequence[Block]) -> Edges:
    """Measures ``lines``, the whole document in reading order."""
    if all(line.x0 is None for line in lines):
        return Edges((), {}, {}, indents_marks=False)
    places = _places(lines)
    lefts = _lefts(lines, places)
    rights: dict[Place, float] = {}
    for line, place in zip(lines, places, strict=True):
        if line.x1 is not None:
            rights[place] = max(rights.get(place, line.x1), line.x1)
    return Edges(places, lefts, rights, _indents_marks(lines, places, lefts))


def _places(lines: Sequence[Block]) -> tuple[Place, ...]:
    """A line that stands higher on the page than the one before begins the next column."""
    places: list[Place] = []
    column = 0
    last: Block | None = None
    for line in lines:
        if last is None or line.page != last.page:
            column = 0
        elif line.y is not None and last.y is not None and line.y < last.y - 1:
            column += 1
        places.append((line.page, column))
        last = line
    return tuple(places)


def _lefts(lines: Sequence[Block], places: Sequence[Place]) -> dict[Place | None, float]:
    """The left edge of full lines a column; under ``None`` that of the whole document."""
    edges: defaultdict[Place | None, Counter[int]] = defaultdict(Counter)
    for line, place in zip(lines, places, strict=True):
        if line.x0 is not None:
            edges[place][round(line.x0)] += 1
            edges[None][round(line.x0)] += 1
    lefts: dict[Place | None, float] = {}
    for key, counted in edges.items():
        total = sum(counted.values())
        common = [edge for edge, times in counted.items() if times >= max(2, 0.1 * total)]
        if common and (key is None or total >= _ENOUGH):
            lefts[key] = min(common)
    return lefts


def _indents_marks(
    lines: Sequence[Block], places: Sequence[Place], lefts: dict[Place | None, float]
) -> bool:
    """Whether three in four lines with a mark are indented (GB/T 9704-2012, 7.3.3)."""
    marked = indented = 0
    for line, place in zip(lines, places, strict=True):
        left = lefts.get(place, lefts.get(None))
        if line.x0 is None or left is None or mark_of(line.text.strip()) is None:
            continue
        marked += 1
        indented += line.x0 - left > 1.2 * em_of(line)
    return marked >= _MARKS and 4 * indented >= 3 * marked
