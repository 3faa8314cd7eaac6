"""Measures what a long document's page costs, here and beside another checkout, in one run.

    python -m bench.page --documents documents.jsonl.gz --id Pbc26172374c4 [--beside ../before]

Each checkout serves the record from a folder of its own; the two are asked in turn. A busy
machine makes clocks useless, so both sides are measured in processor time: the server's from
/proc, the browser's main thread by Chromium's thread ticks. Their sum is what a reader waits for
on a machine with nothing else to do; what the clock said is printed beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import CHROMIUM, QUIET, environment, stop

HERE = Path(__file__).resolve().parent.parent
FIRST_PORT = 8460
REQUESTS = 12
"""Requests whose processor time is taken together; the kernel counts in hundredths of a second."""
PATIENCE = 180
"""Seconds until a portal answers."""
OBSERVE = """
window.__tasks = [];
new PerformanceObserver((list) => window.__tasks.push(...list.getEntries()))
  .observe({ type: "longtask", buffered: true });
"""
CLOCK = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const tasks = window.__tasks.map((task) => task.duration);
  return {
    "first byte, ms": page.responseStart,
    "first paint, ms": paint ? paint.startTime : 0,
    "content loaded, ms": page.domContentLoadedEventEnd,
    "longest task, ms": Math.max(0, ...tasks),
    "blocking time, ms": tasks.reduce((sum, task) => sum + Math.max(0, task - 50), 0),
    "elements": document.querySelectorAll("*").length,
  };
}"""


@dataclass(slots=True)
class Checkout:
    """One running portal: its name in the table, the page's address, its web processes."""

    name: str
    url: str
    processes: list[int]
    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, figures: dict[str, float]) -> None:
        """Keeps the figures of one round."""
        for name, value in figures.items():
            self.found.setdefault(name, []).append(value)


def main() -> None:
    """Parses the command line, measures in turn and prints a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, required=True, help="JSON Lines, gzipped or not")
    parser.add_argument("--id", required=True, help="the record whose page is measured")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other checkouts")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Chromium is not installed; a Debian system has it as `chromium`.")
    record = _record(options.documents, options.id)
    with ExitStack() as stack:
        checkouts = [
            stack.enter_context(_served(folder.resolve(), record, FIRST_PORT + number))
            for number, folder in enumerate([HERE, *options.beside])
        ]
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for _ in range(options.rounds):
            for checkout in checkouts:
                checkout.add(_server(checkout))
                checkout.add(_browser(browser, checkout.url))
        browser.close()
    _print(checkouts, len(record["text"]))


def _record(path: Path, wanted: str) -> dict[str, Any]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            record: dict[str, Any] = json.loads(line)
            if record["id"] == wanted:
                return record
    sys.exit(f"No record {wanted} in {path}; name one of its ids with --id.")


@contextmanager
def _served(folder: Path, record: dict[str, Any], port: int) -> Iterator[Checkout]:
    data = Path(tempfile.mkdtemp(prefix="bench-page-"))
    file = data / "record.jsonl"
    file.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    for words in (["migrate", "-v0"], ["load", str(file)]):
        subprocess.run(  # noqa: S603 - the commands of a checkout named by who runs this
            [sys.executable, "manage.py", *words], cwd=folder, env=environment(data), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 - as above
        [sys.executable, "manage.py", "start", "--port", str(port)], cwd=folder,
        env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/documents/{record['id'].lower()}/"
        _wait_for(url)
        yield Checkout(folder.name, url, _web_processes(data))
    finally:
        stop(process)
        shutil.rmtree(data, ignore_errors=True)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"No answer from {url} within {PATIENCE} seconds.")


def _web_processes(data: Path) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            ours = f"PORTAL_DATA={data}".encode() in (folder / "environ").read_bytes()
            if ours and b"gunicorn" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _cpu(processes: list[int]) -> float:
    """Milliseconds of processor time that these processes have used."""
    ticks = 0
    for number in processes:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _server(checkout: Checkout) -> dict[str, float]:
    asked = urllib.request.Request(  # noqa: S310 - our own server
        checkout.url, headers={"Accept-Encoding": "gzip"}
    )
    sent, packed = b"", False
    before = _cpu(checkout.processes)
    for _ in range(REQUESTS):
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - our own server
            sent, packed = answer.read(), answer.headers["Content-Encoding"] == "gzip"
    return {
        "server, CPU ms": (_cpu(checkout.processes) - before) / REQUESTS,
        "HTML, kB": len(gzip.decompress(sent) if packed else sent) / 1000,
        "on the wire, kB": len(sent) / 1000,
    }


def _browser(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url, wait_until="load")
    # Two frames later everything that the load set off has been laid out and painted.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    ticks = {row["name"]: row["value"] for row in session.send("Performance.getMetrics")["metrics"]}
    figures: dict[str, float] = page.evaluate(CLOCK)
    context.close()
    return {
        "browser, CPU ms": ticks["TaskDuration"] * 1000,
        "of it layout": ticks["LayoutDuration"] * 1000,
        "of it style": ticks["RecalcStyleDuration"] * 1000,
        "of it script": ticks["ScriptDuration"] * 1000,
        **figures,
    }


def _print(checkouts: list[Checkout], length: int) -> None:
    sys.stdout.write(
        f"{length} characters, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    names = list(checkouts[0].found)
    sys.stdout.write(f"{'median':22}" + "".join(f"{each.name:>12}" for each in checkouts) + "\n")
    for name in names:
        values = [statistics.median(each.found[name]) for each in checkouts]
        sys.stdout.write(f"{name:22}" + "".join(f"{value:12.1f}" for value in values) + "\n")


if __name__ == "__main__":
    main()
