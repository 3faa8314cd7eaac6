"""Reads the small things that a document's page is made of, all in one question.

Each has a table of its own, and most documents have a handful of each or none: what they cost is
the asking. The sections, which are many, are read apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from documents.models import DocumentElement, SourceFile
from documents.text import Footnote, NotePlace

_ROWS = """
SELECT 'issuer' AS kind, p."order" AS place, i.name AS a, '' AS b, '' AS c, 0 AS m, 0 AS n, 0 AS o
 FROM documents_documentissuer p JOIN documents_issuer i ON i.id = p.issuer_id
 WHERE p.document_id = %s
UNION ALL SELECT 'element', e."order", e.kind, e.text, '', e.part, 0, 0
 FROM documents_documentelement e WHERE e.document_id = %s
UNION ALL SELECT 'theme', t."order", t.name, CAST(st.terms AS text), s.anchor, s."order", 0, 0
 FROM documents_section s JOIN documents_sectiontheme st ON st.section_id = s.id
 JOIN documents_theme t ON t.id = st.theme_id WHERE s.document_id = %s
UNION ALL SELECT 'file', ROW_NUMBER() OVER (ORDER BY f.created_at DESC, f.id DESC),
 f.name, f.format, f.sha256, f.id, f.size, 0
 FROM documents_sourcefile f WHERE f.document_id = %s
UNION ALL SELECT 'former', 0, a.anchor, a.now_at, '', 0, 0, 0
 FROM documents_formeranchor a WHERE a.document_id = %s
UNION ALL SELECT 'note', n."order", n.mark, n.text, w.anchor, p.paragraph, p."offset", p.id
 FROM documents_documentfootnote n
 LEFT JOIN documents_footnoteplace p ON p.footnote_id = n.id
 LEFT JOIN documents_section w ON w.id = p.section_id
 WHERE n.document_id = %s
UNION ALL SELECT 'name', o."order", o.name, '', '', o.id, 0, 0
 FROM documents_othername o WHERE o.document_id = %s
"""

_SECTIONS = """
SELECT anchor, level, kind, number, heading, text, page, ending, fingerprint
 FROM documents_section WHERE document_id = %s ORDER BY "order"
"""

_Row = tuple[str, int, str, str, str, int, int, int]


class SectionRow(NamedTuple):
    """A section as far as its document's page shows it; see the model of that name."""

    anchor: str
    level: int
    kind: str
    number: str
    heading: str
    text: str
    page: int | None
    ending: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ThemePlace:
    """A theme that the section at ``anchor`` earned by ``terms``."""

    anchor: str
    theme: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageRows:
    """Each kind in its order: themes by the list's, then by the section's; files latest first.

    ``former`` are former anchors, each with the anchor at which its links land now.
    """

    issuers: tuple[str, ...] = ()
    elements: tuple[DocumentElement, ...] = ()
    themes: tuple[ThemePlace, ...] = ()
    files: tuple[SourceFile, ...] = ()
    former: tuple[tuple[str, str], ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    other_names: tuple[str, ...] = ()


def sections_of(document: int) -> list[SectionRow]:
    """Those of the document with this key in reading order; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SECTIONS, [document])
        return list(map(SectionRow._make, cursor.fetchall()))


def rows_of(document: int) -> PageRows:
    """Those of the document with this key; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [document] * _ROWS.count("%s"))
        found: dict[str, list[_Row]] = {}
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(row)

    def of(kind: str, order: Callable[[_Row], Any] = lambda row: row[1]) -> list[_Row]:
        return sorted(found.get(kind, ()), key=order)

    return PageRows(
        issuers=tuple(row[2] for row in of("issuer")),
        elements=tuple(
            DocumentElement(order=order, kind=kind, text=text, part=part)
            for _, order, kind, text, _, part, _, _ in of("element")
        ),
        themes=tuple(
            ThemePlace(anchor, name, tuple(json.loads(terms)))
            for _, _, name, terms, anchor, *_ in of("theme", lambda row: (row[1], row[2], row[5]))
        ),
        files=tuple(_file(document, row) for row in of("file")),
        former=tuple((anchor, now_at) for _, _, anchor, now_at, *_ in of("former")),
        footnotes=_footnotes(of("note", lambda row: (row[1], row[7] or 0))),
        other_names=tuple(row[2] for row in of("name", lambda row: (row[1], row[5]))),
    )


_FILE = ("id", "sha256", "name", "format", "size", "document_id")
"""As the model has them: from_db takes values in that order, whatever the names beside them."""


def _file(document: int, row: _Row) -> SourceFile:
    """All but its text, which is long and read when asked for."""
    _, _, name, format_, sha256, pk, size, _ = row
    values = (pk, sha256, name, format_, size, document)
    return SourceFile.from_db(connection.alias, _FILE, values)


def _footnotes(rows: Sequence[_Row]) -> tuple[Footnote, ...]:
    """One for each place in the list, with every place of its marks."""
    places: dict[tuple[int, str, str], list[NotePlace]] = {}
    for _, order, mark, text, anchor, paragraph, offset, pk in rows:
        here = places.setdefault((order, mark, text), [])
        if pk is not None:
            here.append(NotePlace(anchor, paragraph, offset))
    return tuple(Footnote(mark, text, tuple(found)) for (_, mark, text), found in places.items())
