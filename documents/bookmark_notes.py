"""Finds the notes that a document itself has at what readers marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from documents.bookmarks import KeptBookmark
from documents.models import Bookmark, FootnotePlace
from documents.quotes import lines_of


def notes_in(marks: Sequence[KeptBookmark]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Mark and text of the notes that stand in each of *marks*, by the bookmark's key; one query.

    Only where the passage is untouched: a note of other words would be put to these.
    """
    places = defaultdict(list)
    rows = FootnotePlace.objects.filter(
        section__document__in={mark.bookmark.document_id for mark in marks},
        section__anchor__in={mark.anchor for mark in marks if mark.anchor},
    ).select_related("footnote", "section")
    for row in rows.order_by("footnote__order", "pk"):
        places[row.section.document_id, row.section.anchor].append(row)
    return {
        mark.bookmark.pk: tuple(
            dict.fromkeys((p.footnote.mark, p.footnote.text) for p in here if _holds(mark, p))
        )
        for mark in marks
        if not mark.changed and (here := places.get((mark.bookmark.document_id, mark.anchor or "")))
    }


def _holds(mark: KeptBookmark, place: FootnotePlace) -> bool:
    """Whether the note's mark stands in the words marked, or right behind them."""
    bookmark: Bookmark = mark.bookmark
    if not bookmark.words or mark.span is None:
        return not bookmark.words
    wording = f"{place.section.heading}\n{place.section.text}"
    return any(
        number == place.paragraph and start < place.offset <= end
        for number, start, end in lines_of(wording, mark.span)
    )
