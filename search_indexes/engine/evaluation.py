"""Runs a query tree on one segment at a time, on whole posting lists.

Scores are Whoosh's BM25F (whoosh.scoring.bm25; Robertson and Zaragoza, 2009), worked out for a
list at once. A node not known here is given to Whoosh's own matcher.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Protocol

import numpy as np
from whoosh import query
from whoosh.searching import SearchContext, Searcher

from search_indexes.engine import hits
from search_indexes.engine.arrays import NONE, Floats, Ints, Mask
from search_indexes.engine.chains import Chain
from search_indexes.engine.hits import Hits
from search_indexes.engine.memory import Memory
from search_indexes.engine.queries import FIELDS, OWN, RECORD, OfDocuments, Standing
from search_indexes.engine.segments import Segment

K1 = 1.2
B = 0.75


class Statistics(Protocol):
    """What scoring knows of the index as a whole."""

    total: int

    def idf(self, field: str, word: bytes) -> float:
        """The weight of a word."""

    def average_length(self, field: str) -> float:
        """Words a section has in *field* on average."""


@dataclass(frozen=True)
class Leaf:
    """A segment within a commit: what of it is alive, and Whoosh's own view of it."""

    segment: Segment
    alive: Mask | None
    """Which sections were not deleted since; ``None`` for all."""
    alive_rows: Mask | None
    searcher: Searcher
    memory: Memory

    def living(self, found: Hits) -> Hits:
        """Those of *found* that are alive."""
        return found if self.alive is None else hits.living(found, self.alive, self._dead)

    @cached_property
    def _dead(self) -> Ints:
        return NONE if self.alive is None else (~self.alive).nonzero()[0]


StandingKey = tuple[str, str | Chain, bool]
Found = dict[StandingKey, tuple[float, list[Ints]]]


def rarity(count: int, total: int) -> float:
    """The weight of what *count* of *total* sections have (Whoosh's idf)."""
    return log(total / (count + 1)) + 1 if total else 1.0


def evaluated(tree: query.Query, leaves: list[Leaf], statistics: Statistics) -> list[Hits]:
    """The living hits of *tree* in each leaf."""
    standing = _standing(tree, leaves, statistics.total)
    return [
        leaf.living(_Evaluation(leaf, index, statistics, standing).of(tree))
        for index, leaf in enumerate(leaves)
    ]


def _standing(tree: query.Query, leaves: list[Leaf], total: int) -> Found:
    """For each run of characters asked for: its weight, and the sections it stands in by leaf.

    The weight is BM25's idf, as for a word, so that rare characters found as typed count more.
    """
    found: Found = {}
    for node in _standing_nodes(tree):
        key = node.place, node.characters, node.whole
        if key not in found:
            places = [_sections_holding(leaf, *key) for leaf in leaves]
            found[key] = rarity(sum(each.size for each in places), total), places
    return found


def _standing_nodes(tree: query.Query) -> list[Standing]:
    if isinstance(tree, Standing):
        return [tree]
    if isinstance(tree, query.Not):
        return _standing_nodes(tree.query)
    return [node for child in getattr(tree, "subqueries", ()) for node in _standing_nodes(child)]


def _sections_holding(leaf: Leaf, place: str, wanted: str | Chain, whole: bool) -> Ints:
    """Living sections that hold *wanted* themselves or whose document's field does."""
    if whole and isinstance(wanted, str):
        numbers = _sections_of(leaf.segment, leaf.segment.being(place, wanted))
    elif place == OWN:
        numbers = _holding(leaf, OWN, wanted)
    elif place == RECORD:
        numbers = _holding_record(leaf, wanted)
    else:
        numbers = _sections_of(leaf.segment, _holding(leaf, place, wanted))
    return numbers if leaf.alive is None else numbers[leaf.alive[numbers]]


def _holding(leaf: Leaf, place: str, wanted: str | Chain) -> Ints:
    segment = leaf.segment
    return leaf.memory.get(
        (segment.name, "holding", place, wanted),
        lambda: segment.holding(place, wanted),
        lambda numbers: numbers.nbytes,
    )


def _holding_record(leaf: Leaf, wanted: str | Chain) -> Ints:
    """Sections that hold *wanted*; else the first of a document whose record does."""
    own = _holding(leaf, OWN, wanted)
    rows = [_holding(leaf, field, wanted) for field in FIELDS]
    stated = np.unique(np.concatenate(rows))
    if not stated.size:
        return own
    documents = leaf.segment.documents
    known = np.zeros(documents.keys.size, np.bool_)
    known[documents.rows[own]] = True
    firsts = documents.starts[stated[~known[stated]]]
    return np.union1d(own, firsts)


