"""The engines that are measured, each with the same four verbs: build, open, ask, change."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tantivy
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh import query, scoring, sorting
from whoosh.searching import Searcher

from bench.search_corpus import FACETS, Asked, Entry
from search_indexes.engine import arraywriter, executor, generations, schema, snapshot
from search_indexes.engine.arraywriter import Join
from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey, Shown, Words
from search_indexes.engine.queries import FIELDS, OWN, Standing
from search_indexes.engine.values import Card, Selection

PAGE = 20
BATCH = 20_000
EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Told:
    """What an engine answered: sections found, and counts by facet (of sections or documents)."""

    hits: int
    facets: dict[str, dict[str, int]]


class Measured(Protocol):
    """An engine under measurement."""

    name: str
    counts_documents: bool
    cannot: frozenset[str]
    """Kinds of query it has no answer to."""

    def build(self, known: list[Entry]) -> None:
        """Writes the index anew."""

    def open(self) -> None:
        """Opens it for searching."""

    def size(self) -> int:
        """Bytes on disk."""

    def ask(self, asked: Asked) -> Told:
        """Hits, three facets over all of them, and excerpts of the best twenty."""

    def change(self, entries: list[Entry]) -> None:
        """Replaces the document of *entries* and opens what that left."""


def excerpt(text: str, terms: Iterable[str]) -> str:
    """The same plain excerpt for every engine."""
    found = [place for place in (text.find(term) for term in terms) if place >= 0]
    start = max(0, min(found, default=0) - 40)
    return text[start : start + EXCERPT]


def folder_size(path: Path) -> int:
    """Bytes of the files below *path*."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


_named: dict[str, str] = {}


def code(word: str) -> str:
    """A name of letters and digits for *word*: every tokenizer leaves it whole."""
    return _named.setdefault(word, f"w{len(_named):x}")


def coded_words(entry: Entry) -> str:
    """The section's words for a tokenizer that splits at blanks."""
    return " ".join(map(code, entry.words))


def coded_pairs(entry: Entry) -> str:
    """The section's pairs of characters, which a phrase query can look for."""
    return " ".join(map(code, pairs(entry.bare)))


def pairs(bare: str) -> list[str]:
    """Every two neighbouring characters, marked apart from words."""
    return [f"\0{bare[at : at + 2]}" for at in range(len(bare) - 1)]


def _document_end(known: list[Entry], end: int) -> int:
    """Where the document that *end* falls into ends: none may lie in two commits."""
    while end < len(known) and known[end].document == known[end - 1].document:
        end += 1
    return end


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

    def __init__(self, folder: Path, codec: str = generations.ARRAY, *, warm: bool = True) -> None:
        self.name = "portal" if warm else "portal, first use"
        self._warm = warm
        self._codec = codec
        self._root = folder / f"portal-{codec}"
        for name, field in self.fields.items():
            field.set_instance_name(name)

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
        manifest = generations.read_manifest(folder)
        with self._writer(folder, manifest, join) as writer:
            writer.delete_documents({entry.document for entry in entries[:1] if self._changing})
            before = None
            for entry in entries:
                writer.add_document(**self._row(entry, entry.document != before))
                before = entry.document

    _changing = False

    def _writer(self, folder: Path, manifest: generations.Manifest, join: Join) -> Any:
        if self._codec == generations.STOCK:
            return generations.writer(folder, manifest, "document", 512)
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
        return schema.as_row(prepared, self.fields)

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

    def change(self, entries: list[Entry]) -> None:
        self._changing = True
        self._write(generations.current(self._root), entries)
        self._changing = False
        self._live = snapshot.latest(self._root, self.fields)


class StockWhoosh(Portal):
    """Whoosh as haystack's own backend uses it: its files, its searcher, its facets."""

    counts_documents = False
    cannot = frozenset({"exact", "filter"})

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, generations.STOCK)
        self.name = "whoosh"

    def open(self) -> None:
        super().open()
        self._searcher = Searcher(self._live.searcher.reader(), weighting=scoring.BM25F())
        cards = {
            key: leaf.segment.card(row)
            for leaf in self._live.leaves
            for key, row in leaf.segment.documents.row_of.items()
        }
        self._values = {key: card.facets for key, card in cards.items() if card}

    def ask(self, asked: Asked) -> Told:
        facets = sorting.Facets()
        facets.add_facet("document", sorting.FieldFacet("document", maptype=sorting.Count))
        found = self._searcher.search(self.tree(asked), limit=PAGE, groupedby=facets)
        for hit in found:
            excerpt(hit["shown"]["text"], asked.terms)
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        for document, count in found.groups("document").items():
            for name in FACETS:
                counts[name][self._values[int(document)][name][0]] += count
        return Told(len(found), {name: dict(counter) for name, counter in counts.items()})


