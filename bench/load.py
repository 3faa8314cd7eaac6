"""Asks a whole portal from many sides at once, and says what a request costs.

    python -m bench.load --data var-with-documents [--seconds 60] [--server gunicorn|granian]
    python -m bench.load --limits

The server is started as `start` does it, on the loopback address, over the folder given. What is
uploaded while measuring stays in it as drafts, so give a copy. Figures by the clock depend on
what else the machine does; CPU seconds a request hold on a noisy one too.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.load_server import Server, serving
from bench.load_traffic import Visit, editors, mix, sample
from portal.rates import Counter as Rates
from portal.rates import Rate

Figures = dict[str, Any]

FEW = 20
"""Documents that are asked for again and again, to see what a page costs that was rendered."""


def main() -> None:
    """Parses the command line, measures, prints one table and writes it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="PORTAL_DATA of a portal with documents")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    parser.add_argument("--limits", action="store_true", help="only what counting a request costs")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    figures = _limits() if options.limits else _portal(parser, options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    for name, found in figures.items():
        print(f"{name:12} " + ", ".join(f"{k} {v}" for k, v in found.items()))  # noqa: T201


def _portal(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Figures:
    if not options.data or not (options.data / "index").is_dir():
        parser.error("--data names the folder of a portal with documents and an index.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ["PORTAL_DATA"] = str(options.data)
    figures: Figures = {}
    with serving(options.data, options.server) as server:
        figures["L5 boot"] = _boot(server)
        known = sample(server.port)
        run = _Runs(server, options.seconds)
        figures["L1 search"] = run.of("search", options.clients, mix(known, 1))
        figures["L2 document"] = run.of("document", options.clients, mix(known, 2, "document"))
        few = replace(known, addresses=known.addresses[:FEW])
        for visit in map(Visit, few.addresses * 4):  # until each process has rendered each of them
            visit.ask(server.port)
        figures["L2 again"] = run.of("again", options.clients, mix(few, 2, "document"))
        with _uploading(server):
            figures["L3 mixed"] = run.of("mixed", 16, mix(known, 3))
        figures["L6 overload"] = run.of("overload", 64, mix(known, 4)) | _recovery(server)
        figures["server"] = {
            "name": options.server,
            "documents": known.documents,
            **server.memory(),
            "locked": server.log().count("locked"),
            "errors logged": server.log().count('"level": "ERROR"'),
        }
    return figures


def _boot(server: Server) -> Figures:
    began = time.perf_counter()
    status, _ = Visit("/search/?q=%E5%88%9B%E6%96%B0").ask(server.port)
    first = (time.perf_counter() - began) * 1000
    ready = {"ready s": round(server.boot, 1), "CPU s": round(server.boot_cpu, 1)}
    return {**ready, "first search ms": round(first), "status": status}


def _recovery(server: Server) -> Figures:
    """How long after the crowd has gone until a search is answered as before."""
    began = time.perf_counter()
    while Visit("/search/?q=%E5%88%9B%E6%96%B0").ask(server.port)[0] != 200:
        time.sleep(0.05)
    return {"recovered s": round(time.perf_counter() - began, 2), **server.memory()}


class _Runs:
    """Runs of the same length against one server."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds

    def of(self, name: str, clients: int, next_visit: Callable[[], Visit]) -> Figures:
        """Closed loop: each client asks again as soon as it was answered."""
        statuses: Counter[int] = Counter()
        times: list[float] = []
        untold = [0]
        lock = threading.Lock()
        before, until = self._server.cpu(), time.monotonic() + self._seconds

        def client(_: int) -> None:
            while time.monotonic() < until:
                with lock:
                    visit = next_visit()
                began = time.perf_counter()
                status, headers = visit.ask(self._server.port)
                spent = time.perf_counter() - began
                with lock:
                    statuses[status] += 1
                    untold[0] += status in (429, 503) and "Retry-After" not in headers
                    if status == 200:
                        times.append(spent)
                if status in (429, 503):
                    time.sleep(0.2)  # sooner than told, as impatient callers are

        with ThreadPoolExecutor(clients) as crowd:
            list(crowd.map(client, range(clients)))
        spent = self._server.cpu() - before
        times.sort()
        served = max(len(times), 1)
        return {
            "clients": clients,
            "answered": statuses[200],
            "per second": round(statuses[200] / self._seconds, 1),
            "CPU ms each": round(spent / served * 1000, 1),
            **{
                f"p{part} ms": round(times[min(served - 1, served * part // 100)] * 1000)
                for part in (50, 95, 99)
                if times
            },
            "shed": statuses[429] + statuses[503],
            "shed without Retry-After": untold[0],
            "failed": sum(n for status, n in statuses.items() if status not in (200, 429, 503)),
        }


@contextmanager
def _uploading(server: Server) -> Iterator[None]:
    """Four editors who upload a PDF of 1 MB each as soon as the last was taken."""
    ended = threading.Event()
    times: list[float] = []
    with ThreadPoolExecutor(4) as desk:
        uploads = [desk.submit(each, ended, times) for each in editors(server, 4)]
        yield
        ended.set()
        problems = [str(error) for each in uploads if (error := each.exception())]
    slowest = f"{max(times):.2f} s" if times else "none"
    sys.stderr.write(f"{len(times)} uploads, slowest answered in {slowest}; {problems or 'all'}\n")


def _limits() -> Figures:
    """The CPU time of one count, beside the same kept as a row in a SQLite file."""
    rate, count = Rate(1_000_000, 1.0), 20_000
    with tempfile.TemporaryDirectory() as folder:
        rates = Rates(Path(folder) / "limits")
        began = time.process_time()
        for number in range(count):
            rates.take(f"search 192.0.2.{number % 256}", rate)
        ours = (time.process_time() - began) / count
        rows = sqlite3.connect(Path(folder) / "rows", isolation_level=None)
        rows.execute("PRAGMA journal_mode=WAL")
        rows.execute("PRAGMA synchronous=OFF")
        rows.execute("CREATE TABLE due (key TEXT PRIMARY KEY, at REAL)")
        began = time.process_time()
        for number in range(count):
            key = f"search 192.0.2.{number % 256}"
            rows.execute("BEGIN IMMEDIATE")
            rows.execute("SELECT at FROM due WHERE key = ?", (key,)).fetchone()
            rows.execute("INSERT OR REPLACE INTO due VALUES (?, ?)", (key, time.time()))
            rows.execute("COMMIT")
        theirs = (time.process_time() - began) / count
    return {"limits": {"µs each": round(ours * 1e6, 1), "in SQLite µs": round(theirs * 1e6, 1)}}


if __name__ == "__main__":
    main()
