"""A segment of arrays (CODEC "array"): what it holds, how it is read, built and joined."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.fields import SearchField

from search_indexes.engine import arrayfile, blocks, fields, ragged, schema, texts, words
from search_indexes.engine.arrays import Array, Ints, Mask
from search_indexes.engine.blocks import Pieces
from search_indexes.engine.chains import Chain, Held
from search_indexes.engine.documents import Documents, FacetColumn, tabled
from search_indexes.engine.errors import IndexDamaged
from search_indexes.engine.memory import Memory
from search_indexes.engine.queries import FIELDS, OWN
from search_indexes.engine.ragged import Ragged
from search_indexes.engine.segments import NO_POSTINGS, Postings
from search_indexes.engine.texts import Texts
from search_indexes.engine.values import Card
from search_indexes.engine.words import Inverter, Words

JSON = json.JSONDecoder()
"""Without the checks of json.loads, which cost as much as a short text does."""

TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: json.dumps makes one for every text."""


@dataclass(frozen=True)
class Contents:
    """Everything a segment holds, in memory or mapped."""

    words: dict[str, Words]
    texts: dict[str, Texts]
    documents: Documents
    cards: Ragged
    shown: Pieces
    keys: Ints

    def stored(self, *, compressed: bool = True) -> Iterator[tuple[str, Array]]:
        """The arrays to keep it as; *compressed* for what is not soon joined with others."""
        shown = blocks.compressed(self.shown) if compressed else self.shown
        yield "keys", ragged.narrow(self.keys)
        yield from _documents_stored(self.documents)
        yield from self.cards.stored("cards").items()
        yield from shown.stored("shown").items()
        for name, field in self.words.items():
            yield from field.stored(f"words/{name}").items()
        for name, text in self.texts.items():
            yield from text.stored(f"texts/{name}").items()


def _documents_stored(documents: Documents) -> Iterator[tuple[str, Array]]:
    yield "documents/keys", documents.keys
    yield "documents/days", documents.days
    yield "documents/sizes", ragged.narrow(np.diff(documents.starts))
    for name, facet in documents.facets.items():
        yield f"facets/{name}/values", _json(facet.values)
        yield f"facets/{name}/codes", facet.codes
        yield f"facets/{name}/rows", facet.rows


def _json(value: object) -> Array:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), np.uint8)


def _names(arrays: Mapping[str, Array], room: str) -> list[str]:
    found = (name.split("/") for name in arrays)
    return list(dict.fromkeys(parts[1] for parts in found if parts[0] == room))


def _documents(arrays: Mapping[str, Array]) -> Documents:
    facets = {}
    for name in _names(arrays, "facets"):
        values = tuple(json.loads(arrays[f"facets/{name}/values"].tobytes()))
        codes, rows = arrays[f"facets/{name}/codes"], arrays[f"facets/{name}/rows"]
        facets[name] = FacetColumn(values, codes, rows)
    starts = ragged.bounds(arrays["documents/sizes"])
    return Documents(arrays["documents/keys"], arrays["documents/days"], starts, facets)


class ArraySegment:
    """A segment mapped from its file; raises IndexDamaged when that is not one."""

    def __init__(self, name: str, file: Path) -> None:
        arrays = arrayfile.read(file)
        self.name = name
        self.contents = Contents(
            {field: words.loaded(arrays, f"words/{field}") for field in _names(arrays, "words")},
            {place: texts.loaded(arrays, f"texts/{place}") for place in _names(arrays, "texts")},
            _documents(arrays),
            ragged.load(arrays, "cards"),
            blocks.loaded(arrays, "shown"),
            arrays["keys"],
        )
        self.documents = self.contents.documents
        self.size = self.contents.keys.size

    def postings(self, field: str, word: bytes) -> Postings:
        known = self.contents.words.get(field)
        found = known.entries(word) if known else None
        if found is None:
            return NO_POSTINGS
        return Postings(found[0].astype(np.int64), found[1].astype(np.float32))

    def frequency(self, field: str, word: bytes) -> int:
        known = self.contents.words.get(field)
        return known.frequency(word) if known else 0

    def lengths(self, field: str) -> Array:
        return self.contents.words[field].lengths

    def total_length(self, field: str) -> int:
        known = self.contents.words.get(field)
        return known.total if known else 0

    def holding(self, place: str, characters: str) -> Ints:
        return self.contents.texts[place].holding(characters)

    def held(self, place: str, chain: Chain, allowed: int | None) -> Held:
        return self.contents.texts[place].held(chain, allowed)

    def being(self, place: str, characters: str) -> Ints:
        return self.contents.texts[place].being(characters)

    def card(self, row: int) -> Card | None:
        data = self.contents.cards[row].tobytes()
        return schema.decode_card(data) if data else None

    def shown(self, number: int, memory: Memory) -> dict[str, Any]:
        try:
            data = self.contents.shown.piece(number, memory, self.name)
            (kind, values), _ = JSON.raw_decode(str(data, "utf-8", "surrogatepass"))
        except (ValueError, zlib.error) as error:
            raise IndexDamaged(f"索引读取失败（{error}）；请运行 manage.py reindex。") from error
        key = str(self.contents.keys.item(number))
        return {ID: f"{kind}.{key}", DJANGO_CT: kind, DJANGO_ID: key, **values}

    def section_keys(self) -> Ints:
        return self.contents.keys


