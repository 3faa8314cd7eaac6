"""Finds other words for what was typed, in the list that editors keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files

from django.apps.registry import Apps
from django.db import connection

from search_indexes.analysis import characters, cut
from search_indexes.models import SynonymGroup
from search_indexes.numbers import read_number
from search_indexes.request import Clause, Member, Query, QueryField, Term, TermKind

MOST = 8
"""Other words searched for one term; every one costs the index a question."""

LONGEST_RUN = 6
"""Words of a term looked up together."""

Words = dict[str, tuple[str, ...]]
"""The bare characters of a word, and the other words of its groups."""

_STAMP = "SELECT MAX(updated_at), COUNT(*) FROM search_indexes_synonymgroup"


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[object, ...]
    words: Words


_kept: list[_Kept] = []


def expanded(query: Query) -> Query:
    """*query* with the synonyms of its plain terms; quoted and excluded ones stay as they are."""
    return expanded_each((query,))[0]


def expanded_each(queries: Iterable[Query]) -> tuple[Query, ...]:
    """The same for each of *queries*; the list is asked for once."""
    words = _current()
    if not words:
        return tuple(queries)
    return tuple(replace(query, clauses=_expanded(query.clauses, words)) for query in queries)


def _expanded(clauses: tuple[Clause, ...], words: Words) -> tuple[Clause, ...]:
    return tuple(tuple(_member(each, words) for each in clause) for clause in clauses)


def _member(member: Member, words: Words) -> Member:
    if isinstance(member, Term):
        return _with_others(member, words)
    if member.excluded:
        return member
    return replace(member, clauses=_expanded(member.clauses, words))


def _with_others(term: Term, words: Words) -> Term:
    plain = term.kind is TermKind.WORDS and not term.excluded
    # A 发文字号 names one document: 青科委〔2025〕1号 has no other name.
    if (
        not plain
        or read_number(term.text)
        or term.field not in (QueryField.ANYWHERE, QueryField.TITLE)
    ):
        return term
    own = characters(term.text)
    others = dict.fromkeys(other for other in _others(term.text, words) if characters(other) != own)
    return replace(term, also=tuple(others)[:MOST])


def _others(text: str, words: Words) -> Iterator[str]:
    """What *text* would be with a synonym in place of all of it, or of some of its words."""
    whole = words.get(characters(text))
    if whole:
        yield from whole
        return
    pieces = cut(text)
    start = 0
    while start < len(pieces):
        # Whole words only: 提高企业 holds the characters of 高企 and says nothing of them.
        for end in range(min(len(pieces), start + LONGEST_RUN), start, -1):
            known = words.get(characters("".join(pieces[start:end])))
            if known:
                before, after = "".join(pieces[:start]), "".join(pieces[end:])
                yield from (f"{before}{other}{after}" for other in known)
                start = end - 1
                break
        start += 1


def _current() -> Words:
    """The list as it is now; read anew when an editor changed it."""
    # By hand: every search asks, and the database answers sooner than a query is built.
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        stamp = cursor.fetchone()
    if not _kept or _kept[0].stamp != stamp:
        active = SynonymGroup.objects.filter(active=True)
        _kept[:] = [_Kept(stamp, _by_word(group.words for group in active))]
    return _kept[0].words


def _by_word(groups: Iterable[tuple[str, ...]]) -> Words:
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        for word in group:
            others = (other for other in group if characters(other) != characters(word))
            found.setdefault(characters(word), {}).update(dict.fromkeys(others))
    return {word: tuple(others) for word, others in found.items()}


def starting_groups() -> Iterator[tuple[str, ...]]:
    """The groups a new portal starts with."""
    file = files("search_indexes").joinpath("reference", "synonyms.txt")
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield tuple(word.strip() for word in line.split(" = "))


def fill(apps: Apps) -> None:
    """Adds the starting groups; *apps* may be a migration's historical registry."""
    model = apps.get_model("search_indexes", "SynonymGroup")
    model.objects.bulk_create(model(terms="\n".join(group)) for group in starting_groups())
