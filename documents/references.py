"""Knows which documents cite which, and which of their articles, resolved or missing.

It reads the rows that documents.citing writes: one query a page, and another where 款 or 项 of
an article is cited. A citation leads somewhere only while exactly one published document fits,
and to an article only while that document has exactly one of that number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from documents.article_places import Deep, deep_key, deeper_anchors, named_deep
from documents.citing import names_of
from documents.mentions import Article, Mention, articles_after, mentions_of, own_articles
from documents.models import Citation, Document, DocumentName
from documents.reference_rows import Bearer, Citing, Held, reference_rows
from documents.relations import BACKWARD, FORWARD, Reader, Relation, in_order, stronger

MOST_CITING = 100
"""Citing documents listed on a page; the rest is for the search."""


@dataclass(frozen=True, slots=True)
class CitationLink:
    """Where a mention leads: the one published document that fits, or a part of this one."""

    start: int
    end: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class CitedBy:
    """A published document that cites this one, and the place where it says what it is to it."""

    title: str
    url: str
    printed: str


@dataclass(frozen=True, slots=True)
class Related:
    """A document that this one cites, and ``place``, where its words say what it is to it."""

    title: str
    url: str
    place: str


@dataclass(frozen=True, slots=True)
class CitingGroup:
    """Those that cite this document in one way, under the words for it (据此制定)."""

    label: str
    documents: tuple[CitedBy, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Those that this document rests on, carries out or explains, under the word for it (依据)."""

    label: str
    documents: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article of this document that others cite by its number; ``url`` leads to it."""

    number: str
    url: str
    citing: tuple[CitedBy, ...]


@dataclass(frozen=True, slots=True)
class References:
    """What leads from a page to other documents and from others to it and its articles."""

    links: Mapping[tuple[str, int], tuple[CitationLink, ...]]
    cited_by: tuple[CitingGroup, ...]
    cited_articles: tuple[CitedArticle, ...] = ()
    related: tuple[RelatedGroup, ...] = ()


LISTED = (Relation.BASED, Relation.CARRIES, Relation.APPLIES, Relation.EXPLAINS)
"""What a document's own page lists of those that it cites."""

Said = Mapping[str, tuple[Relation, str]]
"""What a document is to each name that it cites, and the place that says so."""


Named = tuple[Mention | None, tuple[Article, ...]]
"""A name with the articles that follow it; ``None`` for this document's own (本办法第三条)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that ``count`` published documents cite and no published document bears."""

    printed: str
    count: int
    example: Document | None


def references_of(
    document: Document,
    texts: Iterable[tuple[tuple[str, int], str]],
    parts: Iterable[tuple[str, str]],
    issuers: Sequence[str],
    own: Mapping[str, list[tuple[int, str]]],
) -> References:
    """Links for what *texts* (place, text) cite, and who cites *document*.

    *parts* are (anchor, heading), *own* where each of the document's numbers stands, as (order,
    anchor).
    """
    named: dict[tuple[str, int], tuple[Named, ...]] = {}
    reader = Reader(document.title)
    said = {key: (kind, "") for key, kind in reader.by_title.items() if kind in LISTED}
    for place, text in texts:
        if found := _named(text):
            named[place] = found
            for mention in (mention for mention, _ in found if mention):
                kind = reader.relation(text, mention)
                if kind in LISTED and _says_more(kind, said.get(mention.key)):
                    said[mention.key] = kind, place[0]
    names = names_of(document.title, document.ref_no, issuers, parts)
    every = [each for found in named.values() for each in found]
    rows = reference_rows(
        document.pk,
        {mention.key for mention, _ in every if mention} | set(names) | set(said),
        {article.number for mention, articles in every if mention for article in articles},
    )
    mine = {
        key
        for key in names
        if {row.document.pk for row in rows.bearers.get(key, ())} == {document.pk}
    }
    citing = [row for row in rows.citing if row.key in mine]
    places = rows.articles | {(document.pk, number): found for number, found in own.items()}
    at = {key: found[0] for key, found in places.items() if len(found) == 1}
    led = [
        (target.pk, article)
        for mention, articles in every
        if articles and (target := _target(mention, rows.bearers, document))
        for article in articles
    ]
    deep = deeper_anchors(led, at)
    links = {
        place: _links(found, rows.bearers, at, deep, document) for place, found in named.items()
    }
    return References(
        {place: found for place, found in links.items() if found},
        _groups(citing),
        _cited_articles(document, citing, at),
        _related(said, rows.bearers, document),
    )


def missing(limit: int) -> tuple[Missing, ...]:
    """What is cited most and not held, for editors who decide what to bring in next."""
    # Both tables hold rows of published documents alone; asking for the status again makes
    # SQLite look at every document for every citation.
    held = DocumentName.objects.filter(key=OuterRef("key"))
    rows = (
        Citation.objects.filter(~Exists(held))
        .values("key")
        .annotate(
            citing=Count("document", distinct=True), shown=Min("printed"), example=Min("document")
        )
        .order_by("-citing", "shown")[:limit]
    )
    found = list(rows)
    examples = Document.objects.in_bulk([row["example"] for row in found])
    return tuple(
        Missing(row["shown"], row["citing"], examples.get(row["example"])) for row in found
    )


