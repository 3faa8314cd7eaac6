"""Makes one query of the boxes of the advanced form, in the language readers type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from search_indexes.analysis import characters
from search_indexes.brackets import everywhere
from search_indexes.nearest import as_typed
from search_indexes.query import EITHER, UNKNOWN_OPERATORS, parse_query, without_quotes
from search_indexes.request import Clause, Group, Member, QueryField, Term, TermKind

PERIODS = {"1": "近一年", "3": "近三年", "5": "近五年"}
"""Years back from today, as the form sends them."""

PASSED_ON = ("district", "theme", "document_type", "validity", "from", "to")
"""What the form sends as the search itself takes it."""

Clauses = tuple[Clause, ...]


def parameters_of(boxes: Mapping[str, str], today: date) -> list[tuple[str, str]]:
    """The parameters of the search that the filled *boxes* ask for; never raises.

    Boxes: ``all``, ``exact``, ``any``, ``none``, ``title``, ``issuer``, ``number``, and PASSED_ON;
    ``period`` counts back from *today* unless a day is given.
    """
    pairs = [(name, boxes.get(name, "").strip()) for name in PASSED_ON]
    given = dict(pairs)
    years = boxes.get("period", "")
    if years in PERIODS and not (given["from"] or given["to"]):
        pairs.append(("from", years_before(today, int(years)).isoformat()))
    return [(name, value) for name, value in [("q", query_of(boxes)), *pairs] if value]


def years_before(day: date, years: int) -> date:
    """The day after the same one *years* earlier: a year that ends with *day*."""
    try:
        same = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        same = day.replace(year=day.year - years, day=28)
    return same + timedelta(days=1)


def query_of(boxes: Mapping[str, str]) -> str:
    """What a reader would type for the boxes; a number alone stays as it is, so that it jumps."""
    number = "".join(boxes.get("number", "").split())
    clauses = (
        *_read(boxes, "all"),
        *_exact(boxes.get("exact", "")),
        *_any(_read(boxes, "any")),
        *_in_field(_read(boxes, "title"), QueryField.TITLE),
        *_in_field(_read(boxes, "issuer"), QueryField.ISSUER),
        *(_without(clause) for clause in _read(boxes, "none")),
    )
    if not number:
        return as_typed(clauses)
    if not clauses:
        return number
    return as_typed((*clauses, *_in_field(parse_query(number).clauses, QueryField.REF_NO)))


def _read(boxes: Mapping[str, str], name: str) -> Clauses:
    found = parse_query(boxes.get(name, "")).clauses
    return tuple(tuple(map(_plain, clause)) for clause in found)


def _plain(member: Member) -> Member:
    """A word that between others would be a sign is quoted."""
    if isinstance(member, Term) and member.text in EITHER | UNKNOWN_OPERATORS:
        return replace(member, kind=TermKind.EXACT)
    return member


def _exact(text: str) -> Clauses:
    bare = " ".join(without_quotes(text).split())
    return ((Term(bare, TermKind.EXACT),),) if characters(bare) else ()


def _any(clauses: Clauses) -> Clauses:
    return (tuple(member for clause in clauses for member in clause),) if clauses else ()


def _in_field(clauses: Clauses, field: QueryField) -> Clauses:
    return everywhere(Group(clauses), field).clauses


def _without(clause: Clause) -> Clause:
    if len(clause) == 1:
        return (replace(clause[0], excluded=True),)
    return (Group((clause,), excluded=True),)