def _sections_of(segment: Segment, rows: Ints) -> Ints:
    """The sections of the documents at *rows*, ascending."""
    if not rows.size:
        return hits.NOTHING.numbers
    documents = segment.documents
    wanted = np.zeros(documents.keys.size, np.bool_)
    wanted[rows] = True
    there = wanted.nonzero()[0]
    starts = documents.starts[there]
    sizes = documents.starts[there + 1] - starts
    ends = np.cumsum(sizes)
    if ends[-1] * hits.DENSE > segment.size:
        return np.flatnonzero(wanted[documents.rows])
    # A document's sections lie side by side: to count them up is sooner done than to ask all.
    return np.arange(ends[-1]) + (starts - ends + sizes).repeat(sizes)


class _Evaluation:
    """Hits of one leaf by query node."""

    def __init__(self, leaf: Leaf, index: int, statistics: Statistics, standing: Found) -> None:
        self._leaf = leaf
        self._index = index
        self._statistics = statistics
        self._standing = standing
        self._size = leaf.segment.size

    def of(self, node: query.Query) -> Hits:
        """The hits of *node*, deleted sections perhaps among them."""
        match node:
            case query.Term():
                found = self._word(node)
            case Standing():
                weight, places = self._standing[node.place, node.characters, node.whole]
                found = hits.alike(places[self._index], weight * node.boost, self._size)
            case OfDocuments():
                found = self._of_documents(node)
            case query.Not():
                found = hits.without(self._everything(), self.of(node.query), self._size)
            case query.Or():
                found = hits.either([self.of(each) for each in node.subqueries], self._size)
            case query.And():
                found = self._all(node.subqueries)
            case query.AndMaybe():
                found = hits.preferring(self.of(node.a), self.of(node.b), self._size)
            case _:
                found = self._by_whoosh(node)
        return found

    def _all(self, nodes: list[query.Query]) -> Hits:
        wanted = [self.of(node) for node in nodes if not isinstance(node, query.Not)]
        found = hits.every(wanted, self._size) if wanted else self._everything()
        for node in nodes:
            if isinstance(node, query.Not) and found.count:
                found = hits.without(found, self.of(node.query), self._size)
        return found

    def _everything(self) -> Hits:
        alive = self._leaf.alive
        mask = np.ones(self._size, np.bool_) if alive is None else alive
        return hits.Many(mask, np.zeros(self._size, np.float32))

    def _word(self, node: query.Term) -> Hits:
        word = node.text if isinstance(node.text, bytes) else node.text.encode()
        field, segment = node.fieldname, self._leaf.segment
        average = self._statistics.average_length(field)
        weight = self._statistics.idf(field, word) * node.boost

        def make() -> Hits:
            postings = segment.postings(field, word)
            norms = self._norms(field, average)[postings.numbers]
            counts = postings.counts
            scores = counts * np.float32(K1 + 1) / (counts + norms) * np.float32(weight)
            return hits.scored(postings.numbers, scores, self._size)

        key = (segment.name, "word", field, word, average, weight)
        return self._leaf.memory.get(key, make, lambda found: found.nbytes)

    def _norms(self, field: str, average: float) -> Floats:
        """What length costs a section in *field*."""
        segment = self._leaf.segment

        def make() -> Floats:
            lengths = segment.lengths(field).astype(np.float32)
            lengths *= np.float32(K1 * B / (average or 1.0))
            lengths += np.float32(K1 * (1 - B))
            return lengths

        key = (segment.name, "norms", field, average)
        return self._leaf.memory.get(key, make, lambda norms: norms.nbytes)

    def _of_documents(self, node: OfDocuments) -> Hits:
        row_of = self._leaf.segment.documents.row_of
        rows = [row_of[key] for key in node.keys if key in row_of]
        numbers = _sections_of(self._leaf.segment, np.array(rows, np.int64))
        return hits.alike(numbers, 0.0, self._size)

    def _by_whoosh(self, node: query.Query) -> Hits:
        searcher = self._leaf.searcher
        matcher = node.matcher(searcher, SearchContext(weighting=searcher.weighting))
        scores: dict[int, float] = {}
        while matcher.is_active():
            scores[matcher.id()] = matcher.score()
            matcher.next()
        numbers = np.array(sorted(scores), np.int64)
        return hits.scored(
            numbers, np.array([scores[n] for n in numbers.tolist()], np.float32), self._size
        )
