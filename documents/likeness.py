"""Finds sections of other districts and years on the same themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from documents.models import Document, Section, SectionTheme, Status

MOST_ROWS = 300
"""Places of the themes that are looked through, those filed last; themes may have ten thousands,
and to sort all by date takes the database longer than all the rest of a page."""
MOST_A_DOCUMENT = 2
THEME_WORTH = 2
LABEL = 24


@dataclass(frozen=True, slots=True)
class Like:
    """A section of another document with the section of ours it is like, and by what."""

    own: Section
    other: Section
    themes: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def label(self) -> str:
        """What the other section is called; 三是 alone says nothing, so its text goes on."""
        named = self.other.heading or self.other.text.replace("\t", " ")[:LABEL]
        return f"{self.other.number}{named}"

    @property
    def own_label(self) -> str:
        """The same for ours."""
        named = self.own.heading or self.own.text.replace("\t", " ")[:LABEL]
        return f"{self.own.number}{named}"

    @property
    def own_key(self) -> str:
        """Our section as the comparison's address names it."""
        return key_of(self.own)

    @property
    def other_key(self) -> str:
        """The other section as the comparison's address names it."""
        return key_of(self.other)


@dataclass(frozen=True, slots=True)
class _Earned:
    """One section by key, with the themes it earned and the terms that earned each."""

    section: int
    document: int
    themes: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A section of ours and another one, by key, with what they share."""

    own: int
    other: int
    document: int
    themes: tuple[str, ...]
    terms: tuple[str, ...]


def key_of(section: Section) -> str:
    """``slug:anchor``."""
    return f"{section.document.slug}:{section.anchor}"


def like_sections(document: Document, limit: int, anchor: str = "") -> tuple[Like, ...]:
    """Sections most like those of *document*, or like the one at *anchor*; three queries.

    Only published documents of another district or another year; the more themes and terms
    are shared, the earlier; at most two of one document.
    """
    own_rows = SectionTheme.objects.filter(section__document=document)
    own = _earned(own_rows.filter(section__anchor=anchor) if anchor else own_rows)
    themes = {theme for each in own for theme in each.themes}
    if not themes:
        return ()
    latest = SectionTheme.objects.filter(theme__name__in=themes).order_by("-pk")
    rows = (
        SectionTheme.objects.filter(
            pk__in=latest.exclude(section__in=document.sections.all()).values("pk")[:MOST_ROWS],
            section__document__status=Status.PUBLISHED,
        )
        .exclude(
            section__document__district=document.district_id,
            section__document__written_date__year=document.year,
        )
        .order_by("-section__document__written_date", "section__document", "section__order")
    )
    scored = [_best(each, own) for each in _earned(rows)]
    scored.sort(key=lambda pair: -pair[0])
    return _read(_few_each((pair for _, pair in scored), limit))


def _earned(rows: QuerySet[SectionTheme]) -> list[_Earned]:
    earned: dict[int, _Earned] = {}
    # Bare values: the texts of hundreds of sections are not needed to choose among them.
    columns = rows.values_list("section_id", "section__document_id", "theme__name", "terms")
    for section, document, theme, terms in columns:
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


def _read(pairs: Sequence[_Pair]) -> tuple[Like, ...]:
    sections = Section.objects.select_related("document__district")
    read = sections.in_bulk({key for pair in pairs for key in (pair.own, pair.other)})
    return tuple(Like(read[pair.own], read[pair.other], pair.themes, pair.terms) for pair in pairs)
