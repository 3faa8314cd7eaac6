"""Reads ahead what the first reader would otherwise wait for."""

from __future__ import annotations

import logging
import threading

from django import db

from search_indexes import analysis, lexicon, searchlog, suggest
from search_indexes.engine.errors import IndexUnusable

log = logging.getLogger(__name__)


def warm_up() -> None:
    """Reads the dictionary at once, and suggestions and the index's words in the background."""
    analysis.warm_up()
    searchlog.write_in_background()
    threading.Thread(target=_read_ahead, name="warm-up", daemon=True).start()


def _read_ahead() -> None:
    try:
        suggest.warm_up()
        lexicon.prepare()
    except (db.Error, IndexUnusable) as error:
        log.warning("Not everything could be read ahead: %s", error)
    finally:
        db.connections.close_all()
