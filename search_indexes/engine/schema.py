"""The Whoosh schema of the declared fields, and an index document's values in it."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.fields import SearchField
from whoosh import columns, formats
from whoosh import fields as whoosh_fields

from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey, Shown, Words
from search_indexes.engine.values import Card


class CutWords(whoosh_fields.FieldType):  # type: ignore[misc]  # Whoosh is untyped
    """A scored field that takes words already cut, as many times as they occur.

    No positions: phrases are compared on characters, where cutting cannot hide one.
    """

    indexed = True
    stored = False
    scorable = True

    def __init__(self) -> None:
        # Weights carry the frequencies; a posting needs no value beside its weight.
        self.format = formats.Existence()

    def index(
        self, value: Iterable[str], **kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for word, count in Counter(value).items():
            yield word.encode(), count, float(count), b""


class UnknownField(TypeError):
    """A haystack field of a kind the engine has no place for."""


def build(fields: dict[str, SearchField]) -> whoosh_fields.Schema:
    """The Whoosh schema for haystack's declared fields; raises UnknownField."""
    kinds: dict[str, whoosh_fields.FieldType] = {
        ID: whoosh_fields.ID(stored=True, unique=True, sortable=columns.VarBytesColumn()),
        DJANGO_CT: whoosh_fields.STORED(),
        DJANGO_ID: whoosh_fields.STORED(),
    }
    for declared in fields.values():
        kinds[declared.index_fieldname] = _kind(declared)
    return whoosh_fields.Schema(**kinds)


def _kind(declared: SearchField) -> whoosh_fields.FieldType:
    if isinstance(declared, Words):
        return CutWords()
    if isinstance(declared, DocumentKey):
        # The term serves deletion; the column serves grouping.
        return whoosh_fields.ID(sortable=columns.VarBytesColumn())
    if isinstance(declared, Characters | DocumentCard):
        return whoosh_fields.COLUMN(columns.VarBytesColumn())
    if isinstance(declared, Shown):
        return whoosh_fields.STORED()
    raise UnknownField(
        f"The engine has no place for a {type(declared).__name__}. "
        "Use a kind of search_indexes/engine/fields.py."
    )


def named(fields: dict[str, SearchField], kind: type[SearchField]) -> str:
    """The name of the one declared field of *kind*; raises UnknownField unless there is one."""
    names: list[str] = [each.index_fieldname for each in fields.values() if isinstance(each, kind)]
    if len(names) != 1:
        raise UnknownField(f"Declare exactly one {kind.__name__}; there are {len(names)}.")
    return names[0]


Row = dict[str, Any]


def rows(fields: dict[str, SearchField]) -> Callable[[Row], Row]:
    """Makes what haystack prepared for an object what Whoosh's ``add_document`` takes."""
    changed: list[tuple[str, Callable[[Any], Any]]] = []
    for kind, change in ((DocumentKey, str), (Characters, str.encode), (DocumentCard, encode_card)):
        changed += [(f.index_fieldname, change) for f in fields.values() if isinstance(f, kind)]
    names = [ID, DJANGO_CT, DJANGO_ID, *(declared.index_fieldname for declared in fields.values())]

    def as_row(prepared: Row) -> Row:
        row = {name: prepared[name] for name in names}
        for name, change in changed:
            row[name] = change(row[name])
        return row

    return as_row


_CARD = tuple(each.name for each in dataclasses.fields(Card))
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode_card(card: Card | None) -> bytes:
    """A card as the bytes of its column."""
    if card is None:
        return b""
    # Not dataclasses.asdict: it copies what is inside, ten times as slowly as it is written.
    return _json({name: getattr(card, name) for name in _CARD}).encode()


def decode_card(data: bytes) -> Card:
    """The card in *data*; raises ValueError or KeyError when it is none."""
    raw = json.loads(data)
    facets = {name: tuple(values) for name, values in raw["facets"].items()}
    return Card(raw["key"], raw["day"], raw["version"], facets, raw["fields"], raw["shown"])
