"""Takes ruled tables off a page: its lines make a grid, and the characters stand in its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.extraction.pdf.glyphs import Glyph
from documents.extraction.pdf.lines import words_of
from documents.extraction.pdf.rules import Rule
from documents.text.values import Cell, Table

_NEAR = 3.0  # points between lines that are meant to meet, or to be one
_FEWEST = 2  # rows and columns; a box around words is a frame, a line below them a rule
_Slot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table, and where it begins on the page."""

    top: float
    table: Table


@dataclass(frozen=True, slots=True)
class _Grid:
    """The lines of one table; ``xs`` and ``ys`` are where its columns and rows meet."""

    rules: tuple[Rule, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def slot(self, glyph: Glyph) -> _Slot | None:
        """The row and column that a character stands in."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.y - 0.35 * glyph.size
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return sum(y >= edge for edge in self.ys) - 1, sum(x >= edge for edge in self.xs) - 1

    def parted(self, row: int, column: int, *, below: bool) -> bool:
        """Whether a line parts a slot from the one below it, or from the one to its right."""
        if below:
            edge, along = self.ys[row + 1], (self.xs[column] + self.xs[column + 1]) / 2
        else:
            edge, along = self.xs[column + 1], (self.ys[row] + self.ys[row + 1]) / 2
        return any(_covers(rule, edge, along) for rule in self.rules if rule.level is below)


def take_tables(
    glyphs: Sequence[Glyph], rules: Sequence[Rule], page: int
) -> tuple[list[Ruled], list[Glyph]]:
    """Gives (tables from top to bottom, the characters outside of them)."""
    tables: list[Ruled] = []
    rest = list(glyphs)
    for grid in _grids(rules):
        slots = [grid.slot(glyph) for glyph in rest]
        inside = [(slot, g) for slot, g in zip(slots, rest, strict=True) if slot is not None]
        table = _table(grid, inside, page)
        if table is not None:
            tables.append(Ruled(grid.ys[0], table))
            rest = [g for slot, g in zip(slots, rest, strict=True) if slot is None]
    return sorted(tables, key=lambda ruled: ruled.top), rest


def _grids(rules: Sequence[Rule]) -> list[_Grid]:
    found = []
    for group in _meeting(rules):
        xs = _edges([(rule.x0 + rule.x1) / 2 for rule in group if not rule.level])
        ys = _edges([(rule.y0 + rule.y1) / 2 for rule in group if rule.level])
        if len(xs) > _FEWEST and len(ys) > _FEWEST:
            found.append(_Grid(tuple(group), xs, ys))
    return found


def _meeting(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Groups of lines that meet, directly or through others."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    groups: list[list[Rule]] = []
    left = [*level, *upright]
    while left:
        group = [left.pop()]
        for rule in group:
            touching = [other for other in left if rule.level != other.level and _meet(rule, other)]
            group.extend(touching)
            taken = set(map(id, touching))
            left = [other for other in left if id(other) not in taken]
        groups.append(group)
    return groups


def _meet(one: Rule, other: Rule) -> bool:
    return (
        one.x0 - _NEAR <= other.x1 and other.x0 - _NEAR <= one.x1
        and one.y0 - _NEAR <= other.y1 and other.y0 - _NEAR <= one.y1
    )  # fmt: skip


def _edges(places: list[float]) -> tuple[float, ...]:
    """The places, those nearer than a few points as one."""
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return tuple(edges)


def _covers(rule: Rule, edge: float, along: float) -> bool:
    if rule.level:
        return abs((rule.y0 + rule.y1) / 2 - edge) <= _NEAR and rule.x0 <= along <= rule.x1
    return abs((rule.x0 + rule.x1) / 2 - edge) <= _NEAR and rule.y0 <= along <= rule.y1


def _table(grid: _Grid, inside: Sequence[tuple[_Slot, Glyph]], page: int) -> Table | None:
    """The cells with their characters; ``None`` where all characters stand in one cell."""
    owners = _owners(grid)
    words: dict[_Slot, list[Glyph]] = {}
    for slot, glyph in inside:
        words.setdefault(owners[slot], []).append(glyph)
    filled = [slot for slot, them in words.items() if any(not g.char.isspace() for g in them)]
    if len(filled) < _FEWEST:
        return None
    rows = []
    for row in range(len(grid.ys) - 1):
        cells = []
        for column in range(len(grid.xs) - 1):
            if owners[row, column] != (row, column):
                continue
            span = [slot for slot, owner in owners.items() if owner == (row, column)]
            wide = max(at for _, at in span) - column + 1
            high = max(at for at, _ in span) - row + 1
            cells.append(Cell(words_of(words.get((row, column), [])), wide, high))
        if cells:
            rows.append(tuple(cells))
    return Table(tuple(rows), page)


def _owners(grid: _Grid) -> dict[_Slot, _Slot]:
    """For every slot the first slot of the cell it belongs to: slots no line parts are one cell."""
    owners: dict[_Slot, _Slot] = {}
    for row in range(len(grid.ys) - 1):
        for column in range(len(grid.xs) - 1):
            owner = (row, column)
            if row and not grid.parted(row - 1, column, below=True):
                owner = owners[row - 1, column]
            elif column and not grid.parted(row, column - 1, below=False):
                owner = owners[row, column - 1]
            owners[row, column] = owner
    return owners
