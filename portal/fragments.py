"""Keeps pieces of pages that were rendered once, as much of them as fits a bounded memory."""

from __future__ import annotations

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Hashable

MEMORY_BYTES = 16 << 20
"""Of packed pieces in one process: some thousand documents of middling length."""
SECONDS = 300.0
"""After which a piece is rendered anew, whatever its key says: for changes made behind the
portal's back, by hand in the database."""
LEVEL = 1
"""Of zlib: markup packs to a fifth in less time than any other level takes."""


class Fragments:
    """Texts by key, those not asked for longest dropped first; safe to use from many threads."""

    def __init__(self, memory: int = MEMORY_BYTES, seconds: float = SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held = 0
        self._pieces: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()

    def get(self, key: Hashable) -> str | None:
        """The text under *key*, ``None`` when it is not held or too old."""
        with self._lock:
            found = self._pieces.get(key)
            if found is None or found[0] < time.monotonic():
                return None
            self._pieces.move_to_end(key)
        return zlib.decompress(found[1]).decode()

    def put(self, key: Hashable, text: str) -> None:
        """Holds *text* under *key*; one too long to be worth it is not held at all."""
        packed = zlib.compress(text.encode(), LEVEL)
        if len(packed) > self._memory // 8:
            return
        with self._lock:
            self._drop(key)
            self._pieces[key] = (time.monotonic() + self._seconds, packed)
            self._held += len(packed)
            while self._held > self._memory:
                self._drop(next(iter(self._pieces)))

    def clear(self) -> None:
        """Holds nothing any more."""
        with self._lock:
            self._pieces.clear()
            self._held = 0

    @property
    def held(self) -> int:
        """Bytes of packed pieces held now."""
        return self._held

    def _drop(self, key: Hashable) -> None:
        old = self._pieces.pop(key, None)
        self._held -= len(old[1]) if old else 0


kept = Fragments()
"""Those of this process."""
