"""The answer to a search as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from documents.bookmark_export import escaped
from portal.views.errors import bad_request
from search_indexes.finder import find
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.query_sets import SearchUnavailable
from search_indexes.results import DocumentHit, SearchPage

log = logging.getLogger(__name__)

MOST = 500
"""Documents of one table; more would keep other readers waiting."""

COLUMNS = (
    "序号", "文件", "发文机关", "发文字号", "成文日期", "区", "主题", "命中处数",
    "章节", "摘录", "地址",
)  # fmt: skip


@require_safe
def search_export(request: HttpRequest) -> HttpResponse:
    """The first documents of the question in the address, a row for each section shown of them.

    CSV (RFC 4180) with a byte order mark; a last row says when there are more documents.
    """
    try:
        asked = request_from_parameters(request.GET, page_size=MOST)
    except BadRequestParameter as error:
        return bad_request(request, str(error))
    try:
        page = find(replace(asked, page=1))
    except SearchUnavailable:
        # The page of the search says what is wrong, and shows what the database has.
        log.exception("The search failed; no table could be made.")
        return redirect(f"{reverse('search')}?{request.GET.urlencode()}")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    base = request.build_absolute_uri("/").rstrip("/")
    writer.writerows(map(escaped, row) for row in _rows(page, base))
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="search.csv"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _rows(page: SearchPage, base: str) -> Iterator[tuple[str, ...]]:
    for number, hit in enumerate(page.documents, start=1):
        record = _record(number, hit)
        if not hit.sections:
            yield (*record, "", "", f"{base}{hit.url}")
        for section in hit.sections:
            text = "".join(piece.text for piece in section.excerpt)
            yield (*record, " › ".join(section.path), text, f"{base}{section.url}")
    if page.count > MOST:
        yield ("", f"共 {page.count} 份文件，这里是前 {MOST} 份；缩小范围可导出其余的。")


def _record(number: int, hit: DocumentHit) -> tuple[str, ...]:
    return (
        str(number), hit.title, "、".join(hit.issuers), hit.ref_no or "",
        hit.date.isoformat() if hit.date else "", hit.district or "", "、".join(hit.themes),
        str(hit.section_count) if hit.sections else "",
    )  # fmt: skip
