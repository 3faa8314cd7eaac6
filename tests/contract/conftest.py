"""How the contract asks: a question in the reader's words, the answer as ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import haystack
import pytest
from django.conf import settings

from search_indexes.engine.commits import CODECS
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest, Sort
from search_indexes.results import SearchPage

Ask = Callable[..., SearchPage]


@pytest.fixture(autouse=True, params=CODECS)
def codec(request: pytest.FixtureRequest, index: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every promise holds for every codec."""
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS["default"], "CODEC", request.param)
    haystack.connections.reload("default")
    name: str = request.param
    return name


@pytest.fixture
def ask(index: object) -> Ask:
    """Asks the index: ``ask("词", district=("青浦区",), sort=Sort.NEWEST, page=2)``."""

    def ask(
        text: str = "",
        *,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        page_size: int = 20,
        ageless: bool = False,
        **selected: tuple[str, ...],
    ) -> SearchPage:
        query = parse_query(text)
        return find(SearchRequest(query, selected, sort, page, page_size, ageless=ageless))

    return ask


def ids(page: SearchPage) -> list[str]:
    """The documents of a page in their order."""
    return [hit.id for hit in page.documents]


def anchors(page: SearchPage) -> set[tuple[str, str]]:
    """The sections shown on a page."""
    return {(hit.id, section.anchor) for hit in page.documents for section in hit.sections}
