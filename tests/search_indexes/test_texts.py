"""Runs of characters are found in texts exactly as a plain scan finds them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.engine import lists, texts

# Few characters, so that runs repeat; two beyond the Basic Multilingual Plane share a unit.
ALPHABET = "创新企业𠀀𠀁a1"

runs = st.text(alphabet=ALPHABET, max_size=12)
lines = st.lists(runs, max_size=2).map("\n".join)


@hypothesis_settings(max_examples=300, deadline=None)
@given(known=st.lists(lines, min_size=1, max_size=8), wanted=runs.filter(bool))
def test_a_run_is_found_where_it_stands_and_nowhere_else(known: list[str], wanted: str) -> None:
    found = texts.indexed(known).holding(wanted).tolist()
    assert found == [number for number, text in enumerate(known) if wanted in text]


@hypothesis_settings(max_examples=100, deadline=None)
@given(known=st.lists(runs, min_size=1, max_size=8), wanted=st.data())
def test_a_text_is_itself_and_no_longer_one_is(known: list[str], wanted: st.DataObject) -> None:
    run = wanted.draw(st.sampled_from(known) | runs)
    found = texts.indexed(known).being(run).tolist()
    assert found == [number for number, text in enumerate(known) if run and text == run]


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.lists(st.tuples(lines, st.booleans()), min_size=1, max_size=5), min_size=1, max_size=3
    ),
    wanted=runs.filter(bool),
)
def test_texts_joined_are_as_if_written_together(
    parts: list[list[tuple[str, bool]]], wanted: str
) -> None:
    kept = [text for part in parts for text, keep in part if keep]
    joined = texts.together(
        [
            (texts.indexed([text for text, _ in part]), np.array([keep for _, keep in part]))
            for part in parts
        ]
    )
    found = joined.holding(wanted).tolist()
    assert found == [number for number, text in enumerate(kept) if wanted in text]
    assert len(joined.ragged) == len(kept)


def test_lists_are_merged_in_small_ranges_as_at_once() -> None:
    known = ["创新企业" * 3, "企业创新", "新企"]
    whole = texts.together([(texts.indexed(known), None), (texts.indexed(known), None)])
    before = lists.AT_ONCE
    try:
        lists.AT_ONCE = 3
        small = texts.together([(texts.indexed(known), None), (texts.indexed(known), None)])
    finally:
        lists.AT_ONCE = before
    assert np.array_equal(whole.pairs.columns[0].part(0, 5), small.pairs.columns[0].part(0, 5))
    assert np.array_equal(whole.pairs.starts, small.pairs.starts)
