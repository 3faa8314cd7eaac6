"""Answers of a function worked out once, as many as have room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

ROOM = 65_536
"""Entries; when there are more, all begin anew. With words as keys some 15 MB."""


class Remembered(dict[Key, Value]):
    """``remembered[key]`` is ``work_out(key)``, mostly without working it out.

    For what is asked so often that functools.lru_cache would cost more than the answer: a hit
    is one look into a dictionary. Threads may share it; at worst both work the same thing out.
    """

    def __init__(self, work_out: Callable[[Key], Value]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: Key) -> Value:
        value = self._work_out(key)
        if len(self) >= ROOM:
            self.clear()
        self[key] = value
        return value
