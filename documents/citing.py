"""Writes down the names that published documents go by, and what they cite.

Both kinds of rows stand for published documents alone and are written anew whenever one is
published, changed or withdrawn; documents.references reads them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from documents.mentions import articles_after, mentions_of, title_key
from documents.models import Citation, Document, DocumentName, Repeal, Section
from documents.relations import Reader, Relation, stronger
from documents.text import parse_reference_number
from documents.text.values import SectionKind

DOCUMENTS_AT_ONCE = 200
MAX_ARTICLE = 40

_ISSUED = re.compile(r"(?:印发|公布|发布)[《〈](.{4,160})[》〉]的(?:通知|公告|决定|令)$")


def names_of(
    title: str, ref_no: str, issuers: Iterable[str], parts: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """The keys under which a document may be cited, with the anchor each leads to.

    *parts* are (anchor, heading). Its title goes with and without the issuer in front; a
    document that issues another (关于印发《甲》的通知) also answers for that one.
    """
    names: dict[str, str] = {}
    ref = parse_reference_number(ref_no) if ref_no else None
    if ref:
        names[f"n:{ref}"] = ""
    fronts = {name for issuer in issuers for name in (issuer, issuer.removeprefix("上海市"))}
    for front in ("", *sorted(fronts)):
        if title.startswith(front):
            _name(names, title.removeprefix(front), "")
    for anchor, heading in parts:
        _name(names, heading, anchor)
    if issued := _ISSUED.search(title):
        _name(names, issued.group(1), "")
    return names


def note(document_ids: Sequence[int]) -> int:
    """Writes the names and citations of these documents anew; gives how many are published."""
    count = 0
    for start in range(0, len(document_ids), DOCUMENTS_AT_ONCE):
        some = document_ids[start : start + DOCUMENTS_AT_ONCE]
        DocumentName.objects.filter(document__in=some).delete()
        Citation.objects.filter(document__in=some).delete()
        documents = Document.objects.published().filter(pk__in=some).for_listing()
        sections: dict[int, list[Section]] = {document.pk: [] for document in documents}
        wanted = Section.objects.filter(document__in=sections).order_by("document", "order")
        for section in wanted.only("document_id", "anchor", "kind", "number", "heading", "text"):
            sections[section.document_id].append(section)
        repealed: dict[int, set[str]] = {document.pk: set() for document in documents}
        for pk, key in Repeal.objects.filter(document__in=repealed).values_list("document", "key"):
            repealed[pk].add(key)
        names, citations = [], []
        for document in documents:
            own = sections[document.pk]
            names += _name_rows(document, own)
            citations += _citation_rows(document, own, repealed[document.pk])
        DocumentName.objects.bulk_create(names, batch_size=2000)
        Citation.objects.bulk_create(citations, batch_size=2000)
        count += len(documents)
    return count


def hear_one(sender: Any, document_id: int, **kwargs: Any) -> None:
    """A document was published, changed or withdrawn."""
    note([document_id])


def hear_many(sender: Any, document_ids: Sequence[int], **kwargs: Any) -> None:
    """Many were loaded at once."""
    note(list(document_ids))


def _name(names: dict[str, str], title: str, anchor: str) -> None:
    key = title_key(title)
    if key:
        names.setdefault(key, anchor)


def _name_rows(document: Document, sections: Iterable[Section]) -> list[DocumentName]:
    parts = [(s.anchor, s.heading) for s in sections if s.kind == SectionKind.PART]
    names = names_of(document.title, document.ref_no, document.issuer_names, parts)
    return [DocumentName(document=document, key=key, anchor=at) for key, at in names.items()]


def _citation_rows(
    document: Document, sections: Iterable[Section], repealed: Collection[str]
) -> list[Citation]:
    """One row for each name and article; of several places the first that says most."""
    found: dict[tuple[str, str], Citation] = {}
    reader = Reader(document.title)
    for section in sections:
        text = f"{section.heading}\n{section.text}"
        for mention in mentions_of(text):
            kind = reader.relation(text, mention)
            if mention.key in repealed:
                kind = stronger(kind, Relation.REPEALS)
            for article in ("", *(each.number for each in articles_after(text, mention.end))):
                before = found.get((mention.key, article))
                if before and stronger(Relation(before.kind), kind) == before.kind:
                    continue
                found[mention.key, article] = Citation(
                    document=document, key=mention.key, printed=mention.printed[:200],
                    article=article[:MAX_ARTICLE], anchor=section.anchor, kind=kind.value,
                )  # fmt: skip
    for mention in mentions_of(document.title):
        kind = reader.by_title[mention.key]
        if kind is not Relation.MENTIONS and (mention.key, "") not in found:
            found[mention.key, ""] = Citation(
                document=document, key=mention.key, printed=mention.printed[:200], kind=kind.value
            )
    return list(found.values())
