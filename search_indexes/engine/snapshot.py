"""One commit of the index, opened once for the process and shared by its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from haystack.fields import SearchField
from whoosh import scoring
from whoosh.reading import SegmentReader
from whoosh.searching import Searcher

from search_indexes.engine import arraycodec, commits, generations
from search_indexes.engine.arraycodec import ArrayCodec
from search_indexes.engine.arrays import NONE, Ints
from search_indexes.engine.documents import Codes, FacetPairs, FacetTable
from search_indexes.engine.errors import IndexDamaged, IndexUnusable
from search_indexes.engine.evaluation import K1, B, Leaf, rarity
from search_indexes.engine.memory import Memory
from search_indexes.engine.recency import newest_day
from search_indexes.engine.segments import Segment
from search_indexes.engine.stock import StockSegment

OPENING_TRIES = 20

MEMORY_BYTES = 96 << 20
"""For postings of frequent words, filters and strings lately asked for, by process."""

WORDS_REMEMBERED = 10_000

TABLES_REMEMBERED = 32
"""Groups of facets counted together: those not ticked, and each ticked one."""


class Snapshot:
    """A commit of the index opened for searching; nothing of it changes."""

    def __init__(
        self, folder: Path, fields: dict[str, SearchField], before: Snapshot | None = None
    ) -> None:
        self.manifest = commits.read_manifest(folder)
        commits.verify(folder, self.manifest)
        self.terms = commits.terms_of(folder, self.manifest)
        self.folder = folder
        self.fields = fields
        kept = before if before and before.folder == folder else None
        self.memory: Memory = kept.memory if kept else Memory(MEMORY_BYTES)
        reader = commits.opened(folder, self.manifest).reader()
        self.searcher = Searcher(reader, weighting=scoring.BM25F(B=B, K1=K1))
        self.total: int = reader.doc_count_all()
        known = {leaf.segment.name: leaf.segment for leaf in kept.leaves} if kept else {}
        self.leaves: list[Leaf] = [
            self._leaf(searcher, known)
            for searcher, _ in self.searcher.leaf_searchers()
            if searcher.doc_count_all()
        ]
        written = datetime.fromtimestamp((folder / commits.MANIFEST).stat().st_mtime, UTC)
        self.newest = newest_day(self.leaves, written.toordinal())
        self.table = lru_cache(TABLES_REMEMBERED)(self._table)
        self.idf = lru_cache(WORDS_REMEMBERED)(self._idf)
        self.average_length = lru_cache(None)(self._average_length)

    def _leaf(self, searcher: Searcher, known: dict[str, Segment]) -> Leaf:
        reader: SegmentReader = searcher.reader()
        segment = known.get(reader.segment().segment_id()) or self._opened(reader)
        deleted = np.fromiter(reader._perdoc.deleted_docs(), np.int64)
        if not deleted.size:
            return Leaf(segment, None, None, searcher, self.memory)
        alive = np.ones(segment.size, np.bool_)
        alive[deleted] = False
        return Leaf(segment, alive, alive[segment.documents.starts[:-1]], searcher, self.memory)

    def _opened(self, reader: SegmentReader) -> Segment:
        if isinstance(reader.codec(), ArrayCodec):
            return arraycodec.opened(self.folder, reader.segment())
        return StockSegment(reader, self.fields)

    def _table(self, names: tuple[str, ...]) -> FacetTable:
        """The facets *names* of all leaves, to be counted together."""
        values: dict[str, tuple[str, ...]] = {}
        starts = [0]
        pairs: dict[str, list[tuple[Ints, Codes]]] = {leaf.segment.name: [] for leaf in self.leaves}
        for name in names:
            columns = [leaf.segment.documents.facets.get(name) for leaf in self.leaves]
            # In order, so that whoever lists them has them sorted already.
            every = sorted({value for each in columns if each for value in each.values})
            known = {value: place for place, value in enumerate(every)}
            for leaf, column in zip(self.leaves, columns, strict=True):
                if column is not None:
                    places = [known[value] for value in column.values]
                    own = np.array(places, np.int64)[column.codes] + starts[-1]
                    pairs[leaf.segment.name].append((own, column.rows))
            values[name] = tuple(known)
            starts.append(starts[-1] + len(known))
        joined = {leaf: _joined(some, starts[-1]) for leaf, some in pairs.items()}
        return FacetTable(values, starts, joined)

    def _idf(self, field: str, word: bytes) -> float:
        count = sum(leaf.segment.frequency(field, word) for leaf in self.leaves)
        return rarity(count, self.total)

    def _average_length(self, field: str) -> float:
        length = sum(leaf.segment.total_length(field) for leaf in self.leaves)
        return length / self.total if self.total else 0.0

    def stated(self, name: str) -> dict[int, tuple[str, ...]]:
        """The values of the facet *name* by living document."""
        found: dict[int, tuple[str, ...]] = {}
        for leaf in self.leaves:
            documents = leaf.segment.documents
            column = documents.facets.get(name)
            if column is None:
                continue
            for code, row in zip(column.codes.tolist(), column.rows.tolist(), strict=True):
                if leaf.alive_rows is None or leaf.alive_rows[row]:
                    key = int(documents.keys[row])
                    found[key] = (*found.get(key, ()), column.values[code])
        return found

    def entries(self) -> dict[int, tuple[str, list[int]]]:
        """Version and the sections' own numbers (haystack's django_id) by living document."""
        found: dict[int, tuple[str, list[int]]] = {}
        for leaf in self.leaves:
            documents = leaf.segment.documents
            numbers = leaf.segment.section_keys().tolist()
            starts = documents.starts.tolist()
            for row, key in enumerate(documents.keys.tolist()):
                if leaf.alive_rows is not None and not leaf.alive_rows[row]:
                    continue
                card = leaf.segment.card(row)
                before = found.get(key, ("", []))[1]
                sections = sorted(before + numbers[starts[row] : starts[row + 1]])
                found[key] = (card.version if card else "", sections)
        return found


def _joined(columns: list[tuple[Ints, Codes]], size: int) -> FacetPairs:
    if not columns:
        return FacetPairs(NONE, np.empty(0, np.int32), size)
    places, rows = zip(*columns, strict=True)
    return FacetPairs(np.concatenate(places), np.concatenate(rows), size)


Stamp = tuple[str, int, int]
Used = TypeVar("Used")

_opened: dict[Path, tuple[Stamp, Snapshot]] = {}
_opening = threading.Lock()


def latest(root: Path, fields: dict[str, SearchField]) -> Snapshot:
    """The live commit of the index in *root*, opened anew only after a commit or a switch.

    Raises IndexMissing or IndexDamaged.
    """
    return _standing(root, lambda folder, stamp: _shared(root, folder, stamp, fields))


def verify(root: Path) -> None:
    """Raises IndexMissing, or IndexDamaged unless the live commit's files are as written."""
    _standing(root, lambda folder, _: commits.verify(folder, commits.read_manifest(folder)))


