"""Leads what a text cites to the one place that fits it: a document, a part, an article.

A citation leads somewhere only while exactly one published document fits, and to an article only
while that document has exactly one of that number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from documents.article_places import Deep, deep_key, deeper_anchors, named_deep
from documents.mentions import Article, Mention, articles_after, mentions_of, own_articles
from documents.models import Document
from documents.reference_rows import Bearer, Held

Named = tuple[Mention | None, tuple[Article, ...]]
"""A name with the articles that follow it; ``None`` for this document's own (本办法第三条)."""

Bearers = Mapping[str, Sequence[Bearer]]
"""Published documents by the names they bear."""

At = Mapping[tuple[int, str], tuple[int, str]]
"""Where articles stand, as (order, anchor), by document and number; only where one fits."""


@dataclass(frozen=True, slots=True)
class CitationLink:
    """Where a mention leads: the one published document that fits, or a part of this one."""

    start: int
    end: int
    url: str
    title: str


def named_in(text: str) -> tuple[Named, ...]:
    """The names in *text*, each with its articles, and the articles of its own document."""
    mentions = mentions_of(text)
    if "条" not in text:
        return tuple((mention, ()) for mention in mentions)
    own = own_articles(text)
    found: list[Named] = [(mention, articles_after(text, mention.end)) for mention in mentions]
    return (*found, (None, own)) if own else tuple(found)


def deep_places(
    named: Iterable[Named], bearers: Bearers, at: At, document: Document
) -> dict[Deep, str]:
    """Anchors of the paragraphs and items that *named* names in articles; one query at most."""
    led = [
        (target.pk, article)
        for mention, articles in named
        if articles and (target := _target(mention, bearers, document))
        for article in articles
    ]
    return deeper_anchors(led, at)


def links_of(
    named: Iterable[Named], bearers: Bearers, at: At, deep: Mapping[Deep, str], document: Document
) -> tuple[CitationLink, ...]:
    """The links of one text of *document*, in order and apart."""
    found = [link for each in named for link in _led(each, bearers, at, deep, document)]
    found.sort(key=lambda link: link.start)
    # 《甲》（文号）第三条: title and number lead to the same article.
    return tuple(
        link for before, link in zip([None, *found], found, strict=False)
        if before is None or link.start >= before.end
    )  # fmt: skip


def _led(
    named: Named, bearers: Bearers, at: At, deep: Mapping[Deep, str], document: Document
) -> Iterator[CitationLink]:
    mention, articles = named
    target = _target(mention, bearers, document)
    if target is None:
        return
    same = target.pk == document.pk
    page = "" if same else target.get_absolute_url()
    title = "见本文件" if same else target.title
    anchor = bearers[mention.key][0].anchor if mention else ""
    if mention and (anchor or not same):
        url = f"{page}#{anchor}" if anchor else page
        yield CitationLink(mention.start, mention.end, url, title)
    for article in articles:
        if exact := deep.get(deep_key(target.pk, article)):
            named_so = f"{title} {named_deep(article)}"
            yield CitationLink(article.start, article.deep_end, f"{page}#{exact}", named_so)
        elif found := at.get((target.pk, article.number)):
            named_so = f"{title} {article.number}"
            yield CitationLink(article.start, article.end, f"{page}#{found[1]}", named_so)


def _target(
    mention: Mention | None, bearers: Bearers, document: Document
) -> Document | Held | None:
    """The one published document that fits; *document* itself where it speaks of its own."""
    if mention is None:
        return document
    fitting = bearers.get(mention.key, ())
    return fitting[0].document if len(fitting) == 1 else None
