"""The engine room: Whoosh behind haystack's door; it knows neither models nor pages."""

import os

# Before numpy is first read: its threads would wait for one another on machines of two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
