"""Brackets mean what they mean in logic, on every codec."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

from search_indexes.nearest import as_typed
from search_indexes.query import MAX_TERMS, parse_query
from search_indexes.request import Clause, Group, Member, Term, terms_of
from tests.conftest import MakeDocument
from tests.contract.conftest import Ask, ids

LETTERS = "甲丙戊庚"
ASKED = 150
SEED = 20261121


def test_brackets_mean_what_they_mean_in_logic(make_document: MakeDocument, ask: Ask) -> None:
    every = list(_subsets())
    for number, held in enumerate(every):
        make_document("文", "，".join(["文", *held]), public_id=f"d{number}")
    titles = ask("").section_count - len(every)  # sections of a title alone, which hold no letter
    kinds = set()
    for clauses in _asked():
        typed = as_typed(clauses)
        page = ask(typed, page_size=100)
        found = [_holds(clauses, held) for held in every]
        bare = _holds(clauses, ())
        assert page.section_count == sum(found) + titles * bare, typed
        expected = {f"d{n}" for n, holds in enumerate(found) if holds or (bare and titles)}
        assert set(ids(page)) == expected, typed
        assert page.notes == (), typed
        kinds.add(any(isinstance(each, Group) for c in parse_query(typed).clauses for each in c))
    assert kinds == {True, False}


def _subsets() -> Iterator[tuple[str, ...]]:
    return (each for size in range(len(LETTERS) + 1) for each in combinations(LETTERS, size))


def _holds(clauses: tuple[Clause, ...], held: tuple[str, ...]) -> bool:
    return all(any(_true(member, held) for member in clause) for clause in clauses)


def _true(member: Member, held: tuple[str, ...]) -> bool:
    true = member.text in held if isinstance(member, Term) else _holds(member.clauses, held)
    return true != member.excluded


def _asked() -> Iterator[tuple[Clause, ...]]:
    chance = random.Random(SEED)
    asked = 0
    while asked < ASKED:
        clauses = _clauses(chance, 3)
        if len(list(terms_of(clauses))) <= MAX_TERMS:
            asked += 1
            yield clauses


def _clauses(chance: random.Random, depth: int) -> tuple[Clause, ...]:
    return tuple(_clause(chance, depth) for _ in range(chance.choice([1, 2, 2])))


def _clause(chance: random.Random, depth: int) -> Clause:
    size = chance.choice([1, 2, 2])
    return tuple(_member(chance, depth, alone=size == 1) for _ in range(size))


def _member(chance: random.Random, depth: int, *, alone: bool) -> Member:
    if depth and chance.random() < 0.4:
        clauses = _clauses(chance, depth - 1)
        excluded = chance.random() < 0.4
        if len(clauses) > 1 and (excluded or not alone):
            return Group(clauses, excluded)
    return Term(chance.choice(LETTERS), excluded=chance.random() < 0.25)


def test_a_group_in_a_field_looks_there(make_document: MakeDocument, ask: Ask) -> None:
    make_document("科技规划", "人才。", public_id="a")
    make_document("人才规划", "科技。", public_id="b")
    make_document("通知", "科技人才规划。", public_id="c")
    assert sorted(ids(ask("标题:(科技 OR 人才) 规划"))) == ["a", "b"]
    assert sorted(ids(ask("标题:(科技 OR 通知) -(元宇宙 OR 标题:规划)"))) == ["c"]


def test_what_is_in_brackets_is_marked(make_document: MakeDocument, ask: Ask) -> None:
    make_document("文", "科技和补贴，还有人才。", public_id="a")
    page = ask("(科技 补贴) OR 量子 -(人才 元宇宙)")
    assert ids(page) == ["a"]
    marks = {f.text for s in page.documents[0].sections for f in s.excerpt if f.match}
    assert marks == {"科技", "补贴"}


def test_the_nearest_of_a_group_is_named_as_typed(make_document: MakeDocument, ask: Ask) -> None:
    make_document("文", "科技和补贴。", public_id="a")
    nearest = ask("补贴 (量子 元宇宙) OR 芯片").nearest
    assert nearest is not None
    assert nearest.query == "补贴"
    assert nearest.dropped == ("(量子 元宇宙) 或 芯片",)
