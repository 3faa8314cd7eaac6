"""Suggests titles, other names, numbers, issuers, themes and headings while a reader types."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Max

from documents.models import Document, OtherName, Section
from documents.querysets import DocumentQuerySet
from search_indexes.analysis import characters
from search_indexes.models import IndexChange
from search_indexes.phrases import Phrases

MOST = 8
MOST_TYPED = 40
LEAST_DOCUMENTS = 2
"""Documents that must share a heading before it is suggested; one alone is found by its title."""
LONGEST_HEADING = 30
AT_ONCE = 500
NOT_FOLLOWED = 2000
"""So many changes at once are read by starting anew."""


class Kind(StrEnum):
    """What a suggestion is; the order is that of the list where nothing else decides."""

    THEME = "theme"
    ISSUER = "issuer"
    HEADING = "heading"
    REF_NO = "ref_no"
    NAME = "name"
    TITLE = "title"


LABELS = {
    Kind.THEME: "主题",
    Kind.ISSUER: "发文机关",
    Kind.HEADING: "章节",
    Kind.REF_NO: "文号",
    Kind.NAME: "又称",
    Kind.TITLE: "标题",
}
ORDER = {kind: place for place, kind in enumerate(Kind)}
ONE_KIND = 4
"""Suggestions of one kind while there are others."""

Piece = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A piece of what is published; ``count`` is the number of documents that have it."""

    kind: Kind
    text: str
    count: int

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return LABELS[self.kind]


def suggest(typed: str, most: int = MOST) -> tuple[Suggestion, ...]:
    """At most *most* pieces of published documents that hold *typed*, those it begins first.

    *typed* is compared by characters, and where it is Latin letters also as full pinyin and as
    initials. What was withdrawn is never suggested, what was published is from the next call on.
    """
    wanted = characters(typed)
    if not wanted or len(wanted) > MOST_TYPED:
        return ()
    pieces, phrases = _catalogue.current()
    return _mixed(_ranked(pieces, phrases, wanted), most)


def _ranked(pieces: list[Suggestion], phrases: Phrases, wanted: str) -> list[Suggestion]:
    """What holds *wanted*: begun by it first, by characters before by sound, then by kind."""
    found = phrases.holding(wanted)

    def place(number: int) -> tuple[int, int, int, int]:
        piece = pieces[number]
        return found[number], ORDER[piece.kind], -piece.count, number

    return [pieces[number] for number in sorted(found, key=place)]


def _mixed(ranked: list[Suggestion], most: int) -> tuple[Suggestion, ...]:
    """The first *most*, no more than ONE_KIND of one kind unless the others run out."""
    seen: Counter[Kind] = Counter()
    chosen: list[Suggestion] = []
    rest: list[Suggestion] = []
    for piece in ranked:
        seen[piece.kind] += 1
        (chosen if seen[piece.kind] <= ONE_KIND else rest).append(piece)
        if len(chosen) == most:
            break
    return tuple((chosen + rest)[:most])


class _Catalogue:
    """Pieces by document, kept up to date by the journal of changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._seen: set[int] = set()
        self._documents: dict[int, tuple[Piece, ...]] = {}
        self._made: tuple[list[Suggestion], Phrases] = ([], Phrases(()))

    def current(self) -> tuple[list[Suggestion], Phrases]:
        """The pieces in a fixed order and the same as phrases to look in."""
        stamp = _stamp()
        if stamp != self._stamp:
            with self._lock:
                if stamp != self._stamp:
                    self._take_up()
                    self._stamp = stamp
        return self._made

    def forget(self) -> None:
        """Starts anew at the next question."""
        self._stamp = None

    def _take_up(self) -> None:
        rows = dict(IndexChange.objects.values_list("pk", "document"))
        news = rows.keys() - self._seen
        # Rows are deleted a day after they are applied: with a gap behind them nothing is certain.
        unbroken = self._stamp is not None and (not rows or bool(rows.keys() & self._seen))
        if unbroken and len(news) < NOT_FOLLOWED:
            changed = {rows[key] for key in news}
            for key in changed:
                self._documents.pop(key, None)
            self._documents |= _pieces(changed)
        else:
            self._documents = _pieces(None)
        self._seen = set(rows)
        self._made = _arranged(self._documents)


def _stamp() -> tuple[int, int]:
    found = IndexChange.objects.aggregate(last=Max("pk"), count=Count("pk"))
    return found["last"] or 0, found["count"]


def _pieces(keys: Iterable[int] | None) -> dict[int, tuple[Piece, ...]]:
    """What published documents (of *keys* only, if given) have to suggest, by document."""
    if keys is None:
        return _pieces_of(Document.objects.published())
    found: dict[int, tuple[Piece, ...]] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = Document.objects.published().filter(pk__in=wanted[start : start + AT_ONCE])
        found |= _pieces_of(some)
    return found


def _pieces_of(documents: DocumentQuerySet) -> dict[int, tuple[Piece, ...]]:
    found: dict[int, dict[Piece, None]] = {}
    for key, kind, text in _rows(documents):
        if text:
            found.setdefault(key, {})[kind, text] = None
    return {key: tuple(pieces) for key, pieces in found.items()}


def _rows(documents: DocumentQuerySet) -> Iterator[tuple[int, Kind, str]]:
    for key, title, number in documents.values_list("pk", "title", "ref_no"):
        yield key, Kind.TITLE, title
        yield key, Kind.REF_NO, number
    for key, name in OtherName.objects.filter(document__in=documents).values_list(
        "document_id", "name"
    ):
        yield key, Kind.NAME, name
    inside = Section.objects.filter(document__in=documents)
    for key, name in documents.filter(issuers__isnull=False).values_list("pk", "issuers__name"):
        yield key, Kind.ISSUER, name
    themed = inside.filter(themes__isnull=False).values_list("document_id", "themes__name")
    for key, name in themed.distinct():
        yield key, Kind.THEME, name
    headed = inside.filter(parent__isnull=False).exclude(heading="")
    for key, heading in headed.values_list("document_id", "heading").distinct():
        if len(heading) <= LONGEST_HEADING:
            yield key, Kind.HEADING, heading


def _arranged(documents: Mapping[int, tuple[Piece, ...]]) -> tuple[list[Suggestion], Phrases]:
    counts = Counter(piece for pieces in documents.values() for piece in pieces)
    chosen = [
        Suggestion(kind, text, count)
        for (kind, text), count in counts.items()
        if kind is not Kind.HEADING or count >= LEAST_DOCUMENTS
    ]
    chosen.sort(key=lambda each: (ORDER[each.kind], -each.count, len(each.text), each.text))
    return chosen, Phrases(each.text for each in chosen)


_catalogue = _Catalogue()


def warm_up() -> None:
    """Reads what is published now instead of at the first letter typed."""
    _catalogue.current()


def forget() -> None:
    """Starts anew at the next letter typed, as after a change of the database behind our back."""
    _catalogue.forget()
