"""The fast cutter and the reference give the same words, or the reference cuts."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.cutter import PROBE, Cutter

SEEDS = Path(__file__).parents[1] / "cases" / "seeds"

CUTTER = Cutter()

awkward = st.text(
    st.sampled_from("科技创新企业的和国家一二年abcXYZ019.-_%/ +#&\t\n\u3000，。〔〕ⅳ㈠é𠀀"),
    max_size=40,
)


@cache
def _whole() -> Cutter:
    """jieba with its own table."""
    cutter = Cutter()
    cutter.hurry()
    return cutter


def _reference(text: str) -> list[str]:
    return list(_whole().tokenizer.cut_for_search(text, HMM=True))


@hypothesis_settings(max_examples=500, deadline=None)
@given(text=st.one_of(awkward, st.text(max_size=40)))
def test_any_text_is_cut_as_jieba_cuts_it(text: str) -> None:
    assert CUTTER.cut_for_index(text) == _reference(text)
    assert CUTTER.cut(text) == _whole().cut(text)


def test_the_fast_cutter_is_in_use_and_cuts_the_seeds_as_jieba_does() -> None:
    assert CUTTER._fast is not None
    lines = [text for file in sorted(SEEDS.glob("*.json")) for text in _texts(file)]
    assert len(lines) > 100
    for line in lines:
        assert CUTTER.cut_for_index(line) == _reference(line)


def _texts(file: Path) -> list[str]:
    """Every string that stands somewhere in *file*."""
    found: list[str] = []
    waiting: list[Any] = [json.loads(file.read_text("utf-8"))]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict | list):
            waiting += each.values() if isinstance(each, dict) else each
    return found


def test_without_the_fast_cutter_jieba_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    cutter = Cutter()
    assert cutter._fast is None
    assert cutter.cut_for_index(PROBE[0]) == _reference(PROBE[0])


def test_a_cutter_that_differs_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = ModuleType("rjieba")
    other.cut = list  # type: ignore[attr-defined]  # every character a word
    monkeypatch.setitem(sys.modules, "rjieba", other)
    cutter = Cutter()
    assert cutter.cut_for_index(PROBE[1]) == _reference(PROBE[1])
    assert "rjieba does not cut as jieba does" in caplog.text
