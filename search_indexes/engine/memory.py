"""Keeps what was worked out lately, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Value = TypeVar("Value")


class Memory:
    """Values by key, the least recently used dropped first; threads may share one.

    Two threads may work out the same value at once; either serves.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """The value of *key*, made and kept when it is not known; *size* is in bytes."""
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
                return cast(Value, known[0])
        value = make()
        self._keep(key, value, size(value))
        return value

    def _keep(self, key: Hashable, value: object, cost: int) -> None:
        with self._lock:
            before = self._values.pop(key, None)
            self.used += cost - (before[1] if before else 0)
            self._values[key] = value, cost
            while self.used > self.limit and self._values:
                _, (_, freed) = self._values.popitem(last=False)
                self.used -= freed

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._values.clear()
            self.used = 0
