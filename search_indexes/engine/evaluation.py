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
from search_indexes.engine.chains import Chain, Held
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


MOST_PLACES = 16_000_000
"""Places of chains that one query may look at, half a second to a second and a half of
work: see `chains`."""

StandingKey = tuple[str, str | Chain, bool]


@dataclass(frozen=True, slots=True)
class Places:
    """What a run or a chain weighs, and by leaf where it stands."""

    weight: float
    held: list[Held]


Found = dict[StandingKey, Places]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The living hits in each leaf; those in sections before ``since`` of it are not known."""

    hits: list[Hits]
    since: list[int]


def rarity(count: int, total: int) -> float:
    """The weight of what *count* of *total* sections have (Whoosh's idf)."""
    return log(total / (count + 1)) + 1 if total else 1.0


def evaluated(tree: query.Query, leaves: list[Leaf], statistics: Statistics) -> Evaluated:
    """What *tree* finds; a query of too many frequent chains is answered for the last sections."""
    standing = _standing(tree, leaves, statistics.total)
    found = [
        leaf.living(_Evaluation(leaf, index, statistics, standing).of(tree))
        for index, leaf in enumerate(leaves)
    ]
    since = [
        max((each.held[index].since for each in standing.values()), default=0)
        for index in range(len(leaves))
    ]
    return Evaluated([hits.since(*each) for each in zip(found, since, strict=True)], since)


def _standing(tree: query.Query, leaves: list[Leaf], total: int) -> Found:
    """For each run of characters asked for: its weight, and the sections it stands in by leaf.

    The weight is BM25's idf, as for a word, so that rare characters found as typed count more.
    """
    keys = {(node.place, node.characters, node.whole) for node in _standing_nodes(tree)}
    allowed = MOST_PLACES // max(1, sum(isinstance(wanted, Chain) for _, wanted, _ in keys))
    every = sum(leaf.segment.size for leaf in leaves) or 1
    found: Found = {}
    for key in keys:
        held = [
            _sections_holding(leaf, *key, allowed * leaf.segment.size // every) for leaf in leaves
        ]
        found[key] = Places(rarity(sum(each.numbers.size for each in held), total), held)
    return found


def _standing_nodes(tree: query.Query) -> list[Standing]:
    if isinstance(tree, Standing):
        return [tree]
    if isinstance(tree, query.Not):
        return _standing_nodes(tree.query)
    return [node for child in getattr(tree, "subqueries", ()) for node in _standing_nodes(child)]


def _sections_holding(
    leaf: Leaf, place: str, wanted: str | Chain, whole: bool, allowed: int
) -> Held:
    """Living sections that hold *wanted* themselves or whose document's field does."""
    since = 0
    if whole and isinstance(wanted, str):
        numbers = _sections_of(leaf.segment, leaf.segment.being(place, wanted))
    elif place in (OWN, RECORD):
        own = _own(leaf, wanted, allowed)
        numbers, since = own.numbers, own.since
        if place == RECORD:
            numbers = _or_record(leaf, numbers, wanted)
    else:
        numbers = _sections_of(leaf.segment, _rows_holding(leaf, place, wanted))
    return Held(numbers if leaf.alive is None else numbers[leaf.alive[numbers]], since)


def _own(leaf: Leaf, wanted: str | Chain, allowed: int) -> Held:
    """Sections whose own text holds *wanted*."""
    segment = leaf.segment

    def make() -> Held:
        if isinstance(wanted, Chain):
            return segment.held(OWN, wanted, allowed)
        return Held(segment.holding(OWN, wanted))

    # What is found of a chain may depend on what is allowed.
    key = (segment.name, "holding", OWN, wanted, isinstance(wanted, Chain) and allowed)
    return leaf.memory.get(key, make, lambda found: found.numbers.nbytes)


def _rows_holding(leaf: Leaf, field: str, wanted: str | Chain) -> Ints:
    """Documents whose *field* holds *wanted*: there is little text in fields."""
    segment = leaf.segment

    def make() -> Ints:
        if isinstance(wanted, Chain):
            return segment.held(field, wanted, None).numbers
        return segment.holding(field, wanted)

    key = (segment.name, "holding", field, wanted)
    return leaf.memory.get(key, make, lambda numbers: numbers.nbytes)


def _or_record(leaf: Leaf, own: Ints, wanted: str | Chain) -> Ints:
    """The sections *own* that hold *wanted*; else the first of a document whose record does."""
    documents = leaf.segment.documents
    stated = np.zeros(documents.keys.size, np.bool_)
    for field in FIELDS:
        stated[_rows_holding(leaf, field, wanted)] = True
    if not stated.any():
        return own
    stated[documents.rows[own]] = False
    # Not numpy's own union, which hashes every number: the longest part of such a query by far.
    held = np.zeros(leaf.segment.size, np.bool_)
    held[own] = True
    held[documents.starts[:-1][stated]] = True
    return held.nonzero()[0]


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
                places = self._standing[node.place, node.characters, node.whole]
                numbers = places.held[self._index].numbers
                found = hits.alike(numbers, places.weight * node.boost, self._size)
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
