"""The search page: answers with facets, or the database to browse when search fails."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from documents import catalogue
from documents.models import Document
from documents.named import Named
from documents.standing import labelled
from portal.search_links import links_of, to_search
from portal.views.errors import bad_request, not_found
from portal.views.search_export import MOST
from portal.year_chart import year_chart
from search_indexes import searchlog
from search_indexes.facets import NOT_GIVEN
from search_indexes.finder import NoSuchPage, find
from search_indexes.form import (
    BadRequestParameter,
    request_from_parameters,
    unknown_parameters,
)
from search_indexes.query_sets import SearchUnavailable
from search_indexes.recommended import recommended
from search_indexes.request import SearchRequest, Sort, as_parameters
from search_indexes.results import DocumentHit, Facet, FacetValue, SearchPage

log = logging.getLogger(__name__)

SHOWN_VALUES = 12
"""Values of a facet shown before the rest folds away."""


Box = tuple[str, str, bool]
"""A value to tick, the number of its documents in figures, and whether it is ticked."""


@dataclass(frozen=True, slots=True)
class ShownFacet(Named):
    """A facet with its first values, and the rest behind a fold."""

    name: str
    label: str
    first: tuple[Box, ...]
    rest: tuple[Box, ...]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for the question in the address; a 发文字号 leads straight to its document."""
    try:
        asked = request_from_parameters(request.GET)
    except BadRequestParameter as error:
        return bad_request(request, str(error))
    asked = replace(asked, explain=_explained(request))
    try:
        page = find(asked)
    except NoSuchPage as error:
        return not_found(request, str(error))
    except SearchUnavailable:
        log.exception("The search failed; the reader was shown the database instead.")
        return _from_database(request, asked)
    if asked.page == 1 and asked.query.text:
        searchlog.asked(asked.query.text, page.count)
    if page.jump and not (asked.selected or asked.since or asked.until):
        return redirect(page.jump)
    notes = (*page.notes, *_left_out(request.GET))
    return render(request, "search/search.html", {**_context(asked, page), "notes": notes})


def _explained(request: HttpRequest) -> bool:
    """Whether an editor asks for the reasons of the order."""
    return bool(request.GET.get("explain")) and request.user.has_perm("documents.change_document")


def _left_out(parameters: QueryDict) -> tuple[str, ...]:
    """Says which parameters of the address the search does not know."""
    names = "、".join(f"“{name[:50]}”" for name in unknown_parameters(parameters)[:5])
    return (f"地址里的参数 {names} 不认识，没有用上。",) if names else ()


def _context(asked: SearchRequest, page: SearchPage) -> dict[str, object]:
    text = asked.query.text
    return {
        "page": page,
        "query_text": text,
        "query_string": f"?{urlencode({'q': text})}" if text else "",
        "sort": "" if asked.sort == Sort.RELEVANCE else asked.sort.value,
        "links": links_of(asked, page.pages),
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
        "literal": asked.literal,
        "ageless": asked.ageless,
        "titles": asked.titles,
        "years": next((year_chart(each) for each in page.facets if each.name == "year"), None),
        "follow_value": (follow := urlencode(_followed(asked))),
        "follow_feed": f"{reverse('feed-search')}?{follow}" if follow else "",
        "facets": [_shown(facet) for facet in page.facets],
        "hits": [(hit, _more(hit)) for hit in page.documents],
        "near_hits": [(hit, _more(hit)) for hit in page.nearest.documents] if page.nearest else [],
        "near_query": f"?{urlencode({'q': page.nearest.query})}" if page.nearest else "",
        "near_link": to_search(asked, text=page.nearest.query, page=1) if page.nearest else "",
        "export": f"{reverse('search-export')}?{urlencode(as_parameters(asked, page=1))}",
        "export_most": min(page.count, MOST),
        "recommended": recommended(asked),
        "may_say": searchlog.is_kept(text),
        "start": (page.page - 1) * asked.page_size + 1,
        "ways": SimpleLazyObject(_ways),
    }


def _followed(asked: SearchRequest) -> list[tuple[str, str]]:
    """The question without its order."""
    return as_parameters(asked, sort=Sort.RELEVANCE, ageless=False, page=1)


def _more(hit: DocumentHit) -> int:
    """How many sections matched beyond those shown."""
    return max(hit.section_count - len(hit.sections), 0)


def _shown(facet: Facet) -> ShownFacet:
    later = facet.values[SHOWN_VALUES:]
    first = (*facet.values[:SHOWN_VALUES], *(value for value in later if value.selected))
    rest = (value for value in later if not value.selected)
    return ShownFacet(facet.name, facet.label, tuple(map(_box, first)), tuple(map(_box, rest)))


def _box(value: FacetValue) -> Box:
    # In figures: a template would look up for each number how it is written here.
    return value.value, str(value.count), value.selected


def _from_database(request: HttpRequest, asked: SearchRequest) -> HttpResponse:
    text = asked.query.text
    found = _chosen(asked, text)
    matched = bool(text) and found.exists()
    if text and not matched:
        found = _chosen(asked)
    paginator = Paginator(found, asked.page_size)
    if asked.page > paginator.num_pages:
        return not_found(request, f"没有第 {asked.page} 页，一共 {paginator.num_pages} 页。")
    context = {
        "query_text": text,
        "matched": matched,
        "titles": asked.titles,
        "listing": paginator.page(asked.page),
        "links": links_of(asked, paginator.num_pages),
        "ways": _ways(),
    }
    return render(request, "search/unavailable.html", context, status=503)


def _chosen(asked: SearchRequest, words: str = "") -> QuerySet[Document]:
    """What the catalogue has for the ticks and days of *asked*."""
    found = catalogue.browse(asked.selected, words)
    for name in ("document_type", "content_type"):
        if values := asked.values(name):
            given = ["" if value == NOT_GIVEN else value for value in values]
            found = found.filter(**{f"{name}__in": given})
    if labels := asked.values("validity"):
        given = ["" if value == NOT_GIVEN else value for value in labels]
        found = labelled(found, given, timezone.localdate())
    if asked.since:
        found = found.filter(written_date__gte=asked.since)
    if asked.until:
        found = found.filter(written_date__lte=asked.until)
    return found


def _ways() -> dict[str, tuple[catalogue.Holding, ...]]:
    return {
        "districts": catalogue.districts(),
        "themes": catalogue.themes(),
        "years": catalogue.years(),
    }
