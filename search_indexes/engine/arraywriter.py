"""Writes segments of arrays: one a commit, small ones joined as they gather."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from haystack.fields import SearchField
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from search_indexes.engine import arrayfile, commits
from search_indexes.engine.arraycodec import EXTENSION, ArrayCodec, opened
from search_indexes.engine.arraysegment import Builder, Part, together
from search_indexes.engine.commits import INDEX_NAME, Manifest

SMALL = 2_000
"""Segments below this many sections are joined at every commit, which takes milliseconds."""

TIER = 10
"""Larger ones are joined with those less than this many times larger…"""

GATHERED = 6
"""…when so many have gathered."""

LARGEST = 2_000_000
"""Sections; above this a segment is left as it is."""


class Join(Enum):
    """Which segments a commit joins with what it adds."""

    TIERED = "small ones, and larger ones as they gather"
    NONE = "none: more commits follow"
    ALL = "as many as may be in one: every segment costs a query time"


@dataclass(frozen=True, slots=True)
class _Weighed:
    segment: base.Segment
    living: int

    @property
    def worn(self) -> bool:
        """Whether most of it was deleted."""
        return self.living * 2 < int(self.segment.doc_count_all())


class ArrayWriter:
    """Collects one commit; the caller holds the write lock or owns *folder*."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        fields: Mapping[str, SearchField],
        join: Join = Join.TIERED,
    ) -> None:
        self._join = join
        self._folder = folder
        self._before = manifest
        self._storage = FileStorage(str(folder))
        toc = TOC.read(self._storage, INDEX_NAME, gen=manifest.toc)
        self._schema = toc.schema
        self._segments: list[base.Segment] = list(toc.segments)
        self._builder = Builder(fields)
        self._written: list[Path] = []

    def add_document(self, **row: Any) -> None:
        """The next section; those of a document come in a row."""
        self._builder.add(row)

    def delete_documents(self, keys: Iterable[int]) -> None:
        """Takes out every section of the documents *keys* that was committed before."""
        wanted = np.fromiter(keys, np.int64)
        for segment in self._segments:
            documents = opened(self._folder, segment).documents
            for row in np.flatnonzero(np.isin(documents.keys, wanted)).tolist():
                start, end = documents.starts[row : row + 2].tolist()
                for number in range(start, end):
                    segment.delete_document(number)
        self._segments = [each for each in self._segments if _living(each)]

    def adopt(self, part: Path) -> None:
        """Takes the segments of the generation in *part*, which is removed."""
        manifest = commits.read_manifest(part)
        commits.verify(part, manifest)
        for segment in TOC.read(FileStorage(str(part)), INDEX_NAME, gen=manifest.toc).segments:
            name = segment.make_filename(EXTENSION)
            self._written.append((part / name).rename(self._folder / name))
            self._segments.append(segment)
        shutil.rmtree(part.parent)

    def commit(self) -> None:
        """Makes it so: segment, list of segments, manifest, in this order."""
        fresh = [self._builder.contents()] if len(self._builder) else []
        joining = self._joining(fresh[0].keys.size if fresh else 0)
        parts = [*map(self._part, joining), *((each, None, None) for each in fresh)]
        if parts:
            gone = {segment.segment_id() for segment in joining}
            self._segments = [each for each in self._segments if each.segment_id() not in gone]
            self._segments.append(self._write(parts))
        generation = self._before.toc + 1
        commits.record(self._folder, self._before, self._schema, self._segments, generation)
        self._written.clear()  # the manifest names them now
        clean_files(self._storage, INDEX_NAME, generation, self._segments)

    def abandon(self) -> None:
        """Removes what was written."""
        for file in self._written:
            file.unlink(missing_ok=True)

    def _part(self, segment: base.Segment) -> Part:
        arrays = opened(self._folder, segment)
        if not segment.has_deletions():
            return arrays.contents, None, None
        alive = np.ones(arrays.size, np.bool_)
        alive[list(segment.deleted_docs())] = False
        return arrays.contents, alive, alive[arrays.documents.starts[:-1]]

    def _joining(self, fresh: int) -> list[base.Segment]:
        """The segments to join with *fresh* sections, in their order."""
        if self._join is Join.NONE:
            return []
        if self._join is Join.ALL:
            return self._all(fresh)
        weighed = [_Weighed(each, _living(each)) for each in self._segments]
        chosen: list[_Weighed] = []
        if fresh < SMALL:
            chosen = [each for each in weighed if each.living < SMALL or each.worn]
        total = fresh + sum(each.living for each in chosen)
        low = SMALL
        while low < LARGEST:
            tier = [e for e in weighed if e not in chosen and low <= e.living < low * TIER]
            size = sum(each.living for each in tier)
            if len(tier) + (low <= total < low * TIER) >= GATHERED and total + size <= LARGEST:
                chosen += tier
                total += size
            low *= TIER
        if not fresh and len(chosen) == 1 and not chosen[0].worn:
            return []
        names = {each.segment.segment_id() for each in chosen}
        return [each for each in self._segments if each.segment_id() in names]

    def _all(self, fresh: int) -> list[base.Segment]:
        total = fresh
        chosen = []
        for segment in self._segments:
            if total + _living(segment) <= LARGEST:
                total += _living(segment)
                chosen.append(segment)
        alone = len(chosen) == 1 and not fresh and not chosen[0].has_deletions()
        return [] if alone else chosen

    def _write(self, parts: list[Part]) -> base.Segment:
        segment = ArrayCodec().new_segment(self._storage, INDEX_NAME)
        size = sum(map(_size, parts))
        segment.set_doc_count(size)
        file = self._folder / segment.make_filename(EXTENSION)
        self._written.append(file)
        last = self._join is not Join.NONE and size >= SMALL
        contents, kept, _ = parts[0]
        if len(parts) == 1 and kept is None:
            arrayfile.write(file, contents.stored(compressed=last))
        else:
            arrayfile.write(file, together(parts, compressed=last))
        return segment


def _size(part: Part) -> int:
    contents, kept, _ = part
    return contents.keys.size if kept is None else int(np.count_nonzero(kept))


def _living(segment: base.Segment) -> int:
    return int(segment.doc_count_all()) - int(segment.deleted_count())


@contextmanager
def writer(
    folder: Path,
    manifest: Manifest,
    fields: Mapping[str, SearchField],
    join: Join = Join.TIERED,
) -> Iterator[ArrayWriter]:
    """A writer that commits on leaving, or leaves everything as it was on an error."""
    array_writer = ArrayWriter(folder, manifest, fields, join)
    try:
        yield array_writer
        array_writer.commit()
    except BaseException:
        array_writer.abandon()
        raise
