"""A commit of a generation: its manifest, the check of its files, and Whoosh's way to write it.

A manifest is written last at every commit and names the commit's files with their checksums.
Whoosh's files hold pickles, so that they are opened only when their manifest vouches for them.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from whoosh import fields, index, query
from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.writing import SegmentWriter

from search_indexes.engine.errors import IndexDamaged

FORMAT = 3
"""Raised when an older program could not read what this one writes."""

MANIFEST = "manifest.json"

TERMS = "terms.json"
"""The words a generation is cut with beside the dictionary's own; its checksum tells them apart."""

INDEX_NAME = "MAIN"

STOCK = "stock"
"""Whoosh's own codec."""

ARRAY = "array"
"""Ours: see arraysegment.py."""

CODECS = (ARRAY, STOCK)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A commit: what built it, Whoosh's TOC number, its files (name to sha256), and its codec."""

    fingerprint: str
    toc: int
    files: dict[str, str]
    format: int = FORMAT
    codec: str = STOCK


def first(
    folder: Path, schema: fields.Schema, fingerprint: str, codec: str, terms: Iterable[str] = ()
) -> None:
    """Makes *folder*, which is empty, an index with nothing in it, to be cut with *terms*."""
    index.FileIndex.create(FileStorage(str(folder)), schema, INDEX_NAME)
    toc = f"_{INDEX_NAME}_0.toc"
    listed = json.dumps({"terms": list(terms)}, ensure_ascii=False, indent=0)
    replace_file(folder / TERMS, listed.encode())
    files = {name: _checksum(folder / name) for name in (toc, TERMS)}
    write_manifest(folder, Manifest(fingerprint, 0, files, codec=codec))


def read_manifest(folder: Path) -> Manifest:
    """The manifest in *folder*; raises IndexDamaged when there is none that can be used."""
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
        seal = raw.pop("seal", None)
        manifest = Manifest(**raw)
        if seal != _seal(manifest):
            raise ValueError("checksum")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"索引清单无法读取（{error}）；请运行 manage.py reindex。") from error
    if manifest.format != FORMAT:
        raise IndexDamaged("索引是另一版本写的；请运行 manage.py reindex。")
    return manifest


def terms_of(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """What the generation in *folder* is cut with; verify first. Raises IndexDamaged."""
    if TERMS not in manifest.files:
        return ()
    try:
        return tuple(map(str, json.loads((folder / TERMS).read_bytes())["terms"]))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise IndexDamaged(f"索引的词典无法读取（{error}）；请运行 manage.py reindex。") from error


_verified: set[tuple[object, ...]] = set()


def verify(folder: Path, manifest: Manifest) -> None:
    """Raises IndexDamaged unless every file is there, ours alone to write, and as it was written.

    A file seen whole is not read again by this process until its size, inode or time changes.
    """
    for name, expected in manifest.files.items():
        file = folder / name
        try:
            state = file.stat()
            owned = state.st_mode, state.st_uid
            key = (str(file), state.st_size, state.st_mtime_ns, state.st_ino, owned, expected)
            if key in _verified:
                continue
            whole = _checksum(file) == expected
        except OSError as error:
            raise IndexDamaged(f"索引文件 {name} 无法读取；请运行 manage.py reindex。") from error
        if not whole or state.st_mode & 0o022 or state.st_uid not in (0, os.geteuid()):
            raise IndexDamaged(f"索引文件 {name} 与清单不符；请运行 manage.py reindex。")
        _verified.add(key)


def opened(folder: Path, manifest: Manifest) -> index.FileIndex:
    """Whoosh's index of exactly the commit that *manifest* names; verify first."""
    return _PinnedIndex(FileStorage(str(folder)), manifest)


@contextmanager
def writer(
    folder: Path, manifest: Manifest, document_field: str, megabytes: int
) -> Iterator[SegmentWriter]:
    """A Whoosh writer that commits on leaving, or leaves everything as it was on an error.

    The caller holds the write lock or owns *folder*; *document_field* says whose a section is.
    """
    whoosh_writer = _ManifestWriter(folder, manifest, document_field, megabytes)
    try:
        yield whoosh_writer
        whoosh_writer.commit()
    except BaseException:
        whoosh_writer.abandon()
        raise


def record(
    folder: Path,
    before: Manifest,
    schema: fields.Schema,
    segments: list[Segment],
    generation: int,
) -> None:
    """Makes *segments*, whose files are written, the commit after *before*."""
    toc = f"_{INDEX_NAME}_{generation}.toc"
    # Left by commits that were cut short; Whoosh refuses to write over the first.
    for left in (folder / toc, *folder.glob(f"_{INDEX_NAME}_*.toc.*")):
        left.unlink(missing_ok=True)
    index.TOC(schema, segments, generation).write(FileStorage(str(folder)), INDEX_NAME)
    prefixes = tuple(f"{segment.segment_id()}." for segment in segments)
    names = {file.name for file in folder.iterdir() if file.name.startswith(prefixes)}
    # A segment's files are never written to again; the TOC's number may have been used
    # by a commit that was cut short.
    files = {name: before.files.get(name) or _checksum(folder / name) for name in sorted(names)}
    files |= {name: sha256 for name, sha256 in before.files.items() if name == TERMS}
    files[toc] = _checksum(folder / toc)
    write_manifest(folder, replace(before, toc=generation, files=files))


class _PinnedIndex(index.FileIndex):  # type: ignore[misc]  # Whoosh is untyped
    """An index opened at one commit, whatever lies beside it from a commit cut short."""

    def __init__(self, storage: FileStorage, manifest: Manifest) -> None:
        self._toc = manifest.toc
        super().__init__(storage, indexname=INDEX_NAME)

    def _read_toc(self) -> index.TOC:
        return index.TOC.read(self.storage, self.indexname, gen=self._toc)


class _ManifestWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh is untyped
    """Writes the manifest between the commit's own files and the removal of the old ones."""

    def __init__(
        self, folder: Path, manifest: Manifest, document_field: str, megabytes: int
    ) -> None:
        self._folder = folder
        self._before = manifest
        self._document_field = document_field
        super().__init__(opened(folder, manifest), timeout=1.0, limitmb=megabytes)

    def delete_documents(self, keys: Iterable[int]) -> None:
        """Takes out every section of the documents *keys* that was committed before."""
        terms = [query.Term(self._document_field, str(key)) for key in keys]
        if terms:
            with self.searcher() as searcher:
                for term in terms:
                    self.delete_by_query(term, searcher=searcher)

    def abandon(self) -> None:
        """Lets go of the lock and of temporary files, wherever writing stopped."""
        if not self.is_closed:
            try:
                self._close_segment()
            finally:
                self._finish()

    def _commit_toc(self, segments: list[Segment]) -> None:
        record(self._folder, self._before, self.schema, segments, self.generation)
        index.clean_files(self.storage, self.indexname, self.generation, segments)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Seals *manifest* and puts it in *folder*: from then on it is the commit."""
    sealed = asdict(manifest) | {"seal": _seal(manifest)}
    replace_file(folder / MANIFEST, json.dumps(sealed, indent=1).encode())


def _seal(manifest: Manifest) -> str:
    """The manifest's own checksum: it vouches for the files, and this for it."""
    return hashlib.sha256(json.dumps(asdict(manifest), sort_keys=True).encode()).hexdigest()


def replace_file(file: Path, data: bytes) -> None:
    """Puts *data* in the place of *file*, whole and on the disk, or leaves it as it was."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _checksum(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
