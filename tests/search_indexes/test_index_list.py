"""Haystack finds our index, and what it is given is what haystack would have prepared."""

from __future__ import annotations

from typing import Any

from haystack import connections
from haystack.indexes import SearchIndex

from documents.models import Section
from search_indexes.reading import published_sections
from tests.conftest import MakeDocument


def test_the_list_of_indexes_is_not_empty() -> None:
    assert connections["default"].get_unified_index().get_indexed_models() == [Section]


def test_an_entry_is_what_haystack_itself_would_make_of_it(make_document: MakeDocument) -> None:
    make_document(
        "科技规划", "第一章 总则\n加快创新。\n第二章 附则\n施行。", issuers=["甲委", "乙局"]
    )
    index = connections["default"].get_unified_index().get_index(Section)
    read_together = list(published_sections())
    alone = list(Section.objects.order_by("document", "order"))
    assert len(alone) > 1
    for section, same in zip(read_together, alone, strict=True):
        assert index.full_prepare(section) == SearchIndex.full_prepare(index, same)


def test_more_documents_are_read_with_the_same_queries(
    make_document: MakeDocument, django_assert_num_queries: Any
) -> None:
    index = connections["default"].get_unified_index().get_index(Section)
    for known in (1, 4):
        for number in range(known):
            make_document(f"规划{known}{number}", "第一章 总则\n加快创新。", issuers=["甲委"])
        with django_assert_num_queries(7):
            assert [index.full_prepare(section) for section in published_sections()]
