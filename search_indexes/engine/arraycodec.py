"""Whoosh's view of a segment of arrays, so that its own matchers and scorers can run on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from whoosh.codec import base, whoosh3
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from search_indexes.engine.arraysegment import ArraySegment
from search_indexes.engine.memory import Memory
from search_indexes.engine.words import Words

EXTENSION = ".arr"

_opened: WeakValueDictionary[tuple[str, int, int], ArraySegment] = WeakValueDictionary()


def opened(folder: Path, segment: base.Segment) -> ArraySegment:
    """The arrays of *segment*, mapped once however many readers there are."""
    file = folder / segment.make_filename(EXTENSION)
    state = file.stat()
    key = str(file), state.st_ino, state.st_mtime_ns
    known = _opened.get(key)
    if known is None:
        known = _opened[key] = ArraySegment(segment.segment_id(), file)
    return known


class ArrayCodec(base.Codec):  # type: ignore[misc]  # Whoosh is untyped
    """Reads segments of arrays; they are written by ArrayWriter."""

    def new_segment(self, storage: FileStorage, indexname: str) -> whoosh3.W3Segment:
        return whoosh3.W3Segment(self, indexname)

    def terms_reader(self, storage: FileStorage, segment: base.Segment) -> ArrayTerms:
        return ArrayTerms(opened(Path(storage.folder), segment))

    def per_document_reader(self, storage: FileStorage, segment: base.Segment) -> ArrayDocuments:
        return ArrayDocuments(opened(Path(storage.folder), segment), segment)


class ArrayTerms(base.TermsReader):  # type: ignore[misc]  # Whoosh is untyped
    """Whoosh's dictionary over ours."""

    def __init__(self, segment: ArraySegment) -> None:
        self._segment = segment
        self._words = segment.contents.words

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._segment.frequency(*term) > 0

    def indexed_field_names(self) -> list[str]:
        return sorted(self._words)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        if fieldname in self._words:
            for word in self._words[fieldname].list.after(prefix):
                yield fieldname, word

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        words, numbers, counts = self._entries(fieldname, text)
        lengths = words.lengths[numbers]
        return TermInfo(
            weight=float(counts.sum()),
            df=int(numbers.size),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(counts.max()),
            minid=int(numbers[0]),
            maxid=int(numbers[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self._segment.postings(fieldname, text).counts.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return self._segment.frequency(fieldname, text)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        _, numbers, counts = self._entries(fieldname, text)
        return ListMatcher(
            numbers.tolist(),
            counts.astype("f4").tolist(),
            [b""] * numbers.size,
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _entries(self, fieldname: str, text: bytes) -> tuple[Words, Any, Any]:
        words = self._words.get(fieldname)
        found = words.entries(text) if words else None
        if words is None or found is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return words, *found

    def close(self) -> None:
        """Nothing to let go of: the mapping ends with its last reader."""


class ArrayDocuments(base.PerDocumentReader):  # type: ignore[misc]  # Whoosh is untyped
    """Whoosh's per-document figures over ours."""

    def __init__(self, arrays: ArraySegment, segment: base.Segment) -> None:
        self._arrays = arrays
        self._segment = segment

    def close(self) -> None:
        """Nothing to let go of."""

    def doc_count(self) -> int:
        return self.doc_count_all() - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        return self._arrays.size

    def has_deletions(self) -> bool:
        return bool(self._segment.deleted_count())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._segment.deleted_docs())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        words = self._arrays.contents.words.get(fieldname)
        return int(words.lengths[docnum]) if words else default

    def field_length(self, fieldname: str) -> int:
        return self._arrays.total_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        return int(self._arrays.lengths(fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return int(self._arrays.lengths(fieldname).max())

    def supports_columns(self) -> bool:
        return False

    def has_column(self, fieldname: str) -> bool:
        return False

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return self._arrays.shown(docnum, Memory(0))
