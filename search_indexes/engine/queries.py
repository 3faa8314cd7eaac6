"""Haystack's query object, which becomes a Whoosh query tree without passing through text.

The vocabulary, with a `Pattern` as value and a field of FIELDS (``anywhere`` is all of them)::

    SQ(anywhere__content=pattern)   its words are all there, or its characters stand there
    SQ(anywhere__exact=pattern)     its characters stand there, in the section's own text; or in
                                    a document's field alone, which counts for its first section
    SQ(anywhere__fuzzy=pattern)     some of its words are there: the best match for a question
    SQ(document__in=[1, 2])         these documents only
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from haystack.backends import BaseSearchQuery, SearchNode
from whoosh import query

from search_indexes.engine.values import Pattern, Selection

WORD_FIELDS = {"text": 1.0, "headings": 2.0, "context": 2.0}
"""Where a word may be, and how much it counts there."""

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
    """Sections that hold exactly these characters, in their own text or in a document field."""

    def __init__(self, place: str, characters: str) -> None:
        self.place = place
        self.characters = characters


class OfDocuments(query.Query):  # type: ignore[misc]  # Whoosh is untyped
    """The sections of these documents."""

    def __init__(self, keys: Iterable[int]) -> None:
        self.keys = frozenset(keys)


class PolicySearchQuery(BaseSearchQuery):  # type: ignore[misc]  # haystack is untyped
    """Collects filters, facets and order; ``answer`` is everything the engine found."""

    answer: Any = None

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
        selection = Selection(facets, ticked, order, self.start_offset, self.end_offset)
        return {"selection": selection}

    def run(self, spelling_query: str | None = None, **kwargs: Any) -> None:
        results = self.backend.search(self.build_query(), **self.build_params())
        self.answer = results["answer"]
        self._results = results["results"]
        self._hit_count = results["hits"]
        self._facet_counts = {"fields": results["facets"]}
        self._spelling_suggestion = None


def _node(node: SearchNode) -> query.Query:
    parts = [
        _node(child) if isinstance(child, SearchNode) else _leaf(node, *child)
        for child in node.children
    ]
    joined = parts[0] if len(parts) == 1 else _join(node.connector)(parts)
    return query.Not(joined) if node.negated else joined


def _join(connector: str) -> Any:
    return query.Or if connector == SearchNode.OR else query.And


def _leaf(node: SearchNode, expression: str, value: Any) -> query.Query:
    field, lookup = node.split_expression(expression)
    if field == "document" and lookup == "in":
        return OfDocuments(value)
    if field != "anywhere" and field not in FIELDS:
        raise UnknownLookup(f"No field named {field!r}. See search_indexes/engine/queries.py.")
    places = (OWN, *FIELDS) if field == "anywhere" else (field,)
    if lookup == "exact":
        return Standing(RECORD if field == "anywhere" else field, value.characters)
    if lookup == "fuzzy":
        return _either([_word(field, word, QUESTION_FIELDS) for word in value.words])
    if lookup == "content":
        standing: list[query.Query] = [Standing(place, value.characters) for place in places]
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
