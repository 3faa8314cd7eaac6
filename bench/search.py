"""Measures search beside its peers, query by query in one process, and writes what it found.

    python -m bench.search --corpus documents.jsonl.gz [--sizes 10000 50000] [--write]

Times are CPU milliseconds of this process; every query is asked of every engine in turn, so that
a busy machine is as unkind to each. Only the ratios of one run mean anything.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import numpy as np

django.setup()

from bench.peers.common import Measured  # noqa: E402
from bench.peers.fts5 import Sqlite  # noqa: E402
from bench.peers.portal import Portal  # noqa: E402
from bench.peers.stock_whoosh import StockWhoosh  # noqa: E402
from bench.peers.tantivy import GroupedTantivy, Tantivy  # noqa: E402
from bench.search_corpus import CUTTER, Asked, Entry, entries, from_text, questions  # noqa: E402
from bench.search_report import written  # noqa: E402
from search_indexes.analysis import warm_up  # noqa: E402

REPETITIONS = 5
PATIENCE = 0.05
"""Seconds; a query that takes longer is asked once."""

FROM_TEXT = 10_000
"""Sections cut anew to measure that."""

POSTING_BYTES = 8
"""A section's number and its score, as they lie in memory once a list was used."""

MEMORY_BYTES = 128 << 20
"""Read in one go to see how fast memory is; more than most caches hold."""

WHOOSH_LIMIT = 10_000
"""Sections; stock Whoosh takes minutes to build more."""

Figures = dict[str, Any]


