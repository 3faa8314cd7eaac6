"""Knows which documents cite which, and which of their articles, resolved or missing.

It reads the rows that documents.citing writes: one query a page, and two more where 款 or 项 of
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
    """A published document that cites this one, and the place where it does so first."""

    title: str
    url: str
    printed: str


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
    cited_by: tuple[CitedBy, ...]
    cited_articles: tuple[CitedArticle, ...] = ()


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
    named = {place: found for place, text in texts if (found := _named(text))}
    names = names_of(document.title, document.ref_no, issuers, parts)
    every = [each for found in named.values() for each in found]
    rows = reference_rows(
        document.pk,
        {mention.key for mention, _ in every if mention} | set(names),
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
        _each_once(citing)[:MOST_CITING],
        _cited_articles(document, citing, at),
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


def _each_once(rows: Iterable[Citing]) -> tuple[CitedBy, ...]:
    """Each citing document with the first of its *rows*."""
    listed: dict[int, CitedBy] = {}
    for row in rows:
        url = f"{row.document.get_absolute_url()}#{row.anchor}"
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
