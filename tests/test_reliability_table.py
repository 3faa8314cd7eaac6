"""The table of promises names tests that exist, and every row there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = [f"T{n}" for n in range(1, 38)] + ["T12b", "T12c"] + [f"L{n}" for n in range(1, 7)]
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def references(page: str) -> list[tuple[str, str]]:
    return REFERENCE.findall((ROOT / "docs" / page).read_text("utf-8"))


def defined(file: str) -> set[str]:
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("page", "least"), [("reliability.md", 60), ("asvs.md", 20)])
def test_every_test_that_a_table_names_exists(page: str, least: int) -> None:
    named = references(page)
    missing = [f"{file}::{name}" for file, name in named if name not in defined(file)]
    print(f"N={len(named)} names")

    assert len(named) > least
    assert missing == []


def test_every_promise_has_its_row_and_each_row_a_test_or_says_why_not() -> None:
    table = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([TL]\d+[bc]?) \|(.*)$", table, re.M))

    assert set(rows) == set(ROWS)
    silent = [
        row
        for row, text in rows.items()
        if row.startswith("T") and not REFERENCE.search(text) and "**not" not in text
    ]
    assert silent == []
