"""Hits and scores are stock Whoosh's own, although its matchers are not stepped."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings
from haystack import connections
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from whoosh import query, scoring
from whoosh.searching import Searcher

from documents.models import Section
from search_indexes.engine import arraywriter
from search_indexes.engine.commits import CODECS
from search_indexes.engine.evaluation import evaluated
from search_indexes.engine.hits import Few
from search_indexes.engine.snapshot import Snapshot
from search_indexes.models import IndexChange
from search_indexes.sync import catch_up
from tests.conftest import MakeDocument
from tests.search_indexes.engine_trees import WORDS, found_by_whoosh, trees

TOLERANCE = 1e-4


@pytest.fixture(params=CODECS)
def live(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, make_document: MakeDocument
) -> Snapshot:
    """An index of several segments with deletions."""
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS["default"], "CODEC", request.param)
    monkeypatch.setattr(arraywriter, "SMALL", 1)  # so that segments stay apart
    connections.reload("default")
    documents = [
        make_document(
            f"文件{WORDS[number % 5]}",
            [
                (2, "", WORDS[(number + n) % 5], "，".join(WORDS[number % 5 : 5] * (n % 4 + 1)))
                for n in range(12)
            ],
            indexed=number in (7, 8, 9),
        )
        for number in range(10)
    ]
    for document in documents[::4]:
        Section.objects.filter(document=document, order=1).update(text="另有其他事项。")
        IndexChange.objects.create(document=document.pk)
    catch_up()
    snapshot: Snapshot = connections["default"].get_backend().opened()
    assert len(snapshot.leaves) > 1
    assert any(leaf.alive is not None for leaf in snapshot.leaves)
    return snapshot


@hypothesis_settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tree=trees())
def test_hits_and_scores_equal_stock_whooshs(live: Snapshot, tree: query.Query) -> None:
    ours = _ours(live, tree)
    stock = _stock(live, tree)
    assert ours.keys() == stock.keys()
    for number, score in stock.items():
        assert ours[number] == pytest.approx(score, abs=TOLERANCE), number


def _stock(live: Snapshot, tree: query.Query) -> dict[int, float]:
    return found_by_whoosh(Searcher(live.searcher.reader(), weighting=scoring.BM25F()), tree)


def _ours(live: Snapshot, tree: query.Query) -> dict[int, float]:
    found: dict[int, float] = {}
    start = 0
    for leaf, hits in zip(live.leaves, evaluated(tree, live.leaves, live).hits, strict=True):
        if isinstance(hits, Few):
            numbers, scores = hits.numbers, hits.scores
        else:
            numbers = np.flatnonzero(hits.mask)
            scores = hits.scores[numbers]
        found |= zip((numbers + start).tolist(), scores.tolist(), strict=True)
        start += leaf.segment.size
    return found
