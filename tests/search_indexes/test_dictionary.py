"""The small dictionary says of every string what jieba's own table says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes import dictionary as module
from search_indexes.cutter import Cutter
from search_indexes.dictionary import arranged, dictionary

strings = st.text(alphabet="科技创新企业1a", min_size=1, max_size=5)


@hypothesis_settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(strings, st.integers(0, 99)), max_size=20), asked=strings)
def test_it_tells_words_from_beginnings_and_from_neither(
    rows: list[tuple[str, int]], asked: str
) -> None:
    table = dict(rows)
    begun = {word[:size] for word in table for size in range(1, len(word))}
    known = arranged(rows)
    for each in (asked, *table, *begun):
        expected = table.get(each, 0 if each in begun else None)
        assert known.get(each) == expected
        assert (each in known) == (expected is not None)
        assert known.get(each, 7) == (7 if expected is None else expected)
    assert known.total == sum(count for _, count in rows)


def test_it_holds_what_jiebas_own_holds(tmp_path: Path) -> None:
    small, whole = dictionary(tmp_path), Cutter()
    whole.hurry()
    table = whole.tokenizer.FREQ
    assert small.total == whole.tokenizer.total
    some = list(table.items())[::29]
    assert len(some) > 10_000
    assert all(small.get(word) == count and word in small for word, count in some)
    assert not any(f"{word}{odd}" in small for word, _ in some[::7] for odd in ("\n", "\t1", "𠀀"))


def test_a_word_that_is_not_there_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        arranged([("科技", 1)])["技"]


def test_it_is_arranged_once_and_again_when_its_file_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    rows = [("科技", 5), ("科技创新", 2)]

    def counted(file: Path) -> module.Dictionary:
        made.append(file)
        known = arranged(rows)
        module._keep(file, known)
        return known

    monkeypatch.setattr(module, "_made", counted)
    for _ in range(2):
        known = dictionary(tmp_path)
        assert [known.get(word) for word in ("科", "科技", "科技创新", "技")] == [0, 5, 2, None]
    assert len(made) == 1
    (file,) = tmp_path.iterdir()
    data = bytearray(file.read_bytes())
    data[-2] ^= 1
    file.write_bytes(data)
    assert dictionary(tmp_path).get("科技") == 5
    assert len(made) == 2
