"""The shape in which a reading is printed and sent: see the `read` command."""

from __future__ import annotations

from typing import Any

from documents.text import Reading, Record


def reading_as_json(file: str, file_format: str, reading: Reading) -> dict[str, Any]:
    """One reading as plain values: unknown elements are null, dates are ISO 8601."""
    return {
        "file": file,
        "format": file_format,
        "metadata": _record(reading.record),
        "sections": [
            {
                "anchor": section.anchor,
                "level": section.level,
                "kind": section.kind.value,
                "number": section.number,
                "heading": section.heading,
                "text": section.text,
                "page": section.page,
            }
            for section in reading.sections
        ],
        "footnotes": [{"mark": note.mark, "text": note.text} for note in reading.footnotes],
        "warnings": [
            {"code": warning.code, "message": warning.message, "anchor": warning.anchor}
            for warning in reading.warnings
        ],
    }


def _record(record: Record) -> dict[str, Any]:
    ref = record.ref
    return {
        "title": record.title,
        "issuers": list(record.issuers),
        "ref_no": record.ref_no,
        "ref": {"code": ref.code, "year": ref.year, "serial": ref.serial} if ref else None,
        "written_date": record.written_date.isoformat() if record.written_date else None,
        "printed_date": record.printed_date.isoformat() if record.printed_date else None,
        "district": record.district,
        "document_type": record.document_type,
        "content_type": record.content_type,
        "recipients": record.recipients,
        "cc": record.cc,
        "disclosure": record.disclosure,
    }
