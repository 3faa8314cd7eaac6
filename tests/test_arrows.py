"""Imports follow the arrows between the rooms, and never back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("portal", "search_indexes", "documents", "seeds")

# A room may import from itself and from the rooms named here. The longest prefix counts.
ARROWS: dict[str, tuple[str, ...]] = {
    "portal": ("search_indexes", "documents", "seeds"),
    "search_indexes": ("documents",),
    "search_indexes.engine": (),
    "documents": (),
    "documents.extraction": ("documents.text",),
    "documents.text": (),
    "seeds": ("documents",),
}
PURE = ("documents.text", "documents.extraction")
"""Rooms that must be importable without Django."""


def test_imports_follow_the_arrows() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, imported in _imports()
        if imported.split(".")[0] in ROOMS and not _allowed(module, imported)
    ]
    assert not wrong


def test_reading_and_extraction_know_no_django() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, imported in _imports()
        if _room(module) in PURE and imported.split(".")[0] in ("django", "haystack", "whoosh")
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("module", "imported", "allowed"),
    [
        ("portal.views.search", "search_indexes.finder", True),
        ("search_indexes.finder", "portal.views", False),
        ("documents.publishing", "search_indexes.sync", False),
        ("documents.text.outline", "documents.models", False),
        ("documents.extraction.plain", "documents.text.values", True),
        ("search_indexes.engine.backend", "documents.models", False),
        ("search_indexes.engine.backend", "search_indexes.analysis", False),
    ],
)
def test_the_arrows_say_what_they_mean(module: str, imported: str, allowed: bool) -> None:
    assert _allowed(module, imported) is allowed


def _allowed(module: str, imported: str) -> bool:
    room, target = _room(module), _room(imported)
    # A room reaches into itself and the sub-rooms it is made of, not out of them again.
    return target == room or target.startswith(f"{room}.") or _under(target, ARROWS[room])


def _under(target: str, rooms: tuple[str, ...]) -> bool:
    return any(target == room or target.startswith(f"{room}.") for room in rooms)


def _room(module: str) -> str:
    return max(
        (room for room in ARROWS if module == room or module.startswith(f"{room}.")), key=len
    )


def _imports() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((module, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield module, node.module
