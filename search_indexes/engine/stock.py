"""A segment in Whoosh's own files (CODEC "stock"), read into arrays."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any

import numpy as np
from haystack.constants import ID
from haystack.fields import SearchField
from whoosh.reading import SegmentReader, TermNotFound

from search_indexes.engine import schema
from search_indexes.engine.arrays import Array, Ints
from search_indexes.engine.chains import Chain, Held, held
from search_indexes.engine.documents import tabled
from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey
from search_indexes.engine.memory import Memory
from search_indexes.engine.queries import OWN
from search_indexes.engine.segments import NO_POSTINGS, Postings
from search_indexes.engine.values import Card


class Lines:
    """Texts joined with line ends, to be scanned for characters."""

    def __init__(self, texts: list[str]) -> None:
        self._text = "".join(f"{text}\n" for text in texts)
        sizes = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
        self._ends = np.cumsum(sizes)
        self._lines = np.append(0, self.places("\n") + 1)

    def holding(self, wanted: str) -> Ints:
        """Numbers of the texts that hold *wanted*, ascending."""
        return np.unique(np.searchsorted(self._ends, self.places(wanted), "right"))

    def held(self, wanted: Chain, allowed: int | None = None) -> Held:
        """Numbers of the texts that hold *wanted* in one line (see `chains.held`)."""
        found = held(wanted, self, allowed)
        numbers = np.unique(np.searchsorted(self._ends, self._lines[found.numbers], "right"))
        since = int(np.searchsorted(np.append(0, self._ends), self._lines[found.since]))
        return Held(numbers[numbers >= since], since)

    def count(self, characters: str) -> int:
        """How many places are looked at to find *characters*."""
        return self._text.count(characters)

    def places(self, characters: str) -> Ints:
        """Where *characters* begin, ascending."""
        text = self._text
        found = []
        place = text.find(characters) if characters else -1
        while place >= 0:
            found.append(place)
            place = text.find(characters, place + 1)
        return np.array(found, np.int64)

    def size(self, characters: str) -> int:
        """How many *characters* are."""
        return len(characters)

    def read(self, characters: str, lines: Ints) -> Ints:
        """Where *characters* begin in *lines* alone."""
        places = self.places(characters)
        found: Ints = places[np.isin(self.lines_of(places), lines)]
        return found

    def line_starts(self) -> Ints:
        """Where every line begins, and where the last one ends."""
        return self._lines

    def lines_of(self, places: Ints) -> Ints:
        """The lines in which ascending *places* are."""
        return np.searchsorted(self._lines, places, "right") - 1

    def between(self, ends: Ints, starts: Ints) -> Ints:
        """How many characters are between each end and its start."""
        return starts - ends


class StockSegment:
    """Decodes whole posting lists of Whoosh's codec; keeps all characters in memory.

    Whoosh's readers seek in shared files, so that reading takes a lock.
    """

    def __init__(self, reader: SegmentReader, fields: dict[str, SearchField]) -> None:
        self.name: str = reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        self._reader = reader
        self._lock = threading.Lock()
        self._lengths: dict[str, Array] = {}
        self._texts = [value.decode() for value in self._column(fields, Characters)]
        keys = np.fromiter(map(int, self._column(fields, DocumentKey)), np.int64, self.size)
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        cards = self._column(fields, DocumentCard)
        self._cards = [
            schema.decode_card(cards[start]) if cards[start] else None for start in starts
        ]
        self.documents = tabled(keys, self._cards)
        self._lines: dict[str, Lines] = {}

    def _column(self, fields: dict[str, SearchField], kind: type[SearchField]) -> list[bytes]:
        return self._values(schema.named(fields, kind))

    def _values(self, name: str) -> list[bytes]:
        kind = self._reader.schema[name].column_type
        column = self._reader.column_reader(name, kind, translate=False)
        return [column[number] for number in range(self.size)]

    def postings(self, field: str, word: bytes) -> Postings:
        numbers: list[int] = []
        counts: list[float] = []
        with self._lock:
            try:
                kind = self._reader.schema[field].format
                matcher = self._reader._terms.matcher(field, word, kind)
            except TermNotFound:
                return NO_POSTINGS
            # Block by block: stepping the matcher costs ten times as much.
            while True:
                matcher._read_ids()
                matcher._read_weights()
                numbers.extend(matcher._ids)
                counts.extend(matcher._weights)
                if matcher._lastblock:
                    break
                matcher._next_block()
        return Postings(np.array(numbers, np.int64), np.array(counts, np.float32))

    def frequency(self, field: str, word: bytes) -> int:
        with self._lock:
            return int(self._reader.doc_frequency(field, word))

    def lengths(self, field: str) -> Array:
        if field not in self._lengths:
            length = self._reader.doc_field_length
            with self._lock:
                every = (length(number, field) or 0 for number in range(self.size))
                self._lengths[field] = np.fromiter(every, np.uint32, self.size)
        return self._lengths[field]

    def total_length(self, field: str) -> int:
        with self._lock:
            return int(self._reader.field_length(field))

    def being(self, place: str, characters: str) -> Ints:
        rows = enumerate(self._cards)
        same = (row for row, card in rows if card and characters in card.fields[place].split("\n"))
        return np.fromiter(same, np.int64)

    def holding(self, place: str, characters: str) -> Ints:
        return self._lines_of(place).holding(characters)

    def held(self, place: str, chain: Chain, allowed: int | None) -> Held:
        return self._lines_of(place).held(chain, allowed)

    def _lines_of(self, place: str) -> Lines:
        if place not in self._lines:
            self._lines[place] = Lines(
                self._texts
                if place == OWN
                else [card.fields[place] if card else "" for card in self._cards]
            )
        return self._lines[place]

    def card(self, row: int) -> Card | None:
        return self._cards[row]

    def shown(self, number: int, memory: Memory) -> dict[str, Any]:
        with self._lock:
            values: dict[str, Any] = self._reader.stored_fields(number)
        return values

    def section_keys(self) -> Ints:
        return self._section_keys

    @cached_property
    def _section_keys(self) -> Ints:
        ids = self._values(ID)
        return np.fromiter((int(each.rpartition(b".")[2]) for each in ids), np.int64, self.size)
