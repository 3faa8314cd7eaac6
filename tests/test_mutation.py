"""The hunt of `make mutation` changes what it says it changes, and asks whom it should."""

from __future__ import annotations

import importlib

import pytest

from tests import mutation
from tests.mutation import ROOMS, mutants
from tests.promises import Tried


@pytest.mark.parametrize("room", ["permissions", "anchors", "outbox"])
def test_each_change_makes_a_function_another_one(room: str, tried: Tried) -> None:
    modules = [importlib.import_module(name) for name in ROOMS[room][0]]
    found = [mutant for module in modules for mutant in mutants(module)]
    tried(len(found), f"changes to {room}")

    assert len({(mutant.place, mutant.change) for mutant in found}) > 10
    assert [m.change for m in found if m.code == m.function.__code__] == []
    assert [m.place for m in found if m.line not in m.lines] == []


def test_only_a_test_that_came_to_the_function_is_asked() -> None:
    [module] = [importlib.import_module(name) for name in ROOMS["anchors"][0]]
    mutant = next(mutants(module))
    item: pytest.Item = None  # type: ignore[assignment]

    assert mutation.Asked(item, {(mutant.file, mutant.lines[-1])}, 1.0).came_to(mutant)
    assert not mutation.Asked(item, {(mutant.file, mutant.lines[-1] + 1)}, 1.0).came_to(mutant)
    assert not mutation.Asked(item, {("other.py", mutant.lines[-1])}, 1.0).came_to(mutant)
