"""What reading one file may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024

MAX_BYTES = 50 * MIB
"""The largest upload that is read, in bytes."""

MAX_CHARACTERS = 5_000_000
"""The most text one file may give: some fifty times the longest policy document seen."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the child process that reads one file.

    ``memory`` is its address space and ``output`` the size of its answer, in bytes; an ordinary
    document takes 40 MiB. ``cpu_seconds`` and ``wall_seconds`` hold for the formats read here; a
    conversion by an office suite gets ``office_memory``, and ``office_seconds`` of each time,
    after waiting ``office_wait`` seconds at most for those before it;
    recognising one page image gets ``ocr_memory``, ``ocr_seconds`` of processor time and twice
    that by the clock. ``written`` caps every file it writes.
    """

    max_bytes: int = MAX_BYTES
    memory: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    office_memory: int = 1024 * MIB
    office_seconds: int = 120
    office_wait: float = 240.0
    ocr_memory: int = 2048 * MIB
    ocr_seconds: int = 60
    output: int = 64 * MIB
    written: int = 200 * MIB
    open_files: int = 64
