"""What the order of results looks at beside single words: the query as one piece."""

from __future__ import annotations

from search_indexes.analysis import characters, words
from search_indexes.engine.values import Pattern
from search_indexes.request import Query, QueryField, Term


def in_order(query: Query) -> Pattern:
    """What is asked for anywhere as it was typed, one word after another and in one run."""
    firsts = [clause[0] for clause in query.clauses]
    texts = [
        first.text
        for first in firsts
        if isinstance(first, Term) and first.field is QueryField.ANYWHERE and not first.excluded
    ]
    every = tuple(word for text in texts for word in words(text))
    return Pattern(every, characters("".join(texts)))
