"""Lists which documents cite one, by what they are to it, and which it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from documents.citation_links import At, Bearers
from documents.models import Document
from documents.reference_rows import Citing, Held
from documents.relations import BACKWARD, FORWARD, Relation, in_order, stronger

MOST_LISTED = 100
"""Citing documents listed on a page; the rest is for the search."""

LISTED = (Relation.BASED, Relation.CARRIES, Relation.APPLIES, Relation.EXPLAINS)
"""What a document's own page lists of those that it cites."""

Said = Mapping[str, tuple[Relation, str]]
"""What a document is to each name that it cites, and the place that says so."""


@dataclass(frozen=True, slots=True)
class CitedBy:
    """A published document that cites this one, and the place where it says what it is to it.

    ``printed`` is the name it is cited by, empty where that is its title or number.
    """

    document: Held
    url: str
    printed: str


@dataclass(frozen=True, slots=True)
class Related:
    """A document that this one cites, and ``place``, where its words say what it is to it."""

    document: Held
    url: str
    place: str


@dataclass(frozen=True, slots=True)
class CitingGroup:
    """Those that cite this document in one way, under the words for it (据此制定)."""

    label: str
    documents: tuple[CitedBy, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Those that this document rests on, carries out or explains, under the word for it (依据)."""

    label: str
    documents: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article of this document that others cite by its number; ``url`` leads to it."""

    number: str
    url: str
    citing: tuple[CitedBy, ...]


def says_more(kind: Relation, before: tuple[Relation, str] | None) -> bool:
    """Whether *kind* is to be noted: it says more, or names a place where only the title spoke."""
    if before is None or (before[0] == kind and not before[1]):
        return True
    return before[0] != kind and stronger(before[0], kind) == kind


def related_groups(said: Said, bearers: Bearers, document: Document) -> tuple[RelatedGroup, ...]:
    """Each document that is held under what it is to this one, once, by what says most."""
    found: dict[int, tuple[Relation, Related]] = {}
    for key, (kind, place) in said.items():
        fitting = bearers.get(key, ())
        if len(fitting) != 1 or fitting[0].document.pk == document.pk:
            continue
        held, anchor = fitting[0].document, fitting[0].anchor
        if (before := found.get(held.pk)) and stronger(before[0], kind) == before[0]:
            continue
        page = held.get_absolute_url()
        url = f"{page}#{anchor}" if anchor else page
        found[held.pk] = kind, Related(held, url, f"#{place}" if place else "")
    return tuple(
        RelatedGroup(FORWARD[kind], tuple(each for its, each in found.values() if its == kind))
        for kind in in_order(kind for kind, _ in found.values())
    )


def citing_groups(rows: Sequence[Citing], own: Document) -> tuple[CitingGroup, ...]:
    """The documents that cite *own* by what they are to it, each once, where it says most.

    MOST_LISTED of them at most.
    """
    kinds: dict[int, Relation] = {}
    for row in rows:
        kinds[row.document.pk] = stronger(kinds.get(row.document.pk, row.kind), row.kind)
    said = [row for row in rows if row.kind == kinds[row.document.pk]]
    left = MOST_LISTED
    found: list[CitingGroup] = []
    for kind in in_order(kinds.values()):
        if documents := _each_once((row for row in said if row.kind == kind), own)[:left]:
            found.append(CitingGroup(BACKWARD[kind], documents, kind is Relation.MENTIONS))
            left -= len(documents)
    return tuple(found)


def cited_articles(rows: Iterable[Citing], at: At, own: Document) -> tuple[CitedArticle, ...]:
    """The articles of *own* that *rows* name, in its order, each with who does so."""
    cited: dict[tuple[int, str], list[Citing]] = {}
    for row in rows:
        if row.article and (found := at.get((own.pk, row.article))):
            cited.setdefault(found, []).append(row)
    return tuple(
        CitedArticle(citing[0].article, f"#{anchor}", _each_once(citing, own))
        for (_, anchor), citing in sorted(cited.items())
    )


def _each_once(rows: Iterable[Citing], own: Document) -> tuple[CitedBy, ...]:
    """Each citing document with the first of its *rows*."""
    usual = {own.title, own.ref_no}
    listed: dict[int, CitedBy] = {}
    for row in rows:
        page = row.document.get_absolute_url()
        url = f"{page}#{row.anchor}" if row.anchor else page
        printed = "" if row.printed in usual else row.printed
        listed.setdefault(row.document.pk, CitedBy(row.document, url, printed))
    return tuple(listed.values())
