"""Reads who bears a name, who cites a document and where an article stands, in one question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from documents.models import Validity
from documents.relations import Relation
from documents.standing import label_on
from documents.whereabouts import address_of

MOST_CITATIONS = 600
"""Citations of a document that are read."""

# By hand: every page that was not rendered before asks, and to build the question takes longer
# than to answer it. The state of a document is looked at afterwards: asked for in the database,
# SQLite begins with every published document.
_HELD = """d.id, d.slug, d.title, d.ref_no,
 d.written_date, d.validity, d.effective_date, d.expiry_date, d.status"""
_BEARERS = """
SELECT 0 AS kind, n.key, {held}, n.anchor, '' AS printed, '' AS article,
 '' AS relation, 0 AS place
 FROM documents_documentname n JOIN documents_document d ON d.id = n.document_id
 WHERE n.key IN ({keys})
"""
# Those of names that are this document's alone: what says more than that it cites comes first,
# then the latest documents.
_CITING = """
UNION ALL SELECT * FROM (
 SELECT 1, c.key, {held}, c.anchor, c.printed, c.article,
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
UNION ALL SELECT 2, s.number, s.document_id, '', '', '', NULL, '', NULL, NULL, '',
 s.anchor, '', '', '', s."order"
 FROM documents_section s WHERE s.number IN ({numbers}) AND s.document_id IN (
  SELECT n.document_id FROM documents_documentname n WHERE n.key IN ({keys}))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A published document, as far as a link to it needs it, and what tells it from its like.

    ``state`` is its state where it is not simply in force: 已废止, 尚未施行.
    """

    pk: int
    slug: str
    title: str
    ref_no: str
    written: date | None
    state: str

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
    asked = [_BEARERS.format(keys=places, held=_HELD), _CITING.format(held=_HELD)]
    given: list[str | int] = [*keys, document, document, MOST_CITATIONS]
    if numbers:
        asked.append(_ARTICLES.format(numbers=", ".join(["%s"] * len(numbers)), keys=places))
        given += [*numbers, *keys]
    with connection.cursor() as cursor:
        cursor.execute("".join(asked), given)
        rows = cursor.fetchall()
    today = localdate()
    for kind, key, *held, anchor, printed, article, relation, place in sorted(
        rows, key=lambda row: (row[0], row[-1])
    ):
        if kind == 2:
            found.articles.setdefault((held[0], key), []).append((place, anchor))
        elif held.pop() == "published":
            its = _held(held, today)
            if kind == 0:
                found.bearers.setdefault(key, []).append(Bearer(key, its, anchor))
            else:
                citing = Citing(key, its, anchor, printed, article, Relation(relation))
                found.citing.append(citing)
    return found


def _held(row: Sequence[Any], today: date) -> Held:
    pk, slug, title, ref_no, written, validity, begins, ends = row
    label = label_on(today, validity, _day(begins), _day(ends))
    in_force = Validity.IN_FORCE.label
    return Held(pk, slug, title, ref_no, _day(written), "" if label == in_force else label)


def _day(value: date | str | None) -> date | None:
    """SQLite answers a question by hand with text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
