"""What a process that has just begun needs to answer, and what it keeps: its figures as JSON.

    python -m bench.fresh_process FOLDER QUESTIONS

FOLDER holds the portal's index of the measurement, QUESTIONS a JSON list of them. Memory is what
the process has for itself (Linux: Pss_Anon), with the dictionary a web worker reads; mapped
files are shared and can be dropped.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from bench.peers.portal import Portal  # noqa: E402 - after Django
from bench.search_corpus import Asked  # noqa: E402
from search_indexes import analysis  # noqa: E402


def main() -> None:
    """Opens, asks the first question, asks them all, and says what that took."""
    folder, questions = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    asked = [
        Asked(kind, operator, tuple(terms), tuple(map(tuple, filters)))
        for kind, operator, terms, filters in questions
    ]
    analysis.warm_up()
    before = _memory()
    portal = Portal(folder)
    began = time.process_time()
    portal.open()
    opened = time.process_time()
    portal.ask(asked[0])
    first = time.process_time()
    for each in asked:
        portal.ask(each)
    figures = {
        "fresh_open_ms": round((opened - began) * 1e3, 1),
        "fresh_first_ms": round((first - opened) * 1e3, 1),
        "memory_mb": round(_memory()),
        "memory_before_mb": round(before),
    }
    sys.stdout.write(json.dumps(figures))


def _memory() -> float:
    """Anonymous memory in megabytes, 0 where the system does not tell."""
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return 0.0
    lines = (line.split() for line in rollup.read_text().splitlines())
    return sum(int(words[1]) for words in lines if words[0] == "Pss_Anon:") / 1024


if __name__ == "__main__":
    main()