def _standing(root: Path, use: Callable[[Path, Stamp], Used]) -> Used:
    """What *use* makes of the live generation, asked again when that changes meanwhile."""
    for _ in range(OPENING_TRIES):
        folder = generations.current(root)
        stamp = _stamp(folder)
        try:
            return use(folder, stamp)
        except IndexDamaged:
            # A commit removes the files of the one before it: only what stands still is damaged.
            if _stamp(generations.current(root)) == stamp:
                raise
    raise IndexDamaged("索引一直在变化，无法打开；请稍后再试。")


def _stamp(folder: Path) -> Stamp:
    try:
        state = (folder / commits.MANIFEST).stat()
    except FileNotFoundError:
        return folder.name, 0, 0
    return folder.name, state.st_mtime_ns, state.st_ino


def _shared(root: Path, folder: Path, stamp: Stamp, fields: dict[str, SearchField]) -> Snapshot:
    known = _opened.get(root)
    if known is None or known[0] != stamp:
        with _opening:
            known = _opened.get(root)
            if known is None or known[0] != stamp:
                known = stamp, _open(folder, fields, known[1] if known else None)
                _opened[root] = known
    return known[1]


def _open(folder: Path, fields: dict[str, SearchField], before: Snapshot | None) -> Snapshot:
    try:
        return Snapshot(folder, fields, before)
    except IndexUnusable:
        raise
    except Exception as error:
        # Whoosh raises whatever its parsing meets: seven kinds for a damaged file.
        raise IndexDamaged(f"索引无法打开（{error}）；请运行 manage.py reindex。") from error


def forget(root: Path) -> None:
    """Drops what is open of the index in *root*."""
    _opened.pop(root, None)


def open_generation(folder: Path, fields: dict[str, SearchField]) -> Snapshot:
    """The commit in *folder* opened for itself, live or not; raises IndexDamaged."""
    return _open(folder, fields, None)
