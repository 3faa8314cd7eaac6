"""A document's themes in order of strength: by how many of its sections each is earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from documents.models import Document
from documents.page_rows import ThemePlace, rows_of

MAIN = 5
"""Themes that a page names at once; a report on everything earns three times as many."""

TERMS = 6
"""Terms that are shown as a theme's evidence."""


@dataclass(frozen=True, slots=True)
class DocumentTheme:
    """A theme with the number of sections that have it and the terms found in most of them.

    Without ``terms`` it was given by a person or an import, not earned by the text.
    """

    name: str
    sections: int
    terms: tuple[str, ...]

    @property
    def extent(self) -> str:
        """In how many sections, for people; nothing for what was given as a whole."""
        return f"{self.sections} 节" if self.terms else ""


def themes_of_document(document: Document) -> tuple[DocumentTheme, ...]:
    """The themes of *document*, those of most sections first, then in the order of the list.

    Counting sections, not occurrences, keeps one long list of prizes from making a whole report
    one about prizes. One query.
    """
    return counted(rows_of(document.pk).themes)


def counted(places: Iterable[ThemePlace]) -> tuple[DocumentTheme, ...]:
    """The themes of *places*, in the same order."""
    sections: Counter[str] = Counter()
    terms: dict[str, Counter[str]] = {}
    for place in places:
        sections[place.theme] += 1
        terms.setdefault(place.theme, Counter()).update(place.terms)
    return tuple(
        DocumentTheme(name, count, tuple(term for term, _ in terms[name].most_common(TERMS)))
        for name, count in sections.most_common()
    )
