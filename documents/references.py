"""Knows which documents cite which: names in 《》 and reference numbers, resolved or missing.

Two kinds of rows stand for published documents alone and are written whenever one is published,
changed or withdrawn: the names it goes by, and the names it cites. A page then needs two
queries, and a citation leads somewhere only while exactly one published document fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef

from documents.models import Citation, Document, DocumentName, Section
from documents.text import find_reference_numbers, parse_reference_number
from documents.text.characters import skeleton
from documents.text.values import SectionKind

MAX_KEY = 200
DOCUMENTS_AT_ONCE = 200
MOST_CITING = 100
"""Citing documents listed on a page; the rest is for the search."""

_TITLE = re.compile(r"《((?:[^《》\n]|《[^《》\n]{1,80}》){2,160})》")
_NUMBER = re.compile(
    r"[\u3400-\u9fff]{1,16}\s*[〔﹝［\[【（(〈]\s*[12１２]\d{3}\s*年?\s*[〕﹞］\]】）)〉]"
    r"\s*(?:第\s*)?\d{1,5}\s*号"
)
_ISSUED = re.compile(r"(?:印发|公布|发布)[《〈](.{4,160})[》〉]的(?:通知|公告|决定|令)$")
# Words that any body's paper may bear; what is left must tell one document from the others.
_COMMON = re.compile(
    r"\d+|年度?|关于|印发|工作|总结|要点|计划|方案|通知|意见|办法|规定|细则|规划|纲要|附件|情况|报告"
    r"|实施|行动|管理|重点|任务|分工|若干|措施|政策|条例|试行|修订|暂行|全区|全市|本区|我区"
)
LEAST_TELLING = 3
# 《营业执照》 and the like are papers of a case, not documents anybody could publish.
_CERTIFICATE = re.compile(r"(?:证|证书|证明|执照|表|(?:通知|申请|决定|意见|责任|承诺|委托)书)$")
_LINKED = ("anchor", "document__slug", "document__title", "document__status")
"""What a link to a document needs of a row and of the document."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name cited in a text, from ``start`` to ``end``, under the key all its spellings share."""

    start: int
    end: int
    key: str
    printed: str


@dataclass(frozen=True, slots=True)
class CitationLink:
    """Where a mention leads: the one published document that fits, or a part of this one."""

    start: int
    end: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class CitedBy:
    """A published document that cites this one, and the place where it does so first."""

    title: str
    url: str
    printed: str


