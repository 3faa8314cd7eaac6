"""Measures what the finder adds to the engine: a whole search, stage by stage.

    PORTAL_DATA=FOLDER python -m bench.finder

FOLDER is a portal with documents; the questions are those of `judged/queries.tsv`, each asked
five times. CPU milliseconds of one process over the questions: median and 95th percentile of the
median of the five, and median of the quickest of them, which other work on the machine touches
least. The stages are nested, and each row is what its stage takes beyond those inside it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django

django.setup()

from search_indexes import finder  # noqa: E402
from search_indexes.engine.backend import PolicyBackend  # noqa: E402
from search_indexes.query import parse_query  # noqa: E402
from search_indexes.request import SearchRequest  # noqa: E402

REPETITIONS = 5
QUESTIONS = Path(__file__).parent / "judged" / "queries.tsv"

STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "backend: hits, order, facets, the page read": ((PolicyBackend, "answer"),),
    "SearchQuerySet: query built and run": ((finder, "ordered"), (finder, "run")),
    "what is shown: excerpts, marks, values": ((finder, "hits_of"),),
    "database: changes, synonyms, addresses of the page": (
        (finder, "withdrawn_since"),
        (finder, "expanded"),
        (finder, "_answer"),
    ),
    "finder: the rest": ((finder, "find"),),
}


def main() -> None:
    """Asks everything and prints the stages."""
    texts = [line.split("\t")[1] for line in QUESTIONS.read_text("utf-8").splitlines()]
    requests = [SearchRequest(parse_query(text)) for text in texts]
    for request in requests:
        finder.find(request)
    rows: list[dict[str, float]] = []
    quickest: list[dict[str, float]] = []
    with _timed() as spent:
        for request in requests:
            taken = []
            for _ in range(REPETITIONS):
                spent.clear()
                finder.find(request)
                taken.append(dict(spent))
            each = {stage: [took.get(stage, 0.0) for took in taken] for stage in STAGES}
            rows.append({stage: statistics.median(took) for stage, took in each.items()})
            quickest.append({stage: min(took) for stage, took in each.items()})
    for stage in STAGES:
        _say(stage, [row[stage] for row in rows], [row[stage] for row in quickest])
    _say("whole", *([sum(row.values()) for row in each] for each in (rows, quickest)))


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """CPU seconds by stage, each without the stages it called."""
    spent: dict[str, float] = {}
    inner = [0.0]

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            inner.append(0.0)
            began = time.process_time()
            try:
                return call(*arguments, **options)
            finally:
                took = time.process_time() - began
                spent[stage] = spent.get(stage, 0.0) + took - inner.pop()
                inner[-1] += took

        return run

    with ExitStack() as patches:
        for stage, calls in STAGES.items():
            for room, name in calls:
                patch = mock.patch.object(room, name, timed(stage, getattr(room, name)))
                patches.enter_context(patch)
        yield spent


def _say(label: str, seconds: list[float], quickest: list[float]) -> None:
    ranked = sorted(seconds)
    p95 = ranked[round(0.95 * (len(ranked) - 1))]
    each = statistics.median(ranked), p95, statistics.median(quickest)
    print(f"{label:52}" + "".join(f" {took * 1e3:7.2f}" for took in each))  # noqa: T201


if __name__ == "__main__":
    main()
