"""Haystack's query object, which becomes a Whoosh query tree without passing through text.

The vocabulary, with a `Pattern` as value and a field of FIELDS (``anywhere`` is all of them)::

    SQ(anywhere__content=pattern)   its words are all there, or its characters stand there
    SQ(anywhere__exact=pattern)     its chain stands there, else its characters, in the section's
                                    own text; or in a document's field alone, which counts for
                                    its first section; its words add to the score
    SQ(anywhere__fuzzy=pattern)     some of its words are there: the best match for a question
    SQ(anywhere__rather=pattern)    asks for nothing; neighbours among its words that stand side
                                    by side, and a title or another name that is its characters,
                                    add to the score
    SQ(document__in=[1, 2])         these documents only
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from haystack.backends import BaseSearchQuery, SearchNode
from whoosh import query

from search_indexes.engine.chains import Chain
from search_indexes.engine.values import Pattern, Selection

WORD_FIELDS = {"text": 1.0, "headings": 3.0, "context": 2.0}
"""Where a word may be, and how much it counts there."""

STANDING = {"section": 1.0, "title": 1.0, "issuer": 0.5, "ref_no": 1.0}
"""The same for what stands there as typed."""

CLOSENESS = 0.2
"""How much two neighbouring words of the query count that stand side by side."""

TITLE_ITSELF = 3.0
"""How much it counts that the query is a document's title."""

NAME_ITSELF = 100.0
"""How much it counts that the query is what editors say a document is called: more than words."""

OTHER_NAME = "\x01"
"""Before each line of the title's field that is another name; no query has this character."""

STATE = "中华人民共和国"
"""What nobody types before the name of a law."""

QUESTION_FIELDS = {"text": 1.0, "headings": 1.0, "context": 0.1}
"""The same for a whole question: of its many words some stand in any title by chance."""

FIELDS = ("title", "issuer", "ref_no")
"""A document's own fields; the words of one are in the Whoosh field ``<name>_words``."""

OWN = "section"
"""A section's own text."""

RECORD = "record"
"""A section's own text, or the fields of a document none of whose sections holds it."""


class UnknownLookup(ValueError):
    """A filter the engine has no meaning for."""


class Standing(query.Query):  # type: ignore[misc]  # Whoosh is untyped
    """Sections that hold exactly these characters or this chain, in their own text or a field.

    ``whole`` asks for documents whose field has a line that is nothing but these characters.
    """

    def __init__(
        self, place: str, characters: str | Chain, boost: float = 1.0, *, whole: bool = False
    ) -> None:
        self.place = place
        self.characters = characters
        self.boost = boost
        self.whole = whole


class OfDocuments(query.Query):  # type: ignore[misc]  # Whoosh is untyped
    """The sections of these documents."""

    def __init__(self, keys: Iterable[int]) -> None:
        self.keys = frozenset(keys)


class PolicySearchQuery(BaseSearchQuery):  # type: ignore[misc]  # haystack is untyped
    """Collects filters, facets and order; ``answer`` is everything the engine found.

    ``recency`` is what the newest document gains (see Selection).
    """

    answer: Any = None
    recency = 0.0

    def _clone(self, klass: Any = None, using: str | None = None) -> Any:
        clone = super()._clone(klass, using)
        clone.recency = self.recency
        return clone

    def add_field_facet(self, field: str, **options: Any) -> None:
        """Asks for counts of *field*; a facet has one name here, which haystack would look up."""
        self.facets[field] = options

    def build_query(self) -> query.Query | None:
        """The Whoosh tree of the filters, ``None`` when everything is asked for."""
        return _node(self.query_filter) if self.query_filter else None

    def build_params(self, spelling_query: str | None = None) -> dict[str, Any]:
        ticked = {
            name: frozenset(options["ticked"])
            for name, options in self.facets.items()
            if options.get("ticked")
        }
        order = self.order_by[0] if self.order_by else ""
        facets = tuple(self.facets)
        places = self.start_offset, self.end_offset
        return {"selection": Selection(facets, ticked, order, *places, self.recency)}

    def run(self, spelling_query: str | None = None, **kwargs: Any) -> None:
        results = self.backend.search(self.build_query(), **self.build_params())
        self.answer = results["answer"]
        self._results = results["results"]
        self._hit_count = results["hits"]
        self._facet_counts = {"fields": results["facets"]}
        self._spelling_suggestion = None


def _node(node: SearchNode) -> query.Query:
    leaves = [child for child in node.children if not isinstance(child, SearchNode)]
    liked = [child for child in leaves if child[0].endswith("__rather")]
    parts = [
        _node(child) if isinstance(child, SearchNode) else _leaf(node, *child)
        for child in node.children
        if child not in liked
    ]
    joined = parts[0] if len(parts) == 1 else _join(node.connector)(parts)
    for _, pattern in liked:
        joined = query.AndMaybe(joined, _liked(pattern))
    return query.Not(joined) if node.negated else joined


def _join(connector: str) -> Any:
    return query.Or if connector == SearchNode.OR else query.And


def _liked(pattern: Pattern) -> query.Query:
    together = dict.fromkeys(map("".join, pairwise(pattern.words)))
    titles = (pattern.characters, f"{STATE}{pattern.characters}")
    return query.Or(
        [
            *(Standing(OWN, each, CLOSENESS) for each in together),
            *(Standing("title", each, TITLE_ITSELF, whole=True) for each in titles),
            Standing("title", f"{OTHER_NAME}{pattern.characters}", NAME_ITSELF, whole=True),
        ]
    )


def _leaf(node: SearchNode, expression: str, value: Any) -> query.Query:
    field, lookup = node.split_expression(expression)
    if field == "document" and lookup == "in":
        return OfDocuments(value)
    if field != "anywhere" and field not in FIELDS:
        raise UnknownLookup(f"No field named {field!r}. See search_indexes/engine/queries.py.")
    places = (OWN, *FIELDS) if field == "anywhere" else (field,)
    if lookup == "exact":
        place = RECORD if field == "anywhere" else field
        standing_there = Standing(place, value.chain or value.characters)
        # Characters decide what is found; words, which are counted, say how well.
        return query.AndMaybe(standing_there, _either([_word(field, w) for w in value.words]))
    if lookup == "fuzzy":
        return _either([_word(field, word, QUESTION_FIELDS) for word in value.words])
    if lookup == "content":
        standing: list[query.Query] = [
            Standing(place, value.characters, STANDING[place]) for place in places
        ]
        return _either([_all_words(field, value), *standing])
    raise UnknownLookup(f"No lookup named {lookup!r}. See search_indexes/engine/queries.py.")


def _all_words(field: str, pattern: Pattern) -> query.Query:
    parts = [_word(field, word) for word in pattern.words]
    return parts[0] if len(parts) == 1 else query.And(parts)


def _word(field: str, word: str, places: Mapping[str, float] = WORD_FIELDS) -> query.Query:
    if field != "anywhere":
        return query.Term(f"{field}_words", word)
    return _either([query.Term(name, word, boost) for name, boost in places.items()])


def _either(parts: list[query.Query]) -> query.Query:
    return parts[0] if len(parts) == 1 else query.Or(parts)