@dataclass(frozen=True, slots=True)
class References:
    """What leads from a page to other documents and from others to it."""

    links: Mapping[tuple[str, int], tuple[CitationLink, ...]]
    cited_by: tuple[CitedBy, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that ``count`` published documents cite and no published document bears."""

    printed: str
    count: int
    example: Document | None


def mentions_of(text: str) -> tuple[Mention, ...]:
    """The names in 《》 and the reference numbers in *text*, in order and apart.

    A number inside a title is part of that title. Names too common to tell one document from
    others (《工作要点》) are left out.
    """
    found = [*_titles(text), *_numbers(text)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    apart: list[Mention] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return tuple(apart)


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


def references_of(
    document: Document,
    texts: Iterable[tuple[tuple[str, int], str]],
    parts: Iterable[tuple[str, str]],
) -> References:
    """Links for the mentions in *texts* (place, text), and who cites *document*; two queries."""
    mentions = {place: found for place, text in texts if (found := mentions_of(text))}
    own = names_of(document.title, document.ref_no, document.issuer_names, parts)
    keys = {mention.key for found in mentions.values() for mention in found} | set(own)
    bearers = _bearers(keys)
    links = {place: tuple(_links(found, bearers, document)) for place, found in mentions.items()}
    mine = [
        key for key in own if {row.document_id for row in bearers.get(key, ())} == {document.pk}
    ]
    return References({place: found for place, found in links.items() if found},
                      _cited_by(document, mine))  # fmt: skip


def missing(limit: int) -> tuple[Missing, ...]:
    """What is cited most and not held, for editors who decide what to bring in next."""
    # Both tables hold rows of published documents alone; asking for the status again makes
    # SQLite look at every document for every citation.
    held = DocumentName.objects.filter(key=OuterRef("key"))
    rows = (
        Citation.objects.filter(~Exists(held))
        .values("key")
        .annotate(citing=Count("document"), shown=Min("printed"), example=Min("document"))
        .order_by("-citing", "shown")[:limit]
    )
    found = list(rows)
    examples = Document.objects.in_bulk([row["example"] for row in found])
    return tuple(
        Missing(row["shown"], row["citing"], examples.get(row["example"])) for row in found
    )


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
        names, citations = [], []
        for document in documents:
            own = sections[document.pk]
            names += _name_rows(document, own)
            citations += _citation_rows(document, own)
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


def _titles(text: str) -> Iterator[Mention]:
    for match in _TITLE.finditer(text):
        key = _title_key(match.group(1))
        if key:
            yield Mention(match.start(1), match.end(1), key, match.group(1))


def _numbers(text: str) -> Iterator[Mention]:
    if "号" not in text:  # looking at every character for a number's beginning takes longer
        return
    for match in _NUMBER.finditer(text):
        found = find_reference_numbers(match.group())
        if not found:
            continue
        ref = found[-1]
        # Words that ran into the code (根据国发…) are not part of the number.
        start = match.start() + max(match.group().find(ref.code), 0)
        key = f"n:{ref}"
        yield Mention(start, match.end(), key, " ".join(text[start : match.end()].split()))


def _title_key(title: str) -> str:
    bare = skeleton(title)
    if _CERTIFICATE.search(bare):
        return ""
    return f"t:{bare}"[:MAX_KEY] if len(_COMMON.sub("", bare)) >= LEAST_TELLING else ""


def _name(names: dict[str, str], title: str, anchor: str) -> None:
    key = _title_key(title)
    if key:
        names.setdefault(key, anchor)


def _bearers(keys: Iterable[str]) -> dict[str, list[DocumentName]]:
    bearers: dict[str, list[DocumentName]] = {}
    rows = (
        DocumentName.objects.filter(key__in=keys).select_related("document").only("key", *_LINKED)
    )
    # Asked in the database, the status makes SQLite begin with every published document.
    for row in rows:
        if row.document.is_published:
            bearers.setdefault(row.key, []).append(row)
    return bearers


def _links(
    mentions: Iterable[Mention], bearers: Mapping[str, list[DocumentName]], document: Document
) -> Iterator[CitationLink]:
    for mention in mentions:
        fitting = bearers.get(mention.key, ())
        if len(fitting) != 1:
            continue
        target, anchor = fitting[0].document, fitting[0].anchor
        fragment = f"#{anchor}" if anchor else ""
        if target.pk != document.pk:
            url = f"{target.get_absolute_url()}{fragment}"
            yield CitationLink(mention.start, mention.end, url, target.title)
        elif fragment:
            yield CitationLink(mention.start, mention.end, fragment, "见本文件")


def _cited_by(document: Document, keys: list[str]) -> tuple[CitedBy, ...]:
    if not keys:
        return ()
    rows = (
        Citation.objects.filter(key__in=keys)
        .exclude(document=document)
        .select_related("document")
        .only("printed", *_LINKED)
        .order_by("-document__written_date", "document", "pk")
    )
    listed: dict[int, CitedBy] = {}
    # As above; rows of documents that are not published there should be none of.
    for row in (row for row in rows[: MOST_CITING * 2] if row.document.is_published):
        url = f"{row.document.get_absolute_url()}#{row.anchor}"
        listed.setdefault(row.document_id, CitedBy(row.document.title, url, row.printed))
    return tuple(listed.values())[:MOST_CITING]


def _name_rows(document: Document, sections: Iterable[Section]) -> list[DocumentName]:
    parts = [(s.anchor, s.heading) for s in sections if s.kind == SectionKind.PART]
    names = names_of(document.title, document.ref_no, document.issuer_names, parts)
    return [DocumentName(document=document, key=key, anchor=at) for key, at in names.items()]


def _citation_rows(document: Document, sections: Iterable[Section]) -> list[Citation]:
    first: dict[str, Citation] = {}
    for section in sections:
        for mention in mentions_of(f"{section.heading}\n{section.text}"):
            first.setdefault(
                mention.key,
                Citation(
                    document=document, key=mention.key, printed=mention.printed[:200],
                    anchor=section.anchor,
                ),
            )  # fmt: skip
    return list(first.values())
