"""Haystack finds our index only under the file name it looks for."""

from __future__ import annotations

from haystack import connections

from documents.models import Section


def test_the_list_of_indexes_is_not_empty() -> None:
    assert connections["default"].get_unified_index().get_indexed_models() == [Section]
