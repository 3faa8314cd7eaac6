"""Chooses which pieces of a query to keep when nothing has all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from search_indexes.analysis import words
from search_indexes.request import Clause, Group, Member, Query, Term, TermKind

MOST_PIECES = 16
"""Pieces weighed against each other; each costs the index two questions."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of a query that something answers, and the pieces it had to do without."""

    query: Query
    dropped: tuple[str, ...]


def loosened(query: Query, count: Callable[[Query], int]) -> Kept | None:
    """The pieces of *query* that go together, the rarest kept first; ``None`` when none do.

    Pieces are what was typed between blanks; where that leaves nothing to choose, its words. They
    are taken up from the rarest to the most frequent, by place among equals, and a piece stays
    when *count* (documents for a query) still finds something. What is excluded stays so.
    """
    return _loosened(query, query.clauses, count) or _loosened(query, _cut(query.clauses), count)


def _loosened(
    query: Query, pieces: tuple[Clause, ...], count: Callable[[Query], int]
) -> Kept | None:
    asked = [clause for clause in pieces if not _excludes(clause)]
    if len(asked) < 2:
        return None
    always = tuple(clause for clause in pieces if _excludes(clause))
    frequency = {clause: count(replace(query, clauses=(clause,))) for clause in asked}
    order = sorted((c for c in asked if frequency[c]), key=lambda c: (frequency[c], asked.index(c)))
    kept: list[Clause] = []
    for clause in order[:MOST_PIECES]:
        if count(replace(query, clauses=(*kept, clause, *always))):
            kept.append(clause)
    if not kept:
        return None
    chosen = tuple(clause for clause in pieces if clause in kept or clause in always)
    dropped = tuple(_label(clause) for clause in asked if clause not in kept)
    return Kept(Query(as_typed(chosen), chosen), dropped)


def as_typed(clauses: tuple[Clause, ...]) -> str:
    """*clauses* in the language of readers; parsed again they give the same clauses."""
    return " ".join(" OR ".join(map(_typed, clause)) for clause in clauses)


def _cut(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """*clauses* with those of plain words cut into single words, each once."""
    pieces: dict[Clause, None] = {}
    for clause in clauses:
        first = clause[0]
        if len(clause) > 1 or isinstance(first, Group):
            pieces[clause] = None
            continue
        plain = first.kind is TermKind.WORDS and not first.excluded
        cut = words(first.text) if plain else ()
        if len(cut) > 1:
            pieces |= dict.fromkeys((replace(first, text=word, also=()),) for word in cut)
        else:
            pieces[clause] = None
    return tuple(pieces)


def _excludes(clause: Clause) -> bool:
    return all(member.excluded for member in clause)


def _label(clause: Clause) -> str:
    return " 或 ".join(each.text if isinstance(each, Term) else _typed(each) for each in clause)


FIELD_LABELS = {"title": "标题:", "ref_no": "文号:", "issuer": "发文机关:"}


def _typed(term: Member) -> str:
    if isinstance(term, Group):
        return f"{'-' if term.excluded else ''}({as_typed(term.clauses)})"
    text = term.text if term.kind is TermKind.WORDS else f"“{term.text}”"
    if term.kind is TermKind.NEAR:
        text += f"~{term.within}"
    return f"{'-' if term.excluded else ''}{FIELD_LABELS.get(term.field.value, '')}{text}"
