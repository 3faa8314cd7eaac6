"""How often something may be done, counted by every web process in one small shared file."""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import re
import secrets
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

SLOTS = 1 << 15
WAYS = 8
"""Places a key may have; the one that matters least makes way when all are taken."""
_SLOT = struct.Struct("<Qd")
_SALT = 32
_LOCKED = 64
"""Ranges of the file that processes lock apart from each other."""


class WrongRate(ValueError):
    """The text is no rate; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Rate:
    """*count* in *seconds* for ever, and *burst* more at once after a rest."""

    count: int
    seconds: float
    burst: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """``30/min``, ``30/min+10`` or ``5/h``; ``0`` is no limit. Raises WrongRate."""
        if text.strip() == "0":
            return None
        found = re.fullmatch(r"([0-9]{1,6})/(s|min|h|d)(?:\+([0-9]{1,6}))?", text.strip())
        if not found or not int(found[1]):
            raise WrongRate("write a number a time, as 30/min, 30/min+10 or 5/h; 0 for no limit.")
        return cls(int(found[1]), UNITS[found[2]], int(found[3] or 0))


class Counter:
    """Rates kept for all processes of one machine in *file*, which never grows.

    The generic cell rate algorithm (ITU-T I.371, annex A) keeps one number a key: the time at
    which the key would have used up what it may do. Keys are kept as keyed hashes, so that the
    file tells nobody who called; it is worth nothing after a day and may be deleted while the
    portal is down.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._threads = [threading.Lock() for _ in range(_LOCKED)]
        size = _SALT + SLOTS * _SLOT.size
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            if os.fstat(self._file).st_size != size:
                os.ftruncate(self._file, 0)
                os.ftruncate(self._file, size)
                os.pwrite(self._file, secrets.token_bytes(_SALT), 0)
            self._salt = os.pread(self._file, _SALT, 0)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._map = mmap.mmap(self._file, size)

    def close(self) -> None:
        """Lets go of the file."""
        self._map.close()
        os.close(self._file)

    def take(self, key: str, rate: Rate) -> float:
        """Counts one for *key*: 0 if it may go on, else the seconds until it may."""
        digest = hashlib.blake2b(key.encode("utf-8", "replace"), key=self._salt, digest_size=16)
        number, bucket = struct.unpack("<QQ", digest.digest())
        bucket %= SLOTS // WAYS
        part = bucket % _LOCKED
        with self._threads[part]:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, part)
            try:
                return self._take(number or 1, _SALT + bucket * WAYS * _SLOT.size, rate)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, part)

    def _take(self, number: int, start: int, rate: Rate) -> float:
        now = self._clock()
        step = rate.seconds / rate.count
        most = (rate.count + rate.burst) * step
        place, due = self._place(number, start)
        if due > now + most:
            # A clock that was set back must lock nobody out for longer than the rate itself would.
            due = now + most
            _SLOT.pack_into(self._map, place, number, due)
        due = max(due, now)
        if due + step > now + most + 1e-9:
            return due + step - most - now
        _SLOT.pack_into(self._map, place, number, due + step)
        return 0.0

    def _place(self, number: int, start: int) -> tuple[int, float]:
        oldest, oldest_due = start, float("inf")
        for place in range(start, start + WAYS * _SLOT.size, _SLOT.size):
            known, due = _SLOT.unpack_from(self._map, place)
            if known == number:
                return place, due
            if due < oldest_due:
                oldest, oldest_due = place, due
        return oldest, 0.0
