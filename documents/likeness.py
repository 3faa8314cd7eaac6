"""Finds sections of other districts and years on the same themes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from documents.models import Document
from documents.named import Named
from documents.page_rows import ThemePlace
from documents.whereabouts import address_of

MOST_ROWS = 300
"""Places of the themes that are looked through, those filed last; themes may have ten thousands,
and to sort all by date takes the database longer than all the rest of a page."""
MOST_A_DOCUMENT = 2
THEME_WORTH = 2
LABEL = 24

# What is shown of a section comes with it, so that there is one question; of a text its beginning.
# By hand: it is asked for every page that was not rendered before, and is sooner answered than
# built.
_LATEST = """
SELECT s.id, s.document_id, t.name, CAST(st.terms AS text), s.anchor, s.number, s.heading,
 SUBSTR(s.text, 1, 24), d.slug, d.district_id, l.name, CAST(d.written_date AS text)
 FROM documents_sectiontheme st
 JOIN documents_theme t ON t.id = st.theme_id
 JOIN documents_section s ON s.id = st.section_id
 JOIN documents_document d ON d.id = s.document_id
 LEFT JOIN documents_district l ON l.id = d.district_id
 WHERE d.status = 'published' AND st.id IN (
  SELECT u.id FROM documents_sectiontheme u JOIN documents_theme v ON v.id = u.theme_id
  WHERE v.name IN ({themes})
  AND u.section_id NOT IN (SELECT o.id FROM documents_section o WHERE o.document_id = %s)
  ORDER BY u.id DESC LIMIT %s)
 ORDER BY d.written_date IS NULL, d.written_date DESC, s.document_id DESC, s."order"
"""


@dataclass(frozen=True, slots=True)
class Place(Named):
    """A section of another document, as a list names it; ``year`` is empty where none is known."""

    slug: str
    anchor: str
    label: str
    district: str
    year: str

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"{address_of(self.slug)}#{self.anchor}"

    @property
    def key(self) -> str:
        """How the address of a comparison names it."""
        return key_of(self.slug, self.anchor)


@dataclass(frozen=True, slots=True)
class Like(Named):
    """A section of another document, with the one of ours that it is like, and by what.

    ``own_label`` and ``own_key`` are ours.
    """

    own_label: str
    own_key: str
    other: Place
    themes: tuple[str, ...]
    terms: tuple[str, ...]


_Row = tuple[int, int, str, str, str, str, str, str, str, int | None, str | None, str | None]
"""A row of `_LATEST`."""


@dataclass(frozen=True, slots=True)
class _Earned:
    """One section by key, with the themes it earned and the terms that earned each."""

    section: int | str
    document: int
    themes: dict[str, frozenset[str]] = field(default_factory=dict)


def key_of(slug: str, anchor: str) -> str:
    """``slug:anchor``."""
    return f"{slug}:{anchor}"


def label_of(number: str, heading: str, text: str) -> str:
    """What a section is called in a list; 三是 alone says nothing, so its text goes on."""
    return f"{number}{heading or text[:LABEL].replace(chr(9), ' ')}"


def like_sections(
    document: Document, places: Iterable[ThemePlace], labels: Mapping[str, str], limit: int
) -> tuple[Like, ...]:
    """Sections most like those of *document* that earned the themes of *places*; one query.

    Only published documents of another district or another year; the more themes and terms
    are shared, the earlier; at most two of one document. *labels* are those of ours by anchor.
    """
    own = _earned((each.anchor, document.pk, each.theme, each.terms) for each in places)
    themes = sorted({theme for each in own for theme in each.themes})
    if not themes:
        return ()
    others, rows = _others(document, themes)
    scored = [(max(_score(each, other) for each in own), other) for other in others]
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        _like(document, _nearest(own, other), other, labels, rows[other.section])
        for other in _few_each(scored, limit)
    )


def _like(
    document: Document, own: _Earned, other: _Earned, labels: Mapping[str, str], row: _Row
) -> Like:
    themes = tuple(theme for theme in own.themes if theme in other.themes)
    terms = sorted({term for theme in themes for term in own.themes[theme] & other.themes[theme]})
    return Like(
        own_label=labels.get(str(own.section), ""),
        own_key=key_of(document.slug, str(own.section)),
        other=_place(row),
        themes=themes,
        terms=tuple(terms),
    )


def _others(document: Document, themes: list[str]) -> tuple[list[_Earned], dict[int | str, _Row]]:
    """The latest sections of other documents with any of *themes*, and what is shown of each."""
    asked = _LATEST.format(themes=", ".join(["%s"] * len(themes)))
    with connection.cursor() as cursor:
        cursor.execute(asked, [*themes, document.pk, MOST_ROWS])
        rows: list[_Row] = cursor.fetchall()
    own = document.district_id, f"{document.year:04}" if document.year else ""
    elsewhere = [row for row in rows if (row[9], (row[11] or "")[:4]) != own]
    found = ((row[0], row[1], row[2], _terms(row[3])) for row in elsewhere)
    return _earned(found), {row[0]: row for row in reversed(elsewhere)}


@lru_cache(maxsize=1024)
def _terms(stored: str) -> frozenset[str]:
    """The terms of a place as they are kept: the same few again and again."""
    return frozenset(json.loads(stored))


def _place(row: _Row) -> Place:
    _, _, _, _, anchor, number, heading, text, slug, _, district, written = row
    label = label_of(number, heading, text)
    return Place(slug, anchor, label, district or "", (written or "")[:4].lstrip("0"))


def _earned(rows: Iterable[tuple[int | str, int, str, Iterable[str]]]) -> list[_Earned]:
    earned: dict[int | str, _Earned] = {}
    for section, document, theme, terms in rows:
        each = earned.get(section)
        if each is None:
            each = earned[section] = _Earned(section, document)
        each.themes[theme] = frozenset(terms)
    return list(earned.values())


def _nearest(own: Iterable[_Earned], other: _Earned) -> _Earned:
    return max(own, key=lambda each: _score(each, other))


def _score(own: _Earned, other: _Earned) -> float:
    shared = own.themes.keys() & other.themes.keys()
    if not shared:
        return 0.0
    terms: frozenset[str] = frozenset()
    for theme in shared:
        terms |= own.themes[theme] & other.themes[theme]
    every = len(own.themes) + len(other.themes) - len(shared)
    return (THEME_WORTH * len(shared) + len(terms)) / (every + 1)


def _few_each(scored: Iterable[tuple[float, _Earned]], limit: int) -> list[_Earned]:
    kept: list[_Earned] = []
    seen: dict[int, int] = {}
    for score, other in scored:
        number = seen.get(other.document, 0)
        if score and number < MOST_A_DOCUMENT and len(kept) < limit:
            kept.append(other)
            seen[other.document] = number + 1
    return kept
