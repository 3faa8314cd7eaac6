"""Knows what a document cites and who cites it, for its page.

It reads the rows that documents.citing writes: one query a page, and another where 款 or 项 of
an article is cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from documents.citation_links import CitationLink, Named, deep_places, links_of, named_in
from documents.citing import names_of
from documents.models import Document
from documents.reference_lists import (
    LISTED,
    MOST_LISTED,
    CitedArticle,
    CitingGroup,
    RelatedGroup,
    cited_articles,
    citing_groups,
    related_groups,
    says_more,
)
from documents.reference_rows import MOST_CITATIONS, reference_rows
from documents.relations import Reader


@dataclass(frozen=True, slots=True)
class References:
    """What leads from a page to other documents and from others to it and its articles.

    ``more_cite`` says that more documents cite it than are listed.
    """

    links: Mapping[tuple[str, int], tuple[CitationLink, ...]]
    cited_by: tuple[CitingGroup, ...]
    cited_articles: tuple[CitedArticle, ...] = ()
    related: tuple[RelatedGroup, ...] = ()
    more_cite: bool = False


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
        if found := named_in(text):
            named[place] = found
            for mention in (mention for mention, _ in found if mention):
                kind = reader.relation(text, mention)
                if kind in LISTED and says_more(kind, said.get(mention.key)):
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
    deep = deep_places(every, rows.bearers, at, document)
    links = {
        place: links_of(found, rows.bearers, at, deep, document) for place, found in named.items()
    }
    return References(
        {place: found for place, found in links.items() if found},
        citing_groups(citing, document),
        cited_articles(citing, at, document),
        related_groups(said, rows.bearers, document),
        len(rows.citing) == MOST_CITATIONS
        or len({row.document.pk for row in citing}) > MOST_LISTED,
    )