class Tantivy:
    """tantivy with words and pairs as two fields, facets as fast fields."""

    name = "tantivy"
    counts_documents = False
    cannot: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tantivy"
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="position")
        for name in FACETS:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("document", indexed=True)
        builder.add_bytes_field("text", stored=True)
        self._schema = builder.build()
        self._counted = {name: {"terms": {"field": name, "size": 5000}} for name in FACETS}

    def size(self) -> int:
        return folder_size(self._path)

    def build(self, known: list[Entry]) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        self._path.mkdir(parents=True)
        self._index = tantivy.Index(self._schema, path=str(self._path))
        writer = self._index.writer(heap_size=400_000_000, num_threads=1)
        self._add(writer, known)
        writer.commit()
        writer.wait_merging_threads()

    def _add(self, writer: Any, known: list[Entry]) -> None:
        for entry in known:
            document = tantivy.Document()
            document.add_text("words", coded_words(entry))
            document.add_text("pairs", coded_pairs(entry))
            for name, value in zip(FACETS, entry.values(), strict=True):
                document.add_text(name, value)
            document.add_unsigned("document", entry.document)
            document.add_bytes("text", entry.text.encode())
            writer.add_document(document)

    def open(self) -> None:
        self._index = tantivy.Index.open(str(self._path))
        self._index.reload()
        self._searcher = self._index.searcher()

    def _tree(self, asked: Asked) -> Any:
        must, should = tantivy.Occur.Must, tantivy.Occur.Should
        found = self._term_tree(asked, must if asked.operator == "and" else should)
        for name, value in asked.filters:
            only = tantivy.Query.term_query(self._schema, name, value)
            only = tantivy.Query.const_score_query(only, 0.0)
            found = tantivy.Query.boolean_query([(must, found), (must, only)])
        return found

    def _term_tree(self, asked: Asked, occur: Any) -> Any:
        field = "words"
        names: list[Any] = list(map(code, asked.terms))
        if asked.operator == "exact":
            field = "pairs"
            names = list(map(code, pairs(asked.terms[0])))
            if len(names) > 1:
                return tantivy.Query.phrase_query(self._schema, field, names)
        terms = [tantivy.Query.term_query(self._schema, field, name) for name in names]
        if len(terms) == 1:
            return terms[0]
        return tantivy.Query.boolean_query([(occur, term) for term in terms])

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


class Sqlite:
    """SQLite's FTS5 without a copy of the words, beside a table of facets."""

    name = "fts5"
    counts_documents = True
    cannot: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self._file = folder / "fts5.sqlite3"

    def size(self) -> int:
        return self._file.stat().st_size

    def build(self, known: list[Entry]) -> None:
        self._file.unlink(missing_ok=True)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file)
        database.executescript(
            """pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-400000;
            create virtual table sections using fts5(words, pairs, content='');
            create table entry(key integer primary key, document int, text text,
                               district text, year text, theme text);
            create index of_document on entry(document);"""
        )
        self._add(database, known)
        database.execute("insert into sections(sections) values('optimize')")
        database.commit()
        database.close()

    def _add(self, database: sqlite3.Connection, known: list[Entry]) -> None:
        database.executemany(
            "insert into sections(rowid, words, pairs) values(?,?,?)",
            ((entry.key, coded_words(entry), coded_pairs(entry)) for entry in known),
        )
        database.executemany(
            "insert into entry values(?,?,?,?,?,?)",
            ((e.key, e.document, e.text, *e.values()) for e in known),
        )

    def open(self) -> None:
        self._database = sqlite3.connect(self._file)
        self._database.execute("pragma mmap_size=4000000000")
        self._database.execute("pragma cache_size=-200000")

    def ask(self, asked: Asked) -> Told:
        wanted, values = self._match(asked)
        hits = 0
        seen: dict[str, dict[str, set[int]]] = {name: {} for name in FACETS}
        rows = self._database.execute(
            f"select document, {', '.join(FACETS)}, count(*) from sections join entry"  # noqa: S608
            f" on key = sections.rowid where sections match ?{wanted} group by document",
            values,
        )
        for document, *facets, count in rows:
            hits += count
            for name, value in zip(FACETS, facets, strict=True):
                seen[name].setdefault(value, set()).add(document)
        best = self._database.execute(
            "select text, bm25(sections) as score from sections"  # noqa: S608
            " join entry on key = sections.rowid"
            f" where sections match ?{wanted} order by score limit {PAGE}",
            values,
        )
        for text, _ in best:
            excerpt(text, asked.terms)
        counted = {
            name: {value: len(documents) for value, documents in each.items()}
            for name, each in seen.items()
        }
        return Told(hits, counted)

    def _match(self, asked: Asked) -> tuple[str, list[str]]:
        column = "words"
        text = f" {asked.operator.upper()} ".join(map(code, asked.terms))
        if asked.operator == "exact":
            column = "pairs"
            text = '"' + " ".join(map(code, pairs(asked.terms[0]))) + '"'
        wanted = "".join(f" and {name} = ?" for name, _ in asked.filters)
        return wanted, [f"{column} : ({text})", *(value for _, value in asked.filters)]

    def change(self, entries: list[Entry]) -> None:
        database = self._database
        database.executemany(
            "insert into sections(sections, rowid, words, pairs) values('delete', ?, ?, ?)",
            ((entry.key, coded_words(entry), coded_pairs(entry)) for entry in entries),
        )
        database.execute("delete from entry where document = ?", (entries[0].document,))
        self._add(database, entries)
        database.commit()
