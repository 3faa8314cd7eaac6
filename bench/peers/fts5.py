"""SQLite's FTS5."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bench.peers.common import PAGE, Told, code, coded_pairs, coded_words, excerpt, pairs
from bench.search_corpus import FACETS, Asked, Entry


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
