"""Writes what was read into the database: the record, the sections as a tree, their themes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from documents import duplicates
from documents.models import (
    Document,
    DocumentElement,
    DocumentFootnote,
    DocumentIssuer,
    FootnotePlace,
    Issuer,
    Repeal,
    Section,
    SectionTheme,
    Theme,
)
from documents.provenance import found_rows
from documents.register import Register
from documents.standing import repeal_rows
from documents.text import Reading, Record, fingerprint, themes_of
from documents.text import Section as ReadSection


@dataclass(frozen=True, slots=True)
class Filing:
    """A document about to be written with what was read of it.

    ``themes`` are given from outside for the whole document; its text then earns no others.
    """

    document: Document
    reading: Reading
    issuers: tuple[Issuer, ...]
    themes: tuple[Theme, ...] = ()

    def stamp(self) -> None:
        """Notes warnings, places of fields and version hash on the document; saves nothing."""
        self.document.warnings = [asdict(warning) for warning in self.reading.warnings]
        self.document.found = found_rows(self.reading)
        names = [issuer.name for issuer in self.issuers]
        self.document.version_hash = version_hash(self.document, names, self.reading.sections)


def apply_record(document: Document, record: Record) -> None:
    """Copies the elements of *record* that live on the document itself; saves nothing."""
    document.title = (record.title or document.title or "（无标题）")[:500]
    document.ref_no = record.ref_no or ""
    document.ref_code = record.ref.code if record.ref else ""
    document.ref_year = record.ref.year if record.ref else None
    document.ref_serial = record.ref.serial if record.ref else None
    document.written_date = record.written_date
    document.printed_date = record.printed_date
    document.document_type = record.document_type or ""
    document.content_type = record.content_type or ""
    document.recipients = record.recipients or ""
    document.cc = record.cc or ""
    document.disclosure = record.disclosure or ""
    document.effective_date = record.effective_date
    document.expiry_date = record.expiry_date


def file_all(filings: Sequence[Filing], register: Register) -> None:
    """Writes new documents with everything read of them; call it in a transaction.

    One insert a table and tree level, whatever the number of documents.
    """
    for filing in filings:
        filing.stamp()
    Document.objects.bulk_create([filing.document for filing in filings])
    write_contents(filings, register)


def file_again(filings: Sequence[Filing], register: Register) -> None:
    """Puts what was read in place of what saved documents held; call it in a transaction."""
    documents = [filing.document for filing in filings]
    for model in (Section, DocumentElement, DocumentFootnote, DocumentIssuer, Repeal):
        model._default_manager.filter(document__in=documents).delete()
    for filing in filings:
        filing.stamp()
        filing.document.save()
    write_contents(filings, register)


def write_contents(filings: Sequence[Filing], register: Register) -> None:
    """Writes all that was read of documents that are saved, beside their own columns."""
    DocumentIssuer.objects.bulk_create(
        DocumentIssuer(document=filing.document, issuer=issuer, order=order)
        for filing in filings
        for order, issuer in enumerate(filing.issuers)
    )
    DocumentElement.objects.bulk_create(
        DocumentElement(
            document=filing.document, order=order, part=item.part, kind=item.kind, text=item.text
        )
        for filing in filings
        for order, item in enumerate(filing.reading.elements)
    )
    Repeal.objects.bulk_create(
        row
        for filing in filings
        for row in repeal_rows(filing.document, filing.reading.record.repeals)
    )
    sections = _write_sections(filings)
    _write_footnotes(filings, sections)
    _write_themes(filings, sections, register)
    duplicates.write_signatures({filing.document.pk: _wording(filing) for filing in filings})


def _wording(filing: Filing) -> str:
    return "".join(
        f"{section.number or ''}{section.heading or ''}{section.text}"
        for section in filing.reading.sections
    )


def _write_sections(filings: Sequence[Filing]) -> dict[tuple[int, str], Section]:
    """Level by level, because a child needs its parent's key."""
    written: dict[tuple[int, str], Section] = {}
    levels: dict[int, list[tuple[Document, int, ReadSection]]] = {}
    for filing in filings:
        for order, section in enumerate(filing.reading.sections):
            levels.setdefault(section.level, []).append((filing.document, order, section))
    for level in sorted(levels):
        rows = []
        for document, order, section in levels[level]:
            row = _row(document, order, section)
            if section.parent is not None:
                row.parent = written[document.pk, section.parent]
            rows.append(row)
            written[document.pk, section.anchor] = row
        Section.objects.bulk_create(rows, batch_size=2000)
    return written


def _row(document: Document, order: int, section: ReadSection) -> Section:
    return Section(
        document=document,
        order=order,
        anchor=section.anchor,
        level=section.level,
        kind=section.kind,
        number=section.number or "",
        heading=section.heading or "",
        ending=section.ending or "",
        text=section.text,
        page=section.page,
        fingerprint=section_fingerprint(section),
    )


def section_fingerprint(section: ReadSection | Section) -> str:
    """What a bookmark compares: heading and own text, punctuation, spaces and width aside."""
    return fingerprint(f"{section.heading or ''}\n{section.text}")


def _write_footnotes(filings: Sequence[Filing], sections: dict[tuple[int, str], Section]) -> None:
    rows = [
        (DocumentFootnote(document=filing.document, order=order, mark=n.mark[:20], text=n.text), n)
        for filing in filings
        for order, n in enumerate(filing.reading.footnotes)
    ]
    DocumentFootnote.objects.bulk_create(row for row, _ in rows)
    FootnotePlace.objects.bulk_create(
        FootnotePlace(
            footnote=row,
            section=sections[row.document_id, place.anchor],
            paragraph=place.paragraph,
            offset=place.offset,
        )
        for row, note in rows
        for place in note.places
    )


def _write_themes(
    filings: Sequence[Filing], sections: dict[tuple[int, str], Section], register: Register
) -> None:
    rows = [
        SectionTheme(section=sections[filing.document.pk, read.anchor], theme=theme, terms=terms)
        for filing in filings
        for read in filing.reading.sections
        for theme, terms in _themes_of(filing, read, register)
    ]
    SectionTheme.objects.bulk_create(rows, batch_size=2000)


def _themes_of(
    filing: Filing, section: ReadSection, register: Register
) -> list[tuple[Theme, list[str]]]:
    """Themes given from outside stand at the head of each part; else the text earns its own."""
    if filing.themes:
        return [(theme, []) for theme in filing.themes] if section.level == 1 else []
    found = themes_of(f"{section.heading or ''}\n{section.text}", register.vocabulary)
    return [(register.themes[theme.name], [term for term, _ in theme.terms]) for theme in found]


def version_hash(
    document: Document,
    issuers: Iterable[str],
    sections: Iterable[ReadSection | Section],
) -> str:
    """SHA-256 in hex over all that readers and the index see of a document's own content."""
    record = [
        document.title,
        list(issuers),
        document.ref_no,
        document.written_date.isoformat() if document.written_date else None,
        document.district.name if document.district else None,
        document.slug,
    ]
    digest = hashlib.sha256(json.dumps(record, ensure_ascii=False).encode())
    for section in sections:
        row = [section.anchor, section.level, section.number or "", section.heading or ""]
        ending = [section.ending] if section.ending else []
        digest.update(json.dumps([*row, section.text, *ending], ensure_ascii=False).encode())
    return digest.hexdigest()


def current_version_hash(document: Document) -> str:
    """The version hash of what the database now holds of *document*."""
    names = document.issuer_places.order_by("order").values_list("issuer__name", flat=True)
    return version_hash(document, names, document.sections.order_by("order"))
