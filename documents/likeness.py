"""Finds sections of other districts and years on the same themes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.urls import reverse

from documents.models import Document
from documents.named import Named
from documents.page_rows import ThemePlace

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
        return f"{reverse('document', args=[self.slug])}#{self.anchor}"

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


@dataclass(frozen=True, slots=True)
class _Earned:
    """One section by key, with the themes it earned and the terms that earned each."""

    section: int | str
    document: int
    themes: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A section of ours and another one, by key, with what they share."""

    own: int | str
    other: int | str
    document: int
    themes: tuple[str, ...]
    terms: tuple[str, ...]


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
    others, shown = _others(document, themes)
    scored = [_best(each, own) for each in others]
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        Like(
            own_label=labels.get(str(pair.own), ""),
            own_key=key_of(document.slug, str(pair.own)),
            other=shown[pair.other],
            themes=pair.themes,
            terms=pair.terms,
        )
        for pair in _few_each((pair for _, pair in scored), limit)
    )


def _others(document: Document, themes: list[str]) -> tuple[list[_Earned], dict[int | str, Place]]:
    """The latest sections of other documents with any of *themes*, and what is shown of each."""
    asked = _LATEST.format(themes=", ".join(["%s"] * len(themes)))
    with connection.cursor() as cursor:
        cursor.execute(asked, [*themes, document.pk, MOST_ROWS])
        rows = cursor.fetchall()
    own_year = f"{document.year:04}" if document.year else ""
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    shown: dict[int | str, Place] = {}
    for section, held_by, theme, terms, anchor, number, heading, text, *of in rows:
        slug, district, district_name, written = of
        year = (written or "")[:4]
        if district == document.district_id and year == own_year:
            continue
        found.append((section, held_by, theme, tuple(json.loads(terms))))
        if section not in shown:
            label = label_of(number, heading, text)
            shown[section] = Place(slug, anchor, label, district_name or "", year.lstrip("0"))
    return _earned(found), shown


def _earned(rows: Iterable[tuple[int | str, int, str, tuple[str, ...]]]) -> list[_Earned]:
    earned: dict[int | str, _Earned] = {}
    for section, document, theme, terms in rows:
        each = earned.setdefault(section, _Earned(section, document))
        each.themes[theme] = frozenset(terms)
    return list(earned.values())


def _best(other: _Earned, own: Iterable[_Earned]) -> tuple[float, _Pair]:
    return max((_likeness(each, other) for each in own), key=lambda scored: scored[0])


def _likeness(own: _Earned, other: _Earned) -> tuple[float, _Pair]:
    themes = [theme for theme in own.themes if theme in other.themes]
    terms = sorted({term for theme in themes for term in own.themes[theme] & other.themes[theme]})
    every = len(own.themes.keys() | other.themes.keys())
    score = (THEME_WORTH * len(themes) + len(terms)) / (every + 1) if themes else 0.0
    return score, _Pair(own.section, other.section, other.document, tuple(themes), tuple(terms))


def _few_each(pairs: Iterable[_Pair], limit: int) -> list[_Pair]:
    kept: list[_Pair] = []
    seen: dict[int, int] = {}
    for pair in pairs:
        number = seen.get(pair.document, 0)
        if pair.themes and number < MOST_A_DOCUMENT and len(kept) < limit:
            kept.append(pair)
            seen[pair.document] = number + 1
    return kept
