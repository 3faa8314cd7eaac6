"""What is packed comes back as it was: lists of numbers, counts, and pieces of text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.engine import blocks, lists, packing, ragged
from search_indexes.engine.arrays import Array, Ints
from search_indexes.engine.memory import Memory

numbers = st.one_of(
    st.integers(0, 300), st.integers(0, 70_000), st.integers(0, 1 << 24), st.integers(0, 2**32 - 1)
)
ascending = st.lists(
    st.lists(numbers, min_size=1, max_size=20, unique=True).map(sorted), max_size=8
)
counted = st.lists(st.lists(st.integers(1, 70_000), min_size=1, max_size=20), max_size=8)


def _column(known: list[list[int]], kind: type) -> tuple[lists.Plain, Ints]:
    starts = ragged.bounds(np.array([len(each) for each in known], np.int64))
    return lists.Plain(np.array([n for each in known for n in each], kind), starts), starts


def _same(column: lists.Column, known: list[list[int]]) -> None:
    for number, each in enumerate(known):
        assert column.part(number, number + 1).tolist() == each
    for first in range(len(known)):
        for last in range(first + 1, len(known) + 1):
            together = [n for each in known[first:last] for n in each]
            assert column.part(first, last).tolist() == together


@pytest.mark.parametrize("at_once", [1, 30, lists.AT_ONCE])
@hypothesis_settings(max_examples=150, deadline=None)
@given(known=ascending)
def test_ascending_numbers_come_back(at_once: int, known: list[list[int]]) -> None:
    column, starts = _column(known, np.uint32)
    before = lists.AT_ONCE
    try:
        lists.AT_ONCE = at_once
        stored = packing.steps_stored(column, starts, "x")
    finally:
        lists.AT_ONCE = before
    _same(packing.Steps(stored, "x", starts), known)


@hypothesis_settings(max_examples=150, deadline=None)
@given(known=counted)
def test_counts_come_back(known: list[list[int]]) -> None:
    column, starts = _column(known, np.int64)
    _same(packing.Counts(packing.counts_stored(column, starts, "x"), "x", starts), known)


def test_a_step_too_wide_for_its_list_does_not_widen_the_others() -> None:
    known = [[*range(0, 1_000, 7), 4_000_000_000]]
    column, starts = _column(known, np.uint32)
    stored = packing.steps_stored(column, starts, "x")
    assert stored["x/steps"].size == len(known[0])
    _same(packing.Steps(stored, "x", starts), known)


@hypothesis_settings(max_examples=100, deadline=None)
@given(pieces=st.lists(st.binary(max_size=3_000), max_size=40))
def test_pieces_come_back(pieces: list[bytes]) -> None:
    known = blocks.compressed(blocks.Unpacked(ragged.packed(pieces)))
    stored = known.stored("x")
    read = blocks.loaded(stored, "x")
    memory = Memory(10_000)
    assert len(read) == len(pieces)
    assert [read.piece(n, memory, "a") for n in range(len(pieces))] == pieces
    assert [read.plain()[n].tobytes() for n in range(len(pieces))] == pieces


@hypothesis_settings(max_examples=100, deadline=None)
@given(
    parts=st.lists(
        st.tuples(
            st.lists(st.tuples(st.binary(max_size=3_000), st.booleans()), min_size=1, max_size=9),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    ),
    run=st.sampled_from([blocks.BLOCK, blocks.RUN]),
)
def test_pieces_joined_are_those_kept(
    parts: list[tuple[list[tuple[bytes, bool]], bool]], run: int
) -> None:
    known: list[blocks.Kept] = []
    for held, in_blocks in parts:
        plain = blocks.Unpacked(ragged.packed(piece for piece, _ in held))
        mask = np.array([keep for _, keep in held])
        known.append((blocks.compressed(plain) if in_blocks else plain, mask))
    before = blocks.RUN
    try:
        blocks.RUN = run
        joined = blocks.together(known, compressed=True)
    finally:
        blocks.RUN = before
    left = [piece for held, _ in parts for piece, keep in held if keep]
    memory = Memory(10_000)
    assert [joined.piece(n, memory, "a") for n in range(len(joined))] == left
    apart = blocks.together(known, compressed=False)
    assert [apart.piece(n, memory, "b") for n in range(len(apart))] == left


def test_alike_pieces_take_little_room() -> None:
    pieces = [
        f'["documents.section",{{"text":"第{n}条加快科技创新"}}]'.encode() for n in range(999)
    ]
    stored = blocks.compressed(blocks.Unpacked(ragged.packed(pieces))).stored("x")
    assert sum(map(_bytes, stored.values())) < sum(map(len, pieces)) / 3


def _bytes(array: Array) -> int:
    return array.nbytes
