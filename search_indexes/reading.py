"""Reads published documents and their sections for the index, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter

from documents.models import (
    Document,
    DocumentIssuer,
    IssuerName,
    OtherName,
    Section,
    SectionTheme,
)

DOCUMENTS_AT_ONCE = 100

OF_DOCUMENT = (
    *("public_id", "slug", "title", "ref_no", "written_date", "document_type", "content_type"),
    *("validity", "effective_date", "expiry_date", "version_hash", "district__name"),
)
"""What of a document goes into the index; its long lists in JSON are not read."""

OF_SECTION = ("document", "parent", "order", "anchor", "number", "heading", "text")

HELD = "_held_for_the_index"


@dataclass(frozen=True, slots=True)
class Held:
    """What other tables say of a document: its first section, issuers, themes and other names.

    ``issuers`` are their names in printed order, ``known_as`` those and then all the issuers'
    other names; ``other_names`` are the document's.
    """

    first: int
    issuers: list[str]
    known_as: list[str]
    themes: list[str]
    other_names: list[str]


def published_sections(keys: Iterable[int] | None = None) -> Iterator[Section]:
    """Sections of published documents (of *keys* only, if given), document by document, in order.

    Each comes with its document and its parents, so that indexing one asks the database nothing.
    """
    wanted = Document.objects.published()
    if keys is not None:
        wanted = wanted.filter(pk__in=list(keys))
    numbers = list(wanted.order_by("pk").values_list("pk", flat=True))
    for some in batched_keys(numbers):
        published = Document.objects.published().filter(pk__in=some)
        documents = published.select_related("district").only(*OF_DOCUMENT).in_bulk()
        named = _named(documents)
        # Not by "document": that would be in the order in which documents are listed.
        rows = Section.objects.filter(document__in=documents).order_by("document_id", "order")
        for key, own in groupby(rows.only(*OF_SECTION), attrgetter("document_id")):
            sections = list(own)
            setattr(documents[key], HELD, Held(sections[0].pk, *named[key]))
            yield from _related(documents[key], sections)


def held(document: Document) -> Held:
    """What was read with many others, or is read now."""
    known: Held | None = getattr(document, HELD, None)
    if known is None:
        first = document.sections.order_by("order").values_list("pk", flat=True)[0]
        known = Held(first, *_named([document.pk])[document.pk])
        setattr(document, HELD, known)
    return known


def batched_keys(keys: Iterable[int], size: int = DOCUMENTS_AT_ONCE) -> Iterator[list[int]]:
    """*keys* in lists of at most *size*."""
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some


def _related(document: Document, sections: Iterable[Section]) -> Iterator[Section]:
    by_key: dict[int, Section] = {}
    for section in sections:
        section.document = document
        if section.parent_id is not None:
            section.parent = by_key[section.parent_id]
        by_key[section.pk] = section
        yield section


def _named(documents: Iterable[int]) -> dict[int, tuple[list[str], ...]]:
    """What `Held` says of each of *documents* after the first section, in five queries at most."""
    found: dict[int, tuple[list[str], ...]]
    found = {document: ([], [], [], []) for document in documents}
    places = DocumentIssuer.objects.filter(document__in=found).order_by("order")
    printed = list(places.values_list("document", "issuer", "issuer__name"))
    others: dict[int, list[str]] = {}
    names = IssuerName.objects.filter(issuer__in={issuer for _, issuer, _ in printed})
    for issuer, name in names.order_by("name").values_list("issuer", "name"):
        others.setdefault(issuer, []).append(name)
    for document, _, name in printed:
        found[document][0].append(name)
        found[document][1].append(name)
    for document, issuer, _ in printed:
        found[document][1].extend(others.get(issuer, ()))
    held_themes = SectionTheme.objects.filter(section__document__in=found)
    themes = held_themes.order_by("theme__order", "theme__name").distinct()
    for document, _, name in themes.values_list("section__document", "theme__order", "theme__name"):
        found[document][2].append(name)
    also = OtherName.objects.filter(document__in=found).order_by("order", "pk")
    for document, name in also.values_list("document", "name"):
        found[document][3].append(name)
    return found
