"""What every engine under measurement shares: its verbs, its answer, the same plain excerpt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.search_corpus import Asked, Entry

PAGE = 20
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
