"""Changes seven documents of an index in turn and says so, for ever or so many times.

    python -m tests.search_indexes.writer_process ROOT NAME [FIRST STEPS | rebuild]

Prints a line ``document step`` after every commit; the document's version is ``NAME-step``. With
``rebuild`` a new generation of forty documents is made each time.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from search_indexes.engine import generations  # noqa: E402 - after Django
from tests.search_indexes.engine_rows import commit, switch  # noqa: E402


def _change(root: Path, name: str, first: int, steps: int) -> None:
    for step in range(steps):
        document = first + step % 7
        with generations.lock(root):
            commit(root, document, version=f"{name}-{step}")
        print(document, step, flush=True)  # what the test reads


def _rebuild(root: Path, name: str) -> None:
    for step in count():
        with generations.lock(root):
            switch(root, range(40), f"{name}-{step}")
        print("all", step, flush=True)


if __name__ == "__main__":
    where, called, *rest = sys.argv[1:]
    if rest == ["rebuild"]:
        _rebuild(Path(where), called)
    _change(Path(where), called, *map(int, rest or (0, sys.maxsize)))
