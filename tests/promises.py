"""How often each promise of docs/reliability.md was tried: a line a row at the end of a run.

A pytest plugin. A test says by ``tried`` how often it did what its promise is about, and fails when
that was never; what the tests of a row said is added up over all processes of the run.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

import pytest

TABLE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


class Tried(Protocol):
    """``tried(50, "kills in mid-write", seed=11)``; AssertionError where nothing was tried."""

    def __call__(self, n: int, what: str, *, seed: int | None = None) -> None: ...


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Tried:
    """Says how often the test did what its promise is about."""

    def say(n: int, what: str, *, seed: int | None = None) -> None:
        assert n > 0, f"{what}: what the promise is about never happened"
        request.node.user_properties.append(("tried", (n, what, seed)))

    return say


def rows() -> dict[str, str]:
    """The rows of the table by their names, T1 to T37 and L1 to L6."""
    return dict(re.findall(r"^\| ([TL]\d+[bc]?) \|(.*)$", TABLE.read_text("utf-8"), re.M))


def lines(reports: Iterable[pytest.TestReport], table: Mapping[str, str]) -> Iterator[str]:
    """What the passed tests of each row tried, in the table's order: row, tests, N, seed."""
    passed: dict[str, list[pytest.TestReport]] = defaultdict(list)
    for report in reports:
        passed[report.nodeid.partition("[")[0]].append(report)
    for row, text in table.items():
        names = (f"{file}::{name}" for file, name in REFERENCE.findall(text))
        told = [report for name in names for report in passed[name]]
        counts: Counter[tuple[str, int | None]] = Counter()
        properties = (each for report in told for each in report.user_properties)
        for said in (value for key, value in properties if key == "tried"):
            n, what, seed = cast("tuple[int, str, int | None]", said)
            counts[what, seed] += n
        if told:
            yield "; ".join([f"{row:5}{len(told)} passed", *map(_line, counts.items())])


def _line(counted: tuple[tuple[str, int | None], int]) -> str:
    (what, seed), n = counted
    return f"N={n} {what}" + (f", seed {seed}" if seed is not None else "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the lines of the rows whose tests were run."""
    reports = [each for each in terminalreporter.getreports("passed") if each.when == "call"]
    if found := list(lines(reports, rows())):
        terminalreporter.section("promises tried (docs/reliability.md)")
        for line in found:
            terminalreporter.write_line(line)
