"""The bar of years: where the answers lie in time, as numbers a template can draw."""

from __future__ import annotations

from dataclasses import dataclass

from search_indexes.results import Facet

HEIGHT = 48
STEP = 10
WIDTH = 8
LEAST_BAR = 2
"""Of HEIGHT: a single document beside hundreds must still be seen."""
MOST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A year with its count, and its rectangle in the units of the chart."""

    year: int
    count: int
    selected: bool
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class YearChart:
    """Bars from the first year to the last, years without documents left blank."""

    bars: tuple[Bar, ...]
    first: int
    last: int
    width: int
    bar_width: int = WIDTH
    height: int = HEIGHT

    @property
    def drawn(self) -> tuple[tuple[str, str, str, str, str, bool], ...]:
        """Year, count, x, y, height in figures, and whether it is ticked, of each bar."""
        return tuple(
            (str(b.year), str(b.count), str(b.x), str(b.y), str(b.height), b.selected)
            for b in self.bars
        )


def year_chart(facet: Facet) -> YearChart | None:
    """The chart of the year facet; ``None`` when fewer than two years have documents.

    Of a longer span the latest MOST_YEARS are drawn.
    """
    stated = [value for value in facet.values if value.count and _is_year(value.value)]
    counts = {int(value.value): value for value in stated}
    if len(counts) < 2:
        return None
    last = max(counts)
    drawn = {year: value for year, value in counts.items() if year > last - MOST_YEARS}
    first, most = min(drawn), max(value.count for value in drawn.values())
    bars = []
    for year in sorted(drawn):
        value = drawn[year]
        height = max(LEAST_BAR, round(HEIGHT * value.count / most))
        x = (year - first) * STEP + (STEP - WIDTH) // 2
        bars.append(Bar(year, value.count, value.selected, x, HEIGHT - height, height))
    return YearChart(tuple(bars), first, last, (last - first + 1) * STEP)


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdigit()
