"""Bookmarks: a reader marks a section, notes why, and finds the passage again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from documents.citations import FINGERPRINT_LENGTH
from documents.landing_values import State
from documents.landings import Found, Piece, find_all, mark_fields, side_by_side
from documents.models import Bookmark, BookmarkTag, Document, Section

QUOTE_LENGTH = 120
"""Characters kept of what the section said."""
MOST_TAGS = 20
LONGEST_NOTE = 2000


class NoSuchSection(LookupError):
    """The document has no section with this anchor (any more)."""


@dataclass(frozen=True, slots=True)
class KeptBookmark:
    """A bookmark beside what became of its passage.

    ``readable`` says that readers may open the document. ``anchor`` is where a link may lead:
    the passage's place now, None when there is none or it is not certain. ``old`` and ``new`` are
    the two wordings where they differ. ``span`` is where marked words certainly stand in the
    wording of their section now.
    """

    bookmark: Bookmark
    readable: bool
    state: State
    anchor: str | None
    label: str
    confidence: int
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    candidates: tuple[Section, ...] = ()
    tags: tuple[str, ...] = ()
    folders: tuple[int, ...] = ()
    span: tuple[int, int] | None = None

    @property
    def changed(self) -> bool:
        """Whether the passage is not certain to say what it said."""
        return self.state not in (State.EXACT, State.MOVED)

    @property
    def moved(self) -> bool:
        """Whether the passage stands at another anchor, word for word."""
        return self.state == State.MOVED


@dataclass(frozen=True, slots=True)
class Shelf:
    """One document with the reader's bookmarks in it, in reading order."""

    document: Document
    bookmarks: tuple[KeptBookmark, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the own bookmarks to show: words in any of their fields, a tag, a folder."""

    text: str = ""
    tag: str = ""
    folder: int | None = None
    keys: frozenset[int] | None = field(default=None)


def add(user: User, document: Document, anchor: str) -> Bookmark:
    """Marks a section for *user*; marking it again keeps the first mark with its note.

    Raises NoSuchSection.
    """
    section = document.sections.filter(anchor=anchor).first()
    if section is None:
        raise NoSuchSection("这份文件里没有这一节，可能刚刚修订过。请刷新页面后再收藏。")
    known = own(user, document).get(anchor)
    if known is not None:
        return Bookmark.objects.get(pk=known)
    fields = mark_fields(document, anchor)
    bookmark, _ = Bookmark.objects.get_or_create(
        user=user,
        document=document,
        anchor=anchor,
        fingerprint=fields.pop("fingerprint"),
        words_start=0,
        words_end=0,
        defaults={"heading": section.label, "quote": quote_of(section), **fields},
    )
    return bookmark


def annotate(bookmark: Bookmark, note: str) -> None:
    """Puts *note* (at most 2,000 characters) in place of the bookmark's note."""
    bookmark.note = note
    bookmark.save(update_fields=["note", "updated_at"])


@transaction.atomic
def tag(bookmark: Bookmark, names: Sequence[str]) -> None:
    """Gives the bookmark exactly these tags."""
    wanted = list(dict.fromkeys(names))[:MOST_TAGS]
    bookmark.tags.exclude(name__in=wanted).delete()
    held = set(bookmark.tags.values_list("name", flat=True))
    BookmarkTag.objects.bulk_create(
        BookmarkTag(bookmark=bookmark, name=name) for name in wanted if name not in held
    )


def remove(bookmark: Bookmark) -> None:
    """Takes the mark away, with its note."""
    bookmark.delete()


def quote_of(section: Section) -> str:
    """The beginning of what the section says, on one line."""
    text = section.text.replace("\n", "")
    return text if len(text) <= QUOTE_LENGTH else f"{text[:QUOTE_LENGTH]}…"


def own(user: User, document: Document) -> dict[str, int]:
    """The user's marked sections in *document*: key by the anchor where each certainly is now."""
    return certain(own_found(user, document))


def own_found(user: User, document: Document) -> list[tuple[Bookmark, Found]]:
    """All of the user's bookmarks in *document* with where each is now, the latest first."""
    rows = Bookmark.objects.filter(user=user, document=document).select_related("document")
    marks = list(rows.order_by("-created_at", "-pk"))
    found = find_all(marks) if marks else {}
    return [(row, found[row.pk]) for row in marks]


def certain(marks: Sequence[tuple[Bookmark, Found]]) -> dict[str, int]:
    """Keys of those of *marks* that are whole sections, by the anchor of the untouched passage."""
    places = {}
    for row, found in marks:
        landing = found.landing
        if landing.untouched and landing.anchor is not None and not row.words:
            places[landing.anchor] = row.pk
    return places


def fingerprint_link(section: Section) -> str:
    """An address that later says whether *section* still reads as it does now."""
    mark = section.fingerprint[:FINGERPRINT_LENGTH]
    values = {"d": section.document.slug, "a": section.anchor, "f": mark}
    return f"{reverse('verify')}?{urlencode(values)}"


def chosen(user: User, wanted: Wanted) -> QuerySet[Bookmark]:
    """The user's bookmarks that *wanted* describes, the latest first."""
    rows = Bookmark.objects.filter(user=user)
    if wanted.folder is not None:
        rows = rows.filter(places__folder=wanted.folder)
    if wanted.tag:
        rows = rows.filter(tags__name=wanted.tag)
    for word in wanted.text.split()[:10]:
        rows = rows.filter(
            Q(heading__icontains=word)
            | Q(wording__icontains=word)
            | Q(quote__icontains=word)
            | Q(note__icontains=word)
            | Q(document__title__icontains=word)
            | Q(document__ref_no__icontains=word)
            | Q(pk__in=BookmarkTag.objects.filter(name__icontains=word).values("bookmark"))
        )
    return rows


def tags_of(user: User) -> tuple[str, ...]:
    """All tags the user has given."""
    names = BookmarkTag.objects.filter(bookmark__user=user).values_list("name", flat=True)
    return tuple(sorted(set(names)))


def in_reading_order(rows: QuerySet[Bookmark]) -> list[int]:
    """Keys of *rows*: the document marked last first, in it by the order of its sections."""
    marks = list(rows.values_list("pk", "document_id", "anchor"))
    latest: dict[int, int] = {}
    for place, (_, document, _) in enumerate(marks):
        latest.setdefault(document, place)
    places = Section.objects.filter(document__in=latest, anchor__in={m[2] for m in marks})
    orders = {(d, a): o for d, a, o in places.values_list("document_id", "anchor", "order")}
    last = len(orders) + max(orders.values(), default=0) + 1
    marks.sort(key=lambda m: (latest[m[1]], orders.get((m[1], m[2]), last), m[0]))
    return [pk for pk, _, _ in marks]


@transaction.atomic
def kept(keys: Sequence[int]) -> tuple[KeptBookmark, ...]:
    """The bookmarks with these keys, in this order, each with what became of its passage.

    Reads bookmarks and sections as of one moment, in a fixed number of queries.
    """
    rows = (
        Bookmark.objects.filter(pk__in=keys)
        .select_related("document")
        .prefetch_related("tags", "places")
    )
    by_key = {row.pk: row for row in rows}
    found = find_all(by_key.values())
    return tuple(_kept(by_key[key], found[key]) for key in keys if key in by_key)


def shelves(marks: Sequence[KeptBookmark]) -> tuple[Shelf, ...]:
    """*marks* by document, in the order given."""
    return tuple(
        Shelf(rows[0].bookmark.document, tuple(rows))
        for rows in (
            list(run) for _, run in groupby(marks, key=lambda kept: kept.bookmark.document_id)
        )
    )


def _kept(bookmark: Bookmark, found: Found) -> KeptBookmark:
    landing, section = found.landing, found.section
    pieces: dict[str, Any] = {}
    if not landing.untouched and bookmark.document.is_published:
        old = bookmark.wording or bookmark.quote
        new = f"{section.heading}\n{section.text}" if section else ""
        pieces["old"], pieces["new"] = side_by_side(old, new) if new else ((Piece(old, False),), ())
    return KeptBookmark(
        bookmark=bookmark,
        readable=bookmark.document.is_published,
        state=landing.state,
        anchor=landing.anchor,
        label=section.label if section else bookmark.heading,
        confidence=round(landing.confidence * 100),
        candidates=found.candidates,
        tags=tuple(row.name for row in bookmark.tags.all()),
        folders=tuple(row.folder_id for row in bookmark.places.all()),
        span=(found.quote.start, found.quote.end) if found.quote else None,
        **pieces,
    )
