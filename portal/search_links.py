"""The links of a search page: chips, orders, pages and the ways on from an empty answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from documents.named import Named
from search_indexes.facets import FACETS
from search_indexes.request import SearchRequest, Sort, as_parameters

SORTS = {Sort.RELEVANCE: "相关度", Sort.NEWEST: "最新", Sort.OLDEST: "最早"}
AROUND = 2
"""Page numbers shown on either side of the current one."""
MOST_WORDS = 6
"""Words of a query offered singly when all of them together find nothing."""


_NOTHING_CHOSEN: dict[str, object] = {
    "selected": {},
    "since": None,
    "until": None,
    "literal": False,
    "ageless": False,
    "titles": False,
    "page": 1,
}


@dataclass(frozen=True, slots=True)
class Link(Named):
    """A link with its words; ``current`` marks where the reader is."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager(Named):
    """The pages around the current one; a gap is a link without address."""

    previous: str | None
    next: str | None
    pages: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SearchLinks(Named):
    """All links of one search page."""

    chips: tuple[Link, ...]
    clear: str
    sorts: tuple[Link, ...]
    pager: Pager | None
    words: tuple[Link, ...]
    literal: str
    ageless: str | None


def links_of(request: SearchRequest, pages: int) -> SearchLinks:
    """The links of the answer to *request*, which has *pages* pages."""
    return SearchLinks(
        chips=_chips(request),
        clear=to_search(request, **_NOTHING_CHOSEN),
        sorts=_sorts(request),
        pager=_pager(request, pages) if pages > 1 else None,
        words=_words(request),
        literal=to_search(request, literal=True, page=1),
        ageless=to_search(request, ageless=True, page=1) if _is_lifted(request) else None,
    )


def _sorts(request: SearchRequest) -> tuple[Link, ...]:
    """The orders to choose from; nothing is more to the point than another without words."""
    usual = Sort.RELEVANCE if request.query.text else Sort.NEWEST
    chosen = usual if request.sort is Sort.RELEVANCE else request.sort
    return tuple(
        Link(
            label,
            to_search(request, sort=Sort.RELEVANCE if sort is usual else sort, page=1),
            sort is chosen,
        )
        for sort, label in SORTS.items()
        if sort is usual or sort is not Sort.RELEVANCE
    )


def _is_lifted(request: SearchRequest) -> bool:
    """Whether recent documents come a little higher than their words say."""
    by_words = request.query.text and request.sort is Sort.RELEVANCE
    return bool(by_words and not request.ageless and settings.SEARCH_RECENCY)


def to_search(request: SearchRequest, **changes: object) -> str:
    """The address of *request* with *changes* (see `as_parameters`)."""
    parameters = urlencode(as_parameters(request, **changes))
    return f"{reverse('search')}?{parameters}" if parameters else reverse("search")


def _chips(request: SearchRequest) -> tuple[Link, ...]:
    chips = []
    for facet in FACETS:
        for value in request.values(facet.name):
            rest = tuple(other for other in request.values(facet.name) if other != value)
            selected = {**request.selected, facet.name: rest}
            chips.append(
                Link(f"{facet.label}：{value}", to_search(request, selected=selected, page=1))
            )
    if request.since or request.until:
        first = request.since.isoformat() if request.since else "最早"
        last = request.until.isoformat() if request.until else "最新"
        url = to_search(request, since=None, until=None, page=1)
        chips.append(Link(f"成文日期：{first} 至 {last}", url))
    if request.titles and request.query.text:
        chips.append(Link("只在标题里找", to_search(request, titles=False, page=1)))
    if request.literal:
        chips.append(Link("只搜原词", to_search(request, literal=False, page=1)))
    if request.ageless:
        chips.append(Link("不计新旧", to_search(request, ageless=False, page=1)))
    return tuple(chips)


def _pager(request: SearchRequest, pages: int) -> Pager:
    here = request.page
    near = range(here - AROUND, here + AROUND + 1)
    shown = sorted({1, pages, *(page for page in near if 1 <= page <= pages)})
    return Pager(
        previous=to_search(request, page=here - 1) if here > 1 else None,
        next=to_search(request, page=here + 1) if here < pages else None,
        pages=tuple(_with_gaps(request, shown)),
    )


def _with_gaps(request: SearchRequest, shown: Sequence[int]) -> list[Link]:
    links: list[Link] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            links.append(Link("…", ""))
        links.append(Link(str(page), to_search(request, page=page), page == request.page))
    return links


def _words(request: SearchRequest) -> tuple[Link, ...]:
    words = list(dict.fromkeys(request.query.text.split()))
    if len(words) < 2:
        return ()
    return tuple(
        Link(word, to_search(request, **_NOTHING_CHOSEN, text=word)) for word in words[:MOST_WORDS]
    )
