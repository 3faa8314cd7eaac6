"""Cuts a word by the live generation, once for every line that comes in.

python -m tests.search_indexes.cutting_process ROOT WORD
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from search_indexes.analysis import cutting, words  # noqa: E402 - after Django
from search_indexes.engine import snapshot  # noqa: E402
from tests.search_indexes.engine_rows import DECLARED  # noqa: E402

if __name__ == "__main__":
    where, word = sys.argv[1:]
    for _ in sys.stdin:
        with cutting(snapshot.latest(Path(where), DECLARED).terms):
            print(*words(word), flush=True)  # what the test reads