class Builder:
    """Takes rows (see schema.rows), a document's all in a row, and makes a segment of them."""

    def __init__(self, declared: Mapping[str, SearchField]) -> None:
        self._inverters: dict[str, Inverter] = {}
        self._shown_fields: list[str] = []
        for field in declared.values():
            if isinstance(field, fields.Words):
                self._inverters[field.index_fieldname] = Inverter()
            elif isinstance(field, fields.Shown):
                self._shown_fields.append(field.index_fieldname)
        self._characters = schema.named(dict(declared), fields.Characters)
        self._document = schema.named(dict(declared), fields.DocumentKey)
        self._card = schema.named(dict(declared), fields.DocumentCard)
        self._texts: list[str] = []
        self._documents: list[int] = []
        self._cards: list[bytes] = []
        self._shown: list[bytes] = []
        self._keys: list[int] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, row: Mapping[str, Any]) -> None:
        """The next section."""
        for name, inverter in self._inverters.items():
            inverter.add(row[name])
        document = int(row[self._document])
        if not self._documents or self._documents[-1] != document:
            self._cards.append(row[self._card])
        self._documents.append(document)
        self._texts.append(row[self._characters].decode())
        shown = [row[DJANGO_CT], {name: row[name] for name in self._shown_fields}]
        self._shown.append(TO_JSON(shown).encode("utf-8", "surrogatepass"))
        self._keys.append(int(row[DJANGO_ID]))

    def contents(self) -> Contents:
        """The segment of all that was added (one section at least)."""
        cards = [schema.decode_card(card) if card else None for card in self._cards]
        known = {OWN: texts.indexed(self._texts)}
        for field in FIELDS:
            known[field] = texts.indexed([card.fields[field] if card else "" for card in cards])
        return Contents(
            {name: inverter.finished() for name, inverter in self._inverters.items()},
            known,
            tabled(np.array(self._documents, np.int64), cards),
            ragged.packed(self._cards),
            blocks.Unpacked(ragged.packed(self._shown)),
            np.array(self._keys, np.int64),
        )


Part = tuple[Contents, Mask | None, Mask | None]
"""A segment, and which of its sections and of its documents to keep (``None``: all)."""


def together(parts: Sequence[Part], *, compressed: bool) -> Iterator[tuple[str, Array]]:
    """The arrays to keep one segment of what is kept of *parts* as (see `Contents.stored`).

    Each is made when it is asked for, so that a segment is never in memory as a whole.
    """
    for piece in _pieces(parts, compressed=compressed):
        yield from piece.items()
        del piece
        for contents, _, _ in parts:
            arrayfile.release(contents.keys)


def _pieces(parts: Sequence[Part], *, compressed: bool) -> Iterator[dict[str, Array]]:
    sections = [(each, kept) for each, kept, _ in parts]
    rows = [(each, kept) for each, _, kept in parts]
    keys = np.concatenate([_kept(each.keys, kept) for each, kept in sections])
    yield {"keys": ragged.narrow(keys.astype(np.int64))}
    yield dict(_documents_stored(_documents_together(rows)))
    yield ragged.joined([(each.cards, kept) for each, kept in rows]).stored("cards")
    shown = [(each.shown, kept) for each, kept in sections]
    yield blocks.together(shown, compressed=compressed).stored("shown")
    for name in parts[0][0].words:
        held = [(each.words[name], kept) for each, kept in sections]
        yield words.together(held).stored(f"words/{name}")
    for name in parts[0][0].texts:
        known = [
            (each.texts[name], kept if name == OWN else kept_rows)
            for each, kept, kept_rows in parts
        ]
        yield ragged.joined([(each.ragged, kept) for each, kept in known]).stored(f"texts/{name}")
        yield texts.pairs_stored(texts.pairs_together(known), f"texts/{name}")


def _kept(array: Array, kept: Mask | None) -> Array:
    return array if kept is None else array[kept]


def _documents_together(parts: Sequence[tuple[Contents, Mask | None]]) -> Documents:
    tables = [(each.documents, kept) for each, kept in parts]
    names = dict.fromkeys(name for table, _ in tables for name in table.facets)
    sizes = [_kept(np.diff(table.starts), kept) for table, kept in tables]
    return Documents(
        np.concatenate([_kept(table.keys, kept) for table, kept in tables]),
        np.concatenate([_kept(table.days, kept) for table, kept in tables]),
        ragged.bounds(np.concatenate(sizes)),
        {name: _facet_together(name, tables) for name in names},
    )


def _facet_together(name: str, tables: Sequence[tuple[Documents, Mask | None]]) -> FacetColumn:
    known: dict[str, int] = {}
    codes, rows = [], []
    base = 0
    for table, kept in tables:
        column = table.facets.get(name)
        if column is not None:
            new = np.array([known.setdefault(v, len(known)) for v in column.values], np.int32)
            moved = words.renumber(kept, base)(column.rows)
            codes.append(new[column.codes][moved >= 0])
            rows.append(moved[moved >= 0])
        base += table.keys.size if kept is None else int(np.count_nonzero(kept))
    return FacetColumn(tuple(known), np.concatenate(codes), np.concatenate(rows).astype(np.int32))
