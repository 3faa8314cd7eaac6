"""Builds parts of a new index in processes of their own, every document whole in one of them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import connection
from django.db.models import Count

from documents.models import Document
from search_indexes import analysis
from search_indexes.engine import generations
from search_indexes.reading import published_sections

PROCESSES = 2

SECTIONS = 10_000
"""A part, roughly."""

WORTH_IT = 3 * SECTIONS
"""Below this, starting processes takes longer than they save."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Documents by key, the database they are in, where to build their segment, and its terms."""

    keys: tuple[int, ...]
    database: str
    root: Path
    terms: tuple[str, ...]


def worth_it() -> bool:
    """Whether there is enough to build, in a database that other processes can reach."""
    reachable = connection.vendor != "sqlite" or "memory" not in _database()
    return reachable and sum(size for _, size in _sizes()) >= WORTH_IT


def build(folder: Path, progress: Callable[[int], None], terms: tuple[str, ...] = ()) -> list[Path]:
    """Builds all published documents in folders below *folder*, cut with *terms*.

    Returns the parts' folders. Calls *progress* with the number of sections done so far.
    """
    parts = []
    for number, keys in enumerate(_shares(_sizes())):
        root = folder / f"part-{number}"
        root.mkdir(mode=0o700)
        parts.append(_Part(keys, _database(), root, terms))
    done = 0
    built = []
    # Not forked: a copy of this process would share its database connection and its threads.
    start = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, start, django.setup) as pool:
        for future in as_completed([pool.submit(_build, part) for part in parts]):
            where, count = future.result()
            built.append(where)
            done += count
            progress(done)
    return built


def _build(part: _Part) -> tuple[Path, int]:
    """In a process of its own: one part."""
    from search_indexes.rebuild import backend_and_index  # noqa: PLC0415 - it imports this module

    connection.settings_dict["NAME"] = part.database
    with analysis.cutting(part.terms):
        analysis.hurry()
    backend, index = backend_and_index()
    where: Path = generations.begin(part.root, backend.schema, "part", backend.codec, part.terms)
    return where, backend.fill_part(where, index, published_sections(part.keys))


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _sizes() -> list[tuple[int, int]]:
    """Every published document's key and number of sections."""
    counted = Document.objects.published().annotate(size=Count("sections")).order_by("pk")
    return list(counted.values_list("pk", "size"))


def _shares(sizes: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    shares: list[tuple[int, ...]] = []
    keys: list[int] = []
    total = 0
    for key, size in sizes:
        keys.append(key)
        total += size
        if total >= SECTIONS:
            shares.append(tuple(keys))
            keys, total = [], 0
    return [*shares, tuple(keys)] if keys else shares
