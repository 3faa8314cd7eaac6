"""The door of the reading room: strings and source blocks in, frozen values out; no Django."""

from documents.text.blocks import source_of_text
from documents.text.characters import fingerprint, fold
from documents.text.dates import parse_date
from documents.text.districts import SHANGHAI, District, district_of
from documents.text.kinds import DOCUMENT_TYPES, content_type_of, document_type_of
from documents.text.reading import read_source, read_text
from documents.text.reference_numbers import find_reference_numbers, parse_reference_number
from documents.text.themes import Theme, themes_of
from documents.text.values import (
    Cell,
    Element,
    ElementKind,
    Footnote,
    Found,
    How,
    Line,
    NoteMark,
    NotePlace,
    Paragraph,
    Reading,
    Record,
    ReferenceNumber,
    Repeal,
    Section,
    SectionKind,
    Source,
    Span,
    Table,
    Warning,
)

__all__ = [
    "DOCUMENT_TYPES",
    "SHANGHAI",
    "Cell",
    "District",
    "Element",
    "ElementKind",
    "Footnote",
    "Found",
    "How",
    "Line",
    "NoteMark",
    "NotePlace",
    "Paragraph",
    "Reading",
    "Record",
    "ReferenceNumber",
    "Repeal",
    "Section",
    "SectionKind",
    "Source",
    "Span",
    "Table",
    "Theme",
    "Warning",
    "content_type_of",
    "district_of",
    "document_type_of",
    "find_reference_numbers",
    "fingerprint",
    "fold",
    "parse_date",
    "parse_reference_number",
    "read_source",
    "read_text",
    "source_of_text",
    "themes_of",
]
