"""A document's themes in order of strength: by how many of its sections each is earned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from documents.models import Document, SectionTheme

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
    rows = SectionTheme.objects.filter(section__document=document)
    places = rows.order_by("theme__order", "theme__name", "section__order")
    sections: Counter[str] = Counter()
    terms: dict[str, Counter[str]] = {}
    for name, found in places.values_list("theme__name", "terms"):
        sections[name] += 1
        terms.setdefault(name, Counter()).update(found)
    return tuple(
        DocumentTheme(name, count, tuple(term for term, _ in terms[name].most_common(TERMS)))
        for name, count in sections.most_common()
    )
