"""Pieces near each other are found where a regular expression finds them, and marked there."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.chained import standing
from search_indexes.engine import stock, texts
from search_indexes.engine.arrays import Ints
from search_indexes.engine.chains import MOST_IN_ANY_ORDER, MOST_PIECES, Chain, places_of

# Few characters, so that pieces repeat and meet; two beyond the Basic Multilingual Plane.
ALPHABET = "创新企𠀀𠀁a"

known = st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=8)
pieces = st.text(ALPHABET, min_size=1, max_size=2)
chains = st.one_of(
    st.builds(
        Chain,
        st.lists(pieces, min_size=2, max_size=MOST_PIECES).map(tuple),
        st.integers(0, 9),
        st.just(True),
    ),
    st.builds(
        Chain,
        st.lists(pieces, min_size=2, max_size=MOST_IN_ANY_ORDER).map(tuple),
        st.integers(0, 9),
        st.just(False),
    ),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(known=known, chain=chains)
def test_a_chain_is_found_where_a_regular_expression_finds_it(
    known: list[str], chain: Chain
) -> None:
    expected = [number for number, text in enumerate(known) if _matches(text, chain)]
    assert texts.indexed(known).holding(chain).tolist() == expected
    assert stock.Lines(known).holding(chain).tolist() == expected
    assert [n for n, text in enumerate(known) if any(standing(text, chain))] == expected


@hypothesis_settings(max_examples=200, deadline=None)
@given(text=st.text(ALPHABET, max_size=30), chain=chains)
def test_what_is_marked_is_the_chain_itself(text: str, chain: Chain) -> None:
    for start, end in standing(text, chain):
        marked = text[start:end]
        assert _pattern(chain.pieces, chain.gap).fullmatch(marked) or (
            not chain.ordered and marked in chain.pieces
        )


def test_the_work_is_the_occurrences_and_never_their_combinations() -> None:
    class Counted(texts.Texts):
        steps = 0

        def between(self, ends: Ints, starts: Ints) -> Ints:
            Counted.steps += starts.size
            return super().between(ends, starts)

    made = texts.indexed(["的" * 2000])
    counted = Counted(made.ragged, made.pairs)
    assert places_of(Chain(("的",) * MOST_PIECES, 8, True), counted).size
    assert Counted.steps <= 2000 * MOST_PIECES
    assert np.array_equal(counted.holding(Chain(("的", "无"), 8, False)), [])


def _pattern(order: tuple[str, ...], gap: int) -> re.Pattern[str]:
    return re.compile(f".{{0,{gap}}}".join(map(re.escape, order)))


def _matches(text: str, chain: Chain) -> bool:
    return any(_pattern(order, chain.gap).search(text) for order in chain.orders())