def _named(text: str) -> tuple[Named, ...]:
    mentions = mentions_of(text)
    if "条" not in text:
        return tuple((mention, ()) for mention in mentions)
    own = own_articles(text)
    found: list[Named] = [(mention, articles_after(text, mention.end)) for mention in mentions]
    return (*found, (None, own)) if own else tuple(found)


def _target(
    mention: Mention | None, bearers: Mapping[str, Sequence[Bearer]], document: Document
) -> Document | Held | None:
    """The one published document that fits; *document* itself where it speaks of its own."""
    if mention is None:
        return document
    fitting = bearers.get(mention.key, ())
    return fitting[0].document if len(fitting) == 1 else None


def _links(
    named: Iterable[Named],
    bearers: Mapping[str, Sequence[Bearer]],
    at: Mapping[tuple[int, str], tuple[int, str]],
    deep: Mapping[Deep, str],
    document: Document,
) -> tuple[CitationLink, ...]:
    links: list[CitationLink] = []
    for mention, articles in named:
        target = _target(mention, bearers, document)
        if target is None:
            continue
        same = target.pk == document.pk
        page = "" if same else target.get_absolute_url()
        title = "见本文件" if same else target.title
        anchor = bearers[mention.key][0].anchor if mention else ""
        if mention and (anchor or not same):
            url = f"{page}#{anchor}" if anchor else page
            links.append(CitationLink(mention.start, mention.end, url, title))
        for article in articles:
            if exact := deep.get(deep_key(target.pk, article)):
                named_so = f"{title} {named_deep(article)}"
                links.append(
                    CitationLink(article.start, article.deep_end, f"{page}#{exact}", named_so)
                )
            elif found := at.get((target.pk, article.number)):
                url = f"{page}#{found[1]}"
                named_so = f"{title} {article.number}"
                links.append(CitationLink(article.start, article.end, url, named_so))
    links.sort(key=lambda link: link.start)
    # 《甲》（文号）第三条: title and number lead to the same article.
    return tuple(
        link for before, link in zip([None, *links], links, strict=False)
        if before is None or link.start >= before.end
    )  # fmt: skip


def _says_more(kind: Relation, before: tuple[Relation, str] | None) -> bool:
    """Whether *kind* is to be noted: it says more, or names a place where only the title spoke."""
    if before is None or (before[0] == kind and not before[1]):
        return True
    return before[0] != kind and stronger(before[0], kind) == kind


def _related(
    said: Said, bearers: Mapping[str, Sequence[Bearer]], document: Document
) -> tuple[RelatedGroup, ...]:
    """Each document that is held under what it is to this one, once, by what says most."""
    found: dict[int, tuple[Relation, Related]] = {}
    for key, (kind, place) in said.items():
        fitting = bearers.get(key, ())
        if len(fitting) != 1 or fitting[0].document.pk == document.pk:
            continue
        held, anchor = fitting[0].document, fitting[0].anchor
        if (before := found.get(held.pk)) and stronger(before[0], kind) == before[0]:
            continue
        page = held.get_absolute_url()
        url = f"{page}#{anchor}" if anchor else page
        found[held.pk] = kind, Related(held.title, url, f"#{place}" if place else "")
    return tuple(
        RelatedGroup(FORWARD[kind], tuple(each for its, each in found.values() if its == kind))
        for kind in in_order(kind for kind, _ in found.values())
    )


def _groups(rows: Sequence[Citing]) -> tuple[CitingGroup, ...]:
    """The citing documents by what they are to this one, each once and where it says most."""
    kinds: dict[int, Relation] = {}
    for row in rows:
        kinds[row.document.pk] = stronger(kinds.get(row.document.pk, row.kind), row.kind)
    said = [row for row in rows if row.kind == kinds[row.document.pk]]
    left = MOST_CITING
    found: list[CitingGroup] = []
    for kind in in_order(kinds.values()):
        if documents := _each_once(row for row in said if row.kind == kind)[:left]:
            found.append(CitingGroup(BACKWARD[kind], documents, kind is Relation.MENTIONS))
            left -= len(documents)
    return tuple(found)


def _each_once(rows: Iterable[Citing]) -> tuple[CitedBy, ...]:
    """Each citing document with the first of its *rows*."""
    listed: dict[int, CitedBy] = {}
    for row in rows:
        page = row.document.get_absolute_url()
        url = f"{page}#{row.anchor}" if row.anchor else page
        listed.setdefault(row.document.pk, CitedBy(row.document.title, url, row.printed))
    return tuple(listed.values())


def _cited_articles(
    document: Document,
    rows: Iterable[Citing],
    at: Mapping[tuple[int, str], tuple[int, str]],
) -> tuple[CitedArticle, ...]:
    cited: dict[tuple[int, str], list[Citing]] = {}
    for row in rows:
        if found := at.get((document.pk, row.article)):
            cited.setdefault(found, []).append(row)
    return tuple(
        CitedArticle(citing[0].article, f"#{anchor}", _each_once(citing))
        for (_, anchor), citing in sorted(cited.items())
    )
