"""A document's whole content as one frozen Reading, and that Reading as JSON and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from documents.models import Document, FootnotePlace
from documents.models import Section as SectionRow
from documents.provenance import value_of
from documents.text import (
    Element,
    ElementKind,
    Footnote,
    Found,
    How,
    NotePlace,
    Reading,
    Record,
    ReferenceNumber,
    Repeal,
    Section,
    SectionKind,
    Warning,
)

DATES = ("written_date", "printed_date", "effective_date", "expiry_date")
"""The fields of a record that JSON holds as ISO dates."""


def reading_of(document: Document) -> Reading:
    """What the database now holds of *document*, corrections included."""
    record = record_of(document)
    return Reading(
        record=record,
        sections=sections_of(document.sections.order_by("order")),
        elements=tuple(
            Element(ElementKind(row.kind), row.text, row.part)
            for row in document.elements.order_by("order")
        ),
        footnotes=tuple(
            Footnote(row.mark, row.text, tuple(map(place_of, row.places.all())))
            for row in document.footnotes.order_by("order").prefetch_related("places__section")
        ),
        warnings=tuple(Warning(**warning) for warning in document.warnings),
        found=tuple(
            Found(row["field"], How(row["how"]), tuple(row["lines"]))
            for row in document.found
            if row["value"] == value_of(record, row["field"])
        ),
    )


def record_of(document: Document) -> Record:
    """The record as the document's own columns have it."""
    ref = None
    if document.ref_code and document.ref_year and document.ref_serial:
        ref = ReferenceNumber(document.ref_code, document.ref_year, document.ref_serial)
    return Record(
        title=document.title,
        issuers=document.issuer_names,
        ref_no=document.ref_no or None,
        ref=ref,
        written_date=document.written_date,
        printed_date=document.printed_date,
        district=document.district.name if document.district else None,
        document_type=document.document_type or None,
        content_type=document.content_type or None,
        recipients=document.recipients or None,
        cc=document.cc or None,
        disclosure=document.disclosure or None,
        effective_date=document.effective_date,
        expiry_date=document.expiry_date,
        repeals=tuple(
            Repeal(row.title or None, row.ref_no or None) for row in document.repeals.all()
        ),
    )


def sections_of(rows: Iterable[SectionRow]) -> tuple[Section, ...]:
    """Rows in reading order as frozen sections."""
    anchors: dict[int, str] = {}
    made = []
    for row in rows:
        anchors[row.pk] = row.anchor
        parent = anchors[row.parent_id] if row.parent_id else None
        made.append(
            Section(
                row.anchor, row.level, SectionKind(row.kind), row.number or None,
                row.heading or None, row.text, row.page, parent, row.ending or None,
            )
        )  # fmt: skip
    return tuple(made)


def dumped(reading: Reading) -> dict[str, Any]:
    """Plain values for a JSON column; ``loaded`` gives the same reading again."""
    content = asdict(reading)
    for name in DATES:
        day: date | None = content["record"][name]
        content["record"][name] = day.isoformat() if day else None
    return content


def loaded(content: dict[str, Any]) -> Reading:
    """What ``dumped`` dumped."""
    record = dict(content["record"])
    for name in DATES:
        record[name] = date.fromisoformat(record[name]) if record[name] else None
    record["issuers"] = tuple(record["issuers"])
    record["repeals"] = tuple(Repeal(**repeal) for repeal in record["repeals"])
    record["ref"] = ReferenceNumber(**record["ref"]) if record["ref"] else None
    return Reading(
        record=Record(**record),
        sections=tuple(
            Section(**{**section, "kind": SectionKind(section["kind"])})
            for section in content["sections"]
        ),
        elements=tuple(
            Element(**{**element, "kind": ElementKind(element["kind"])})
            for element in content["elements"]
        ),
        footnotes=tuple(map(_footnote, content["footnotes"])),
        warnings=tuple(Warning(**warning) for warning in content["warnings"]),
        found=tuple(
            Found(found["field"], How(found["how"]), tuple(found["lines"]))
            for found in content["found"]
        ),
    )


def place_of(row: FootnotePlace) -> NotePlace:
    """A row as a frozen value."""
    return NotePlace(row.section.anchor, row.paragraph, row.offset)


def _footnote(note: dict[str, Any]) -> Footnote:
    """A note; versions that were kept before places were known have none."""
    places = tuple(NotePlace(**place) for place in note.get("places", ()))
    return Footnote(note["mark"], note["text"], places)
