"""The table of promises names tests that exist, and every row there is."""

from __future__ import annotations

import ast

import pytest

from tests import promises
from tests.promises import REFERENCE, Tried

ROOT = promises.TABLE.parent.parent
ROWS = [f"T{n}" for n in range(1, 38)] + ["T12b", "T12c"] + [f"L{n}" for n in range(1, 7)]


def references(page: str) -> list[tuple[str, str]]:
    return REFERENCE.findall((ROOT / "docs" / page).read_text("utf-8"))


def defined(file: str) -> dict[str, ast.FunctionDef]:
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("page", "least"), [("reliability.md", 60), ("asvs.md", 20)])
def test_every_test_that_a_table_names_exists(page: str, least: int) -> None:
    named = references(page)
    missing = [f"{file}::{name}" for file, name in named if name not in defined(file)]

    assert len(named) > least
    assert missing == []


def test_every_promise_has_its_row_and_each_row_a_test_that_says_how_often_it_tried() -> None:
    table = promises.rows()

    assert set(table) == set(ROWS)
    silent = [
        row
        for row, text in table.items()
        if row.startswith("T")
        and "**not built**" not in text
        and not any(says_how_often(file, name) for file, name in REFERENCE.findall(text))
    ]
    assert silent == []


def says_how_often(file: str, name: str) -> bool:
    """Whether the test calls ``tried``."""
    called = (node.func for node in ast.walk(defined(file)[name]) if isinstance(node, ast.Call))
    return any(isinstance(each, ast.Name) and each.id == "tried" for each in called)


def test_a_fault_that_was_never_injected_fails_its_test(tried: Tried) -> None:
    with pytest.raises(AssertionError, match="kills: what the promise is about never happened"):
        tried(0, "kills")


def test_what_the_tests_of_a_row_tried_is_added_up_over_all_of_them() -> None:
    def passed(name: str, *said: tuple[int, str, int | None]) -> pytest.TestReport:
        told = [("tried", each) for each in said]
        return pytest.TestReport(
            name, ("", 0, ""), {}, "passed", None, "call", user_properties=told
        )  # fmt: skip

    reports = [
        passed("tests/a.py::test_a[1]", (20, "kills", 11)),
        passed("tests/a.py::test_a[2]", (30, "kills", 11), (4, "writes", None)),
        passed("tests/a.py::test_b"),
        passed("tests/other.py::test_a", (1, "kills", 11)),
    ]
    table = {"T1": "`tests/a.py::test_a`, `tests/a.py::test_b`", "T2": "`tests/a.py::test_c`"}

    assert list(promises.lines(reports, table)) == [
        "T1   3 passed; N=50 kills, seed 11; N=4 writes"
    ]
