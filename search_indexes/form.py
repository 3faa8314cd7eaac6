"""Turns an address's parameters into a SearchRequest, or says what is wrong with them."""

from __future__ import annotations

import re
from datetime import date

from django.http import QueryDict

from search_indexes.facets import FACETS
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest, Sort, titled

MAX_PAGE_SIZE = 100
MAX_VALUES = 100
"""Ticked values of one facet; more come from no form."""
MAX_PAGE = 1_000_000
KNOWN = frozenset(
    {
        "q",
        "in",
        "sort",
        "page",
        "page_size",
        "from",
        "to",
        "literal",
        "ageless",
        "explain",
        *(facet.name for facet in FACETS),
    }
)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadRequestParameter(ValueError):
    """A parameter the search cannot work with; the message names it, for people."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def request_from_parameters(
    parameters: QueryDict, *, strict: bool = False, page_size: int = 20
) -> SearchRequest:
    """The question in *parameters* (q, in, facets, from, to, sort, page; page_size when strict).

    Raises BadRequestParameter. Unknown parameters are an error only when *strict*: a page's
    address collects them from campaigns and other sites, and the page says that it left them out.
    """
    if strict:
        _refuse_unknown(parameters)
        page_size = _number(parameters, "page_size", page_size, MAX_PAGE_SIZE)
    since, until = _day(parameters, "from"), _day(parameters, "to")
    if since and until and since > until:
        raise BadRequestParameter("to", f"截止日期 {until} 早于起始日期 {since}，请对调。")
    query, titles = parse_query(parameters.get("q", "")), _titles(parameters)
    return SearchRequest(
        query=titled(query) if titles else query,
        titles=titles,
        selected=_selected(parameters),
        since=since,
        until=until,
        literal=parameters.get("literal", "") not in ("", "0"),
        ageless=parameters.get("ageless", "") not in ("", "0"),
        sort=_sort(parameters),
        page=_number(parameters, "page", 1, MAX_PAGE),
        page_size=page_size,
    )


def unknown_parameters(parameters: QueryDict) -> tuple[str, ...]:
    """The names in *parameters* that a search does not know, in order."""
    return tuple(name for name in parameters if name not in KNOWN)


def _refuse_unknown(parameters: QueryDict) -> None:
    for name in unknown_parameters(parameters):
        raise BadRequestParameter(
            name, f"没有名为 {name[:50]!r} 的参数；可用的是 {'、'.join(sorted(KNOWN))}。"
        )


def _selected(parameters: QueryDict) -> dict[str, tuple[str, ...]]:
    selected: dict[str, tuple[str, ...]] = {}
    for facet in FACETS:
        values = tuple(dict.fromkeys(filter(None, parameters.getlist(facet.name))))
        if len(values) > MAX_VALUES:
            raise BadRequestParameter(facet.name, f"“{facet.label}”一次最多选 {MAX_VALUES} 个。")
        if values:
            selected[facet.name] = values
    return selected


def _day(parameters: QueryDict, name: str) -> date | None:
    value = parameters.get(name, "").strip()
    if not value:
        return None
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # a day that no month has, refused below like any other text
    raise BadRequestParameter(
        name, f"{name} 应是一个日期，写成 2025-01-16 的样子，不能是 {value[:50]!r}。"
    )


def _titles(parameters: QueryDict) -> bool:
    value = parameters.get("in", "")
    if value not in ("", "title"):
        raise BadRequestParameter("in", f"in 只能是 title（只在标题里找），不能是 {value[:50]!r}。")
    return bool(value)


def _sort(parameters: QueryDict) -> Sort:
    value = parameters.get("sort") or Sort.RELEVANCE.value
    try:
        return Sort(value)
    except ValueError:
        known = "、".join(sort.value for sort in Sort)
        raise BadRequestParameter(
            "sort", f"不能按 {value[:50]!r} 排序；可用的是 {known}。"
        ) from None


def _number(parameters: QueryDict, name: str, default: int, largest: int) -> int:
    value = parameters.get(name) or str(default)
    # Only ASCII digits: int() would also read other scripts' and a sign.
    digits = value.isascii() and value.isdigit() and len(value) <= len(str(largest))
    if not digits or not 1 <= int(value) <= largest:
        raise BadRequestParameter(
            name, f"{name} 应是 1 到 {largest} 的整数，不能是 {value[:50]!r}。"
        )
    return int(value)
