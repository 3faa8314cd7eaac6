"""Changes seven documents of an index in turn and says so, for ever or so many times.

    python -m tests.search_indexes.writer_process ROOT NAME [FIRST STEPS]

Prints a line ``document step`` after every commit; the document's version is ``NAME-step``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from search_indexes.engine import generations  # noqa: E402 - after Django
from tests.search_indexes.engine_rows import commit  # noqa: E402

if __name__ == "__main__":
    root, name = Path(sys.argv[1]), sys.argv[2]
    first, steps = map(int, sys.argv[3:5] or (0, sys.maxsize))
    for step in range(steps):
        document = first + step % 7
        with generations.lock(root):
            commit(root, document, version=f"{name}-{step}")
        print(document, step, flush=True)  # what the test reads
