"""Reads an uploaded file into lines, paragraphs and tables, whatever its format."""

from documents.extraction.errors import (
    Damaged,
    EmptyFile,
    Encrypted,
    ExtractionError,
    FormatMismatch,
    LimitExceeded,
    NoText,
    NotReadable,
    ReaderUnavailable,
    TooLarge,
    ToolMissing,
    UnsupportedFormat,
)
from documents.extraction.formats import Format, sniff
from documents.extraction.limits import MAX_BYTES, MAX_CHARACTERS, Limits
from documents.extraction.ocr import assemble, ocr_installed, pages_needing_ocr, recognise_page
from documents.extraction.whole import extract_file
from documents.extraction.wire import dump_source, load_source

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "Damaged",
    "EmptyFile",
    "Encrypted",
    "ExtractionError",
    "Format",
    "FormatMismatch",
    "LimitExceeded",
    "Limits",
    "NoText",
    "NotReadable",
    "ReaderUnavailable",
    "TooLarge",
    "ToolMissing",
    "UnsupportedFormat",
    "assemble",
    "dump_source",
    "extract_file",
    "load_source",
    "ocr_installed",
    "pages_needing_ocr",
    "recognise_page",
    "sniff",
]
