"""A SearchPage as the JSON that `find --json` and the API give alike."""

from __future__ import annotations

from typing import Any

from search_indexes.results import DocumentHit, Fragment, Nearest, SearchPage, SectionHit


def page_as_json(page: SearchPage) -> dict[str, Any]:
    """The shape of docs/search.md, made of JSON's own types."""
    return {
        "query": page.query,
        "count": page.count,
        "section_count": page.section_count,
        "page": page.page,
        "pages": page.pages,
        "milliseconds": page.milliseconds,
        "documents": [_document(hit) for hit in page.documents],
        "facets": {
            facet.name: [
                {"value": value.value, "count": value.count, "selected": value.selected}
                for value in facet.values
            ]
            for facet in page.facets
        },
        "suggestions": list(page.suggestions),
        "notes": list(page.notes),
        "jump": page.jump,
        "nearest": _nearest(page.nearest) if page.nearest else None,
        "synonyms": [{"term": each.term, "also": list(each.also)} for each in page.synonyms],
        "numbers": [
            {"ref_no": each.ref_no, "title": each.title, "url": each.url} for each in page.numbers
        ],
    }


def _nearest(nearest: Nearest) -> dict[str, Any]:
    return {
        "query": nearest.query,
        "dropped": list(nearest.dropped),
        "count": nearest.count,
        "section_count": nearest.section_count,
        "documents": [_document(hit) for hit in nearest.documents],
    }


def _document(hit: DocumentHit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "url": hit.url,
        "title": hit.title,
        "issuers": list(hit.issuers),
        "ref_no": hit.ref_no,
        "date": hit.date.isoformat() if hit.date else None,
        "district": hit.district,
        "themes": list(hit.themes),
        "score": hit.score,
        "section_count": hit.section_count,
        "sections": [_section(section) for section in hit.sections],
    }


def _section(hit: SectionHit) -> dict[str, Any]:
    return {
        "anchor": hit.anchor,
        "url": hit.url,
        "path": list(hit.path),
        "score": hit.score,
        "excerpt": [_fragment(fragment) for fragment in hit.excerpt],
    }


def _fragment(fragment: Fragment) -> dict[str, Any]:
    return {"text": fragment.text, "match": fragment.match}
