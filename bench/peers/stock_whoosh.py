"""Stock Whoosh."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from whoosh import scoring, sorting
from whoosh.searching import Searcher

from bench.peers.common import PAGE, Told, excerpt
from bench.peers.portal import Portal
from bench.search_corpus import FACETS, Asked
from search_indexes.engine import commits


class StockWhoosh(Portal):
    """Whoosh as haystack's own backend uses it: its files, its searcher, its facets."""

    counts_documents = False
    cannot = frozenset({"exact", "filter"})

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, commits.STOCK)
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
