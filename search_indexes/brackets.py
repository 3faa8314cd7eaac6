"""Where brackets and quotation marks of a query close, and what a group says without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from search_indexes.request import Clause, Group, Member, QueryField, Term

CLOSING = {**dict.fromkeys('"“”„‟＂', '"“”„‟＂'), "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄"}
OPENING_BRACKETS = "(（"
CLOSING_BRACKETS = ")）"

MAX_DEPTH = 4
"""Groups inside groups; nobody reads more."""


def closing_quote(text: str, start: int) -> int | None:
    """Where the quotation that opens at *start* closes."""
    closing = CLOSING[text[start]]
    return next((at for at in range(start + 1, len(text)) if text[at] in closing), None)


def closing_bracket(text: str, start: int) -> int | None:
    """Where the bracket that opens at *start* closes, ``None`` when other text follows it at once.

    What is quoted closes nothing.
    """
    depth, place = 0, start
    while place < len(text):
        if text[place] in CLOSING:
            place = closing_quote(text, place) or place
        elif text[place] in OPENING_BRACKETS:
            depth += 1
        elif text[place] in CLOSING_BRACKETS:
            depth -= 1
            if not depth:
                after = text[place + 1 : place + 2]
                ends = not after or after.isspace() or after in f"|｜{CLOSING_BRACKETS}"
                return place if ends else None
        place += 1
    return None


def everywhere(group: Group, field: QueryField) -> Group:
    """*group* with *field* before every term that names none itself."""

    def named(member: Member) -> Member:
        if isinstance(member, Group):
            return everywhere(member, field)
        return replace(member, field=field) if member.field is QueryField.ANYWHERE else member

    if field is QueryField.ANYWHERE:
        return group
    return replace(group, clauses=tuple(tuple(map(named, clause)) for clause in group.clauses))


def flat(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """*clauses* without the brackets that say nothing: (甲 OR 乙) 丙 is 甲 OR 乙 丙."""
    found: list[Clause] = []
    for clause in clauses:
        members = tuple(each for member in clause for each in _opened(member))
        only = members[0] if len(members) == 1 else None
        if isinstance(only, Group) and not only.excluded:
            found += only.clauses
        else:
            found.append(members)
    return tuple(found)


def _opened(member: Member) -> Clause:
    """The members that say what *member* does in an either."""
    if isinstance(member, Term):
        return (member,)
    group = replace(member, clauses=flat(member.clauses))
    if len(group.clauses) > 1:
        return (group,)
    if not group.excluded:
        return group.clauses[0]
    only = group.clauses[0][0] if len(group.clauses[0]) == 1 else None
    return (replace(only, excluded=not only.excluded),) if isinstance(only, Term) else (group,)
