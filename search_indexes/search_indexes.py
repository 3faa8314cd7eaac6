"""What goes into the index: one entry a section of a published document.

The name of this file is haystack's: under another one the list of indexes is silently empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from haystack import indexes
from haystack.constants import DJANGO_CT, DJANGO_ID, ID

from documents.models import Document, Section
from documents.standing import label_on
from search_indexes.analysis import characters, cutting, index_words
from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey, Shown, Words
from search_indexes.engine.queries import OTHER_NAME
from search_indexes.engine.values import Card
from search_indexes.facets import NOT_GIVEN
from search_indexes.reading import Held, held

_MODEL = "documents.section"


@dataclass(frozen=True, slots=True)
class _Context:
    """What every section of a document shares; made once for its sections in a row."""

    document: Document
    first: int
    card: Card
    title: tuple[str, ...]
    issuer: tuple[str, ...]
    ref_no: tuple[str, ...]
    every: tuple[str, ...]


class SectionIndex(indexes.SearchIndex, indexes.Indexable):  # type: ignore[misc]  # haystack is untyped
    """A section with its words, its bare characters and what its document says of itself.

    The first section of a document also holds the card of the whole document.
    """

    text = Words(document=True)
    headings = Words()
    context = Words()
    title_words = Words()
    issuer_words = Words()
    ref_no_words = Words()
    characters = Characters()
    document = DocumentKey()
    card = DocumentCard()
    shown = Shown()

    _latest: _Context | None = None

    def cut_by(self, terms: tuple[str, ...]) -> AbstractContextManager[None]:
        """Until it is left, sections are prepared for an index that is cut with *terms*."""
        return cutting(terms)

    def get_model(self) -> type[Section]:
        return Section

    def index_queryset(self, using: str | None = None) -> Any:
        return Section.objects.filter(document__in=Document.objects.published())

    def full_prepare(self, section: Section, with_string_facet: bool = True) -> dict[str, Any]:
        """What haystack's own gives, which asks every field about itself for every section."""
        key = str(section.pk)
        prepared = {ID: f"{_MODEL}.{key}", DJANGO_CT: _MODEL, DJANGO_ID: key}
        for name, prepare in self._prepared_by:
            prepared[name] = prepare(section)
        return prepared

    @cached_property
    def _prepared_by(self) -> list[tuple[str, Callable[[Section], Any]]]:
        return [
            (field.index_fieldname, getattr(self, f"prepare_{name}"))
            for name, field in self.fields.items()
        ]

    def prepare_text(self, section: Section) -> list[str]:
        return index_words(section.text)

    def prepare_headings(self, section: Section) -> list[str]:
        return [word for label in _path(section) for word in index_words(label)]

    def prepare_context(self, section: Section) -> tuple[str, ...]:
        return self._context(section).every

    def prepare_title_words(self, section: Section) -> tuple[str, ...]:
        return self._context(section).title

    def prepare_issuer_words(self, section: Section) -> tuple[str, ...]:
        return self._context(section).issuer

    def prepare_ref_no_words(self, section: Section) -> tuple[str, ...]:
        return self._context(section).ref_no

    def prepare_characters(self, section: Section) -> str:
        return characters(f"{section.number}{section.heading}{section.text}")

    def prepare_document(self, section: Section) -> int:
        return section.document_id

    def prepare_card(self, section: Section) -> Card | None:
        context = self._context(section)
        return context.card if section.pk == context.first else None

    def prepare_shown(self, section: Section) -> dict[str, Any]:
        return {
            "anchor": section.anchor,
            "path": _shown_path(section),
            "label": f"{section.number}{section.heading}",
            "text": section.text,
        }

    def _context(self, section: Section) -> _Context:
        if self._latest is None or self._latest.document is not section.document:
            self._latest = _context_of(section.document)
        return self._latest


def _path(section: Section) -> list[str]:
    """Numbered headings from the part down to the section itself."""
    labels: list[str] = []
    above: Section | None = section
    while above is not None:
        labels.append(f"{above.number}{above.heading}")
        above = above.parent
    return [label for label in reversed(labels) if label]


def _shown_path(section: Section) -> list[str]:
    """The path as shown: an own label even without a heading, and no repeated document title."""
    path = _path(section)
    if not (section.number or section.heading):
        path.append(section.label)
    if len(path) > 1 and path[0] == section.document.title:
        path = path[1:]
    return path


def _context_of(document: Document) -> _Context:
    known = held(document)
    titles = (document.title, *known.other_names)
    title = tuple(word for name in titles for word in index_words(name))
    issuer = tuple(word for name in known.known_as for word in index_words(name))
    ref_no = tuple(index_words(document.ref_no))
    return _Context(
        document=document,
        first=known.first,
        card=_card(document, known),
        title=title,
        issuer=issuer,
        ref_no=ref_no,
        every=title + issuer + ref_no,
    )


def _marked(names: Iterable[str]) -> Iterator[str]:
    """Other names as lines beside the title: a document answers to them as to that."""
    return (f"{OTHER_NAME}{characters(name)}" for name in names)


def validity_on(day: date, document: Document) -> str:
    """The value of the facet of validity; some change from one day to the next."""
    dates = document.effective_date, document.expiry_date
    return label_on(day, document.validity, *dates) or NOT_GIVEN


def _card(document: Document, known: Held) -> Card:
    district = document.district.name if document.district else None
    written = document.written_date
    return Card(
        key=document.pk,
        day=written.toordinal() if written else 0,
        version=document.version_hash,
        facets={
            "district": (district or NOT_GIVEN,),
            "year": (str(document.year) if document.year else NOT_GIVEN,),
            "theme": tuple(known.themes) or (NOT_GIVEN,),
            "issuer": tuple(dict.fromkeys(known.issuers)) or (NOT_GIVEN,),
            "document_type": (document.document_type or NOT_GIVEN,),
            "content_type": (document.content_type or NOT_GIVEN,),
            "validity": (validity_on(timezone.localdate(), document),),
        },
        fields={
            "title": "\n".join([characters(document.title), *_marked(known.other_names)]),
            "issuer": "\n".join(map(characters, known.known_as)),
            "ref_no": characters(document.ref_no),
        },
        shown={
            "id": document.public_id,
            "slug": document.slug,
            "title": document.title,
            "issuers": known.issuers,
            "ref_no": document.ref_no or None,
            "date": written.isoformat() if written else None,
            "district": district,
            "themes": known.themes,
            "other_names": known.other_names,
        },
    )
