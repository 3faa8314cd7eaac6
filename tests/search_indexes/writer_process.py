"""Changes documents of an index for ever and says so: to be killed by its test.

    python -m tests.search_indexes.writer_process ROOT NAME

Prints a line ``document step`` after every commit; the document's version is ``NAME-step``.
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
from tests.search_indexes.engine_rows import commit  # noqa: E402

if __name__ == "__main__":
    root, name = Path(sys.argv[1]), sys.argv[2]
    for step in count():
        with generations.lock(root):
            commit(root, step % 7, version=f"{name}-{step}")
        print(step % 7, step, flush=True)
