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

from search_indexes import analysis
from search_indexes import cutter as cutter_module
from search_indexes.cutter import PROBE, Cutter
from search_indexes.dictionary import Dictionary

SEEDS = Path(__file__).parents[1] / "cases" / "seeds"

CUTTER = Cutter()


def test_jiebas_own_table_is_read_only_where_jieba_cuts_and_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[object] = []
    loaded = cutter_module._loaded

    def counted(added: dict[str, int]) -> object:
        read.append(added)
        return loaded(added)

    monkeypatch.setattr(cutter_module, "_loaded", counted)
    fast, slow = Cutter(), Cutter()
    slow.__dict__["_fast"] = None  # as where rjieba is not installed, or cuts otherwise
    for cutter in (fast, slow, slow):
        known = analysis._Dictionary(())
        known.cutter = cutter
        token = analysis._in_use.set(known)
        analysis.hurry()
        analysis._in_use.reset(token)

    assert len(read) == 1
    assert isinstance(fast.tokenizer.FREQ, Dictionary)
    assert fast.cut_for_index("科技创新企业") == slow.cut_for_index("科技创新企业")


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


TERMS = (
    "c+实验室",
    "专精特新",
    "互联网+",
    "创新企业",
    "科技创",
    "科技创新企业的",
    "企业",
    "5g网络",
    "一二年",
)
WITH_TERMS = Cutter(TERMS)


@cache
def _whole_with_terms() -> Cutter:
    cutter = Cutter(TERMS)
    cutter.hurry()
    return cutter


mixed = st.lists(
    st.one_of(st.sampled_from(TERMS), st.text("科技创新企业的和一二年c+5g网络互联 ，", max_size=4)),
    max_size=8,
).map("".join)


@hypothesis_settings(max_examples=300, deadline=None)
@given(text=st.one_of(mixed, awkward))
def test_with_terms_of_its_own_any_text_is_cut_as_jieba_cuts_it_with_them(text: str) -> None:
    assert WITH_TERMS._fast is not None
    assert WITH_TERMS.cut(text) == _whole_with_terms().cut(text)
    assert WITH_TERMS.cut_for_index(text) == _whole_with_terms()._with_inner(
        _whole_with_terms().cut(text)
    )
    assert "".join(WITH_TERMS.cut(text)) == text


def test_terms_change_no_other_cutter_and_need_no_order() -> None:
    assert WITH_TERMS.cut("实施专精特新工程")[1] == "专精特新"
    assert "专精特新" not in CUTTER.cut("实施专精特新工程")
    backwards = Cutter(TERMS[::-1])
    assert backwards._added == WITH_TERMS._added
    assert "企业" not in WITH_TERMS._added, "jieba has it as one word"


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
