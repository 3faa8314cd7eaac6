"""Pieces near each other are found where a regular expression finds them, and marked there."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.chained import standing
from search_indexes.engine import stock, texts
from search_indexes.engine.arrays import Ints
from search_indexes.engine.chains import MOST_IN_ANY_ORDER, MOST_PIECES, READ, Chain

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
    assert texts.indexed(known).held(chain).numbers.tolist() == expected
    assert stock.Lines(known).held(chain).numbers.tolist() == expected
    assert [n for n, text in enumerate(known) if any(standing(text, chain))] == expected


@hypothesis_settings(max_examples=100, deadline=None)
@given(known=known, chain=chains, allowed=st.integers(0, 40))
def test_with_less_work_allowed_the_last_texts_are_answered_for_exactly(
    known: list[str], chain: Chain, allowed: int
) -> None:
    every = [number for number, text in enumerate(known) if _matches(text, chain)]
    for made in (texts.indexed(known), stock.Lines(known)):
        found = made.held(chain, allowed)
        assert found.numbers.tolist() == [number for number in every if number >= found.since]
        assert found.since <= len(known)


@hypothesis_settings(max_examples=100, deadline=None)
@given(
    known=st.lists(st.lists(st.text(ALPHABET, max_size=9), max_size=3), min_size=1, max_size=6),
    chain=chains,
    allowed=st.none() | st.integers(0, 40),
)
def test_a_chain_never_reaches_from_one_line_into_the_next(
    known: list[list[str]], chain: Chain, allowed: int | None
) -> None:
    every = [n for n, lines in enumerate(known) if any(_matches(line, chain) for line in lines)]
    joined = ["\n".join(lines) for lines in known]
    for made in (texts.indexed(joined), stock.Lines(joined)):
        found = made.held(chain, allowed)
        assert found.numbers.tolist() == [number for number in every if number >= found.since]
        assert found.since == 0 or allowed is not None


@hypothesis_settings(max_examples=200, deadline=None)
@given(text=st.text(ALPHABET, max_size=30), chain=chains)
def test_what_is_marked_is_the_chain_itself(text: str, chain: Chain) -> None:
    for start, end in standing(text, chain):
        marked = text[start:end]
        assert _pattern(chain.pieces, chain.gap).fullmatch(marked) or (
            not chain.ordered and marked in chain.pieces
        )


class Counted(texts.Texts):
    """Counts the places and units that are looked at."""

    looked = 0

    def places(self, characters: str) -> Ints:
        found = super().places(characters)
        self.looked += found.size
        return found

    def read(self, characters: str, lines: Ints) -> Ints:
        starts = self.line_starts()
        self.looked += int((starts[lines + 1] - starts[lines]).sum()) // READ
        return super().read(characters, lines)

    def between(self, ends: Ints, starts: Ints) -> Ints:
        self.looked += starts.size
        return super().between(ends, starts)


def counted(known: list[str]) -> Counted:
    made = texts.indexed(known)
    return Counted(made.ragged, made.pairs)


def test_the_work_is_the_occurrences_and_never_their_combinations() -> None:
    made = counted(["的" * 2000])
    assert made.held(Chain(("的",) * MOST_PIECES, 8, True)).numbers.size
    assert made.looked <= 2000 * MOST_PIECES
    assert not made.held(Chain(("的", "无"), 8, False)).numbers.size


def test_frequent_pieces_are_looked_for_only_where_the_rare_ones_are() -> None:
    made = counted(["的人" * 50] * 400 + ["第的人"])
    assert made.held(Chain(("的", "人", "第"), 100, False)).numbers.tolist() == [400]
    assert made.looked < 20


def test_a_text_found_in_one_order_is_not_looked_at_in_another() -> None:
    made = counted(["的人第" * 20] * 400)
    assert made.held(Chain(("的", "人", "第"), 100, False)).numbers.size == 400
    assert made.looked <= 3 * 8000 + 2 * 8000


def test_no_chain_does_more_than_twice_the_work_allowed() -> None:
    made = counted(["的人第" * 20] * 4000)
    for allowed in (1_000, 10_000, 50_000):
        made.looked = 0
        found = made.held(Chain(("的", "人", "第"), 100, False), allowed)
        assert 0 < found.since < 4000
        assert found.numbers.tolist() == list(range(found.since, 4000))
        # What is read of the last lines has as many places again to be joined.
        assert made.looked <= 2 * allowed + READ * allowed


def _pattern(order: tuple[str, ...], gap: int) -> re.Pattern[str]:
    return re.compile(f".{{0,{gap}}}".join(map(re.escape, order)))


def _matches(text: str, chain: Chain) -> bool:
    return any(_pattern(order, chain.gap).search(text) for order in chain.orders())