def main() -> None:
    """Parses the command line, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON Lines, gzipped")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--write", action="store_true", help="write docs/performance.{md,json}")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where --write writes")
    options = parser.parse_args()
    if not options.corpus.exists():
        sys.exit(f"No corpus at {options.corpus}; name one with --corpus.")
    warm_up()
    found: list[Figures] = []
    for size in options.sizes:
        found.append(_measured(options.corpus, options.folder, size))
        # After every size: a large one may take longer than anyone waits.
        written(found, options.docs if options.write else None)
    print(written(found, None))  # noqa: T201


def _measured(corpus: Path, folder: Path, size: int) -> Figures:
    known = entries(corpus, folder / "sections.jsonl", size)
    room = folder / str(size)
    engines: list[Measured] = [Portal(room), Tantivy(room), Sqlite(room)]
    if size <= WHOOSH_LIMIT:
        engines.append(StockWhoosh(room))
    figures: Figures = {
        "sections": size,
        "documents": len({entry.document for entry in known}),
        "characters": sum(len(entry.text) for entry in known),
        "engines": {engine.name: {} for engine in engines},
    }
    for engine in engines:
        _build(engine, known, figures["engines"][engine.name])
    asked = questions(known)
    figures["engines"]["portal"] |= _fresh(room, asked) | _cutting(room / "cut", known)
    cold = Portal(room, warm=False)
    others: list[Measured] = [cold, GroupedTantivy(room, known)]
    for engine in others:
        engine.open()
        figures["engines"][engine.name] = {}
    figures |= _limit(cold, asked)
    for engine in engines + others:
        _warm(engine, asked)
    _ask_all(engines + others, asked, figures)
    document = [entry for entry in known if entry.document == known[size // 2].document]
    for engine in engines:
        figures["engines"][engine.name]["change_ms"] = _change(engine, document, asked[0])
    return figures


def _build(engine: Measured, known: list[Entry], into: Figures) -> None:
    _say(f"{engine.name}: building {len(known)} sections")
    gc.collect()
    cpu = time.process_time()
    engine.build(known)
    into["build_per_second"] = round(len(known) / (time.process_time() - cpu))
    into["size_mb"] = round(engine.size() / 1e6, 1)
    cpu = time.process_time()
    engine.open()
    into["open_ms"] = round((time.process_time() - cpu) * 1e3, 1)


def _limit(portal: Portal, asked: list[Asked]) -> Figures:
    """What nobody can do without: postings of a question, and how fast memory gives them."""
    kilobytes = [portal.postings(each) * POSTING_BYTES / 1e3 for each in asked]
    source = np.ones(MEMORY_BYTES // 8)
    rates = []
    for _ in range(REPETITIONS):
        cpu = time.process_time()
        source.sum()
        rates.append(source.nbytes / (time.process_time() - cpu) / 1e9)
    return {
        "postings_kb_p50": round(_percentile(kilobytes, 50)),
        "postings_kb_p95": round(_percentile(kilobytes, 95)),
        "memory_gb_per_second": round(max(rates), 1),
    }


def _fresh(room: Path, asked: list[Asked]) -> Figures:
    """What a new process takes to answer, and what it keeps."""
    _say("a new process")
    file = room / "asked.json"
    listed = [(each.kind, each.operator, each.terms, each.filters) for each in asked]
    file.write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "bench.fresh_process", str(room), str(file)]
    run = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program
    found: Figures = json.loads(run.stdout)
    return found


def _cutting(room: Path, known: list[Entry]) -> Figures:
    """Sections a CPU second from their text to the index, by either cutter."""
    some = known[:FROM_TEXT]
    found: Figures = {}
    CUTTER.hurry()
    from_text(some[0], fast=True)  # reads rjieba's dictionary
    for name in ("rjieba", "jieba"):
        _say(f"portal: from text, {name}")
        cpu = time.process_time()
        Portal(room).build([from_text(each, fast=name == "rjieba") for each in some])
        found[f"from_text_{name}"] = round(len(some) / (time.process_time() - cpu))
    return found


def _warm(engine: Measured, asked: list[Asked]) -> None:
    """Asks everything once."""
    _say(f"{engine.name}: first questions")
    for each in asked:
        if each.kind not in engine.cannot:
            engine.ask(each)


def _ask_all(engines: list[Measured], asked: list[Asked], figures: Figures) -> None:
    _say("asking")
    times: dict[str, list[tuple[str, float]]] = {engine.name: [] for engine in engines}
    differing: dict[str, dict[str, int]] = {
        engine.name: {"hits": 0, "facets": 0} for engine in engines
    }
    for each in asked:
        told = {}
        able = [engine for engine in engines if each.kind not in engine.cannot]
        for engine in able:
            told[engine.name], took = _timed(partial(engine.ask, each))
            times[engine.name].append((each.kind, took))
        _compare(able, each, told, differing)
    for engine in engines:
        into = figures["engines"][engine.name]
        into["differs"] = differing[engine.name]
        every = [took for _, took in times[engine.name]]
        into["p50"], into["p95"] = _percentile(every, 50), _percentile(every, 95)
        kinds = dict.fromkeys(kind for kind, _ in times[engine.name])
        into["kinds"] = {
            kind: _percentile([took for of, took in times[engine.name] if of == kind], 50)
            for kind in kinds
        }


def _timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """The answer, and the median of CPU milliseconds."""
    took = []
    while True:
        began = time.process_time()
        answer = ask()
        took.append(time.process_time() - began)
        if len(took) == REPETITIONS or took[0] > PATIENCE:
            return answer, statistics.median(took) * 1e3


def _compare(
    engines: list[Measured], asked: Asked, told: dict[str, Any], into: dict[str, dict[str, int]]
) -> None:
    """Hits against the first engine's; facets against it where both count the same thing."""
    first = engines[0]
    narrowed = {name for name, _ in asked.filters}
    for engine in engines:
        answer, wanted = told[engine.name], told[first.name]
        into[engine.name]["hits"] += answer.hits != wanted.hits
        if engine.counts_documents and first.counts_documents:
            # A facet's own filter narrows its counts elsewhere, not here.
            into[engine.name]["facets"] += any(
                answer.facets[name] != wanted.facets[name]
                for name in answer.facets.keys() - narrowed
            )


def _percentile(values: list[float], percent: int) -> float:
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, round(percent / 100 * (len(ranked) - 1)))], 3)


def _change(engine: Measured, document: list[Entry], asked: Asked) -> float:
    """CPU milliseconds from a changed document to the first answer that knows it."""
    took = []
    for _ in range(3):
        began = time.process_time()
        engine.change(document)
        engine.ask(asked)
        took.append((time.process_time() - began) * 1e3)
    return round(statistics.median(took), 1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
