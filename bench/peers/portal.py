"""This engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh import query

from bench.peers.common import PAGE, Told, excerpt, folder_size
from bench.search_corpus import FACETS, Asked, Entry
from search_indexes.engine import (
    arraywriter,
    commits,
    executor,
    generations,
    schema,
    snapshot,
    texts,
)
from search_indexes.engine.arraywriter import Join
from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey, Shown, Words
from search_indexes.engine.queries import FIELDS, OWN, Standing
from search_indexes.engine.values import Card, Selection

BATCH = 20_000


def _document_end(known: list[Entry], end: int) -> int:
    """Where the document that *end* falls into ends: none may lie in two commits."""
    while end < len(known) and known[end].document == known[end - 1].document:
        end += 1
    return end


def _postings(segment: Any, asked: Asked) -> int:
    if asked.operator == "exact":
        pairs = segment.contents.texts[OWN].pairs
        units = texts.units(asked.terms[0])
        places = np.searchsorted(pairs.keys, texts.pairs_of(units))
        return int(np.diff(pairs.starts)[places].min())
    return sum(segment.frequency("text", term.encode()) for term in asked.terms)


class Portal:
    """This engine."""

    counts_documents = True
    cannot: frozenset[str] = frozenset()
    fields = {
        "text": Words(document=True),
        "characters": Characters(),
        "document": DocumentKey(),
        "card": DocumentCard(),
        "shown": Shown(),
    }

    def __init__(self, folder: Path, codec: str = commits.ARRAY, *, warm: bool = True) -> None:
        self.name = "portal" if warm else "portal, first use"
        self._warm = warm
        self._codec = codec
        self._root = folder / f"portal-{codec}"
        for name, field in self.fields.items():
            field.set_instance_name(name)
        self._as_row = schema.rows(dict(self.fields))

    def size(self) -> int:
        return folder_size(self._root)

    def build(self, known: list[Entry]) -> None:
        shutil.rmtree(self._root, ignore_errors=True)
        self._root.mkdir(parents=True)
        folder = generations.begin(self._root, schema.build(self.fields), "bench", self._codec)
        start = 0
        while start < len(known):
            end = _document_end(known, min(start + BATCH, len(known)))
            self._write(folder, known[start:end], Join.NONE)
            start = end
        self._write(folder, [], Join.ALL)
        generations.switch(self._root, folder)

    def _write(self, folder: Path, entries: list[Entry], join: Join = Join.TIERED) -> None:
        manifest = commits.read_manifest(folder)
        with self._writer(folder, manifest, join) as writer:
            writer.delete_documents({entry.document for entry in entries[:1] if self._changing})
            before = None
            for entry in entries:
                writer.add_document(**self._row(entry, entry.document != before))
                before = entry.document

    _changing = False

    def _writer(self, folder: Path, manifest: commits.Manifest, join: Join) -> Any:
        if self._codec == commits.STOCK:
            return commits.writer(folder, manifest, "document", 512)
        return arraywriter.writer(folder, manifest, self.fields, join)

    def _row(self, entry: Entry, first: bool) -> dict[str, Any]:
        facets: dict[str, tuple[str, ...]] = {
            name: (value,) for name, value in zip(FACETS, entry.values(), strict=True)
        }
        card = Card(entry.document, 0, "", facets, dict.fromkeys(FIELDS, ""))
        prepared = {
            ID: f"bench.entry.{entry.key}",
            DJANGO_CT: "bench.entry",
            DJANGO_ID: str(entry.key),
            "text": entry.words,
            "characters": entry.bare,
            "document": entry.document,
            "card": card if first else None,
            "shown": {"text": entry.text},
        }
        return self._as_row(prepared)

    def open(self) -> None:
        snapshot.forget(self._root)
        self._live = snapshot.latest(self._root, self.fields)

    def tree(self, asked: Asked) -> query.Query:
        """The query tree of *asked*."""
        if asked.operator == "exact":
            return Standing(OWN, asked.terms[0])
        terms = [query.Term("text", term) for term in asked.terms]
        if len(terms) == 1:
            return terms[0]
        return query.And(terms) if asked.operator == "and" else query.Or(terms)

    def ask(self, asked: Asked) -> Told:
        if not self._warm:
            self._live.memory.clear()
        ticked = {name: frozenset([value]) for name, value in asked.filters}
        selection = Selection(FACETS, ticked, "", 0, PAGE)
        answer = executor.execute(self._live, self.tree(asked), selection)
        for document in answer.documents:
            excerpt(document.sections[0].shown["shown"]["text"], asked.terms)
        return Told(answer.section_count, answer.facets)

    def postings(self, asked: Asked) -> int:
        """How many postings say where the words of *asked* are, or the rarest pair of a string."""
        return sum(_postings(leaf.segment, asked) for leaf in self._live.leaves)

    def change(self, entries: list[Entry]) -> None:
        self._changing = True
        self._write(generations.current(self._root), entries)
        self._changing = False
        self._live = snapshot.latest(self._root, self.fields)
