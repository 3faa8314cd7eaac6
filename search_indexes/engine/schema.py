"""The Whoosh schema of the declared fields, and an index document's values in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
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


def as_row(prepared: dict[str, Any], fields: dict[str, SearchField]) -> dict[str, Any]:
    """What haystack prepared for one object, as Whoosh's ``add_document`` takes it."""
    row = {name: prepared[name] for name in (ID, DJANGO_CT, DJANGO_ID)}
    for declared in fields.values():
        value = prepared[declared.index_fieldname]
        if isinstance(declared, DocumentKey):
            value = str(value)
        elif isinstance(declared, Characters):
            value = value.encode()
        elif isinstance(declared, DocumentCard):
            value = encode_card(value)
        row[declared.index_fieldname] = value
    return row


def encode_card(card: Card | None) -> bytes:
    """A card as the bytes of its column."""
    return json.dumps(asdict(card), ensure_ascii=False).encode() if card else b""


def decode_card(data: bytes) -> Card:
    """The card in *data*; raises ValueError or KeyError when it is none."""
    raw = json.loads(data)
    facets = {name: tuple(values) for name, values in raw["facets"].items()}
    return Card(raw["key"], raw["day"], raw["version"], facets, raw["fields"], raw["shown"])
