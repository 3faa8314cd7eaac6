"""Reads who bears a name, who cites a document and where an article stands, in one question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

from documents.relations import Relation
from documents.whereabouts import address_of

MOST_CITING = 600
"""Citations of a document that are read."""

# By hand: every page that was not rendered before asks, and to build the question takes longer
# than to answer it. The state of a document is looked at afterwards: asked for in the database,
# SQLite begins with every published document.
_BEARERS = """
SELECT 0 AS kind, n.key, d.id, d.slug, d.title, d.status, n.anchor, '' AS printed, '' AS article,
 '' AS relation, 0 AS place
 FROM documents_documentname n JOIN documents_document d ON d.id = n.document_id
 WHERE n.key IN ({keys})
"""
# Those of names that are this document's alone: what says more than that it cites comes first,
# then the latest documents.
_CITING = """
UNION ALL SELECT * FROM (
 SELECT 1, c.key, d.id, d.slug, d.title, d.status, c.anchor, c.printed, c.article,
 c.kind, ROW_NUMBER() OVER (
  ORDER BY c.kind = '', d.written_date IS NULL, d.written_date DESC, d.id DESC, c.id) AS place
 FROM documents_citation c JOIN documents_document d ON d.id = c.document_id
 WHERE c.document_id <> %s AND c.key IN (
  SELECT n.key FROM documents_documentname n WHERE n.document_id = %s AND NOT EXISTS (
   SELECT 1 FROM documents_documentname o WHERE o.key = n.key AND o.document_id <> n.document_id
   AND (SELECT x.status FROM documents_document x WHERE x.id = o.document_id) = 'published'))
 ORDER BY place LIMIT %s) AS citing
"""
_ARTICLES = """
UNION ALL SELECT 2, s.number, s.document_id, '', '', '', s.anchor, '', '', '', s."order"
 FROM documents_section s WHERE s.number IN ({numbers}) AND s.document_id IN (
  SELECT n.document_id FROM documents_documentname n WHERE n.key IN ({keys}))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A published document, as far as a link to it needs it."""

    pk: int
    slug: str
    title: str

    def get_absolute_url(self) -> str:
        """The address of its page."""
        return address_of(self.slug)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A document that bears the name ``key``, and the anchor at which it does."""

    key: str
    document: Held
    anchor: str


@dataclass(frozen=True, slots=True)
class Citing:
    """Where a document cites the name ``key``, as ``printed``, what it is to it, and perhaps an
    article."""

    key: str
    document: Held
    anchor: str
    printed: str
    article: str
    kind: Relation


@dataclass(slots=True)
class ReferenceRows:
    """Bearers by name; citations as they are to be listed; places of articles (order, anchor)
    by document and number."""

    bearers: dict[str, list[Bearer]] = field(default_factory=dict)
    citing: list[Citing] = field(default_factory=list)
    articles: dict[tuple[int, str], list[tuple[int, str]]] = field(default_factory=dict)


def reference_rows(
    document: int, names: Collection[str], articles: Collection[str]
) -> ReferenceRows:
    """What published documents bear *names*, where they have *articles*, and who cites *document*
    by a name that no other published document bears; one query."""
    found = ReferenceRows()
    keys, numbers = sorted(names), sorted(articles)
    if not keys:
        return found
    places = ", ".join(["%s"] * len(keys))
    asked = [_BEARERS.format(keys=places), _CITING]
    given: list[str | int] = [*keys, document, document, MOST_CITING]
    if numbers:
        asked.append(_ARTICLES.format(numbers=", ".join(["%s"] * len(numbers)), keys=places))
        given += [*numbers, *keys]
    with connection.cursor() as cursor:
        cursor.execute("".join(asked), given)
        rows = cursor.fetchall()
    for kind, key, pk, slug, title, status, anchor, printed, article, relation, place in sorted(
        rows, key=lambda row: (row[0], row[-1])
    ):
        if kind == 2:
            found.articles.setdefault((pk, key), []).append((place, anchor))
        elif status == "published":
            held = Held(pk, slug, title)
            if kind == 0:
                found.bearers.setdefault(key, []).append(Bearer(key, held, anchor))
            else:
                found.citing.append(Citing(key, held, anchor, printed, article, Relation(relation)))
    return found
