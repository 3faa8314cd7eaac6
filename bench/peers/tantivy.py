"""tantivy, asked for sections as it likes to be, and for the same answer as the portal gives."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import tantivy as engine

from bench.peers.common import (
    PAGE,
    Told,
    code,
    coded_pairs,
    coded_words,
    excerpt,
    folder_size,
    pairs,
)
from bench.search_corpus import FACETS, Asked, Entry


class Tantivy:
    """tantivy with words and pairs as two fields, facets as fast fields."""

    name = "tantivy"
    counts_documents = False
    cannot: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tantivy"
        builder = engine.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="position")
        for name in FACETS:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("document", indexed=True, fast=True)
        builder.add_bytes_field("text", stored=True)
        self._schema = builder.build()
        self._counted = {name: {"terms": {"field": name, "size": 5000}} for name in FACETS}

    def size(self) -> int:
        return folder_size(self._path)

    def build(self, known: list[Entry]) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        self._path.mkdir(parents=True)
        self._index = engine.Index(self._schema, path=str(self._path))
        writer = self._index.writer(heap_size=400_000_000, num_threads=1)
        self._add(writer, known)
        writer.commit()
        writer.wait_merging_threads()

    def _add(self, writer: Any, known: list[Entry]) -> None:
        for entry in known:
            document = engine.Document()
            document.add_text("words", coded_words(entry))
            document.add_text("pairs", coded_pairs(entry))
            for name, value in zip(FACETS, entry.values(), strict=True):
                document.add_text(name, value)
            document.add_unsigned("document", entry.document)
            document.add_bytes("text", entry.text.encode())
            writer.add_document(document)

    def open(self) -> None:
        self._index = engine.Index.open(str(self._path))
        self._index.reload()
        self._searcher = self._index.searcher()

    def _tree(self, asked: Asked) -> Any:
        must, should = engine.Occur.Must, engine.Occur.Should
        found = self._term_tree(asked, must if asked.operator == "and" else should)
        for name, value in asked.filters:
            only = engine.Query.term_query(self._schema, name, value)
            only = engine.Query.const_score_query(only, 0.0)
            found = engine.Query.boolean_query([(must, found), (must, only)])
        return found

    def _term_tree(self, asked: Asked, occur: Any) -> Any:
        field = "words"
        names: list[Any] = list(map(code, asked.terms))
        if asked.operator == "exact":
            field = "pairs"
            names = list(map(code, pairs(asked.terms[0])))
            if len(names) > 1:
                return engine.Query.phrase_query(self._schema, field, names)
        terms = [engine.Query.term_query(self._schema, field, name) for name in names]
        if len(terms) == 1:
            return terms[0]
        return engine.Query.boolean_query([(occur, term) for term in terms])

    def ask(self, asked: Asked) -> Told:
        tree = self._tree(asked)
        found: Any = self._searcher.search(tree, PAGE, count=True)
        counted = self._searcher.aggregate(tree, self._counted)
        for _, address in found.hits:
            text = bytes(self._searcher.doc(address)["text"][0]).decode()
            excerpt(text, asked.terms)
        facets = {
            name: {each["key"]: each["doc_count"] for each in counted[name]["buckets"]}
            for name in FACETS
        }
        return Told(found.count, facets)

    def change(self, entries: list[Entry]) -> None:
        writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        writer.delete_documents("document", entries[0].document)
        self._add(writer, entries)
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


class GroupedTantivy(Tantivy):
    """The same index, asked for what the portal answers: documents, ranked and counted.

    It has no grouping: the best sections are asked for until they are of twenty documents, and
    a bucket for every document with hits tells whose facet values to count.
    """

    name = "tantivy, by document"
    counts_documents = True

    def __init__(self, folder: Path, known: list[Entry]) -> None:
        super().__init__(folder)
        self._values = {entry.document: entry.values() for entry in known}
        self._buckets = {"d": {"terms": {"field": "document", "size": len(self._values)}}}

    def ask(self, asked: Asked) -> Told:
        tree = self._tree(asked)
        depth = PAGE * 2
        while True:
            found: Any = self._searcher.search(tree, depth, count=True)
            best = self._best(found.hits)
            if len(best) == PAGE or len(found.hits) < depth:
                break
            depth *= 4
        for address in best.values():
            excerpt(bytes(self._searcher.doc(address)["text"][0]).decode(), asked.terms)
        counts: tuple[Counter[str], ...] = tuple(Counter() for _ in FACETS)
        for bucket in self._searcher.aggregate(tree, self._buckets)["d"]["buckets"]:
            for counter, value in zip(counts, self._values[int(bucket["key"])], strict=True):
                counter[value] += 1
        facets = {name: dict(counter) for name, counter in zip(FACETS, counts, strict=True)}
        return Told(found.count, facets)

    def _best(self, hits: list[tuple[float, Any]]) -> dict[int, Any]:
        """The best section of each of the first twenty documents."""
        addresses = [address for _, address in hits]
        best: dict[int, Any] = {}
        for document, address in zip(
            self._searcher.fast_field_values("document", addresses), addresses, strict=True
        ):
            best.setdefault(document, address)
            if len(best) == PAGE:
                break
        return best
