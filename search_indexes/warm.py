"""Reads ahead what the first reader would otherwise wait for."""

from __future__ import annotations

import logging

from django import db

from search_indexes import analysis, lexicon, searchlog, suggest
from search_indexes.engine.errors import IndexUnusable
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import SearchRequest

log = logging.getLogger(__name__)

ASKED = "科技创新"
"""Any common words will do: asking opens the index and compares its files with their checksums."""


def warm_up() -> None:
    """Reads dictionary, index, suggestions and the index's words.

    No thread is begun and no connection left open, so that the process may fork afterwards and
    its children share what was read.
    """
    analysis.warm_up()
    searchlog.write_in_background()
    try:
        find(SearchRequest(parse_query(ASKED)))
        suggest.warm_up()
        lexicon.prepare()
    except (db.Error, IndexUnusable, SearchUnavailable, OSError) as error:
        log.warning("Not everything could be read ahead: %s", error)
    finally:
        db.connections.close_all()
