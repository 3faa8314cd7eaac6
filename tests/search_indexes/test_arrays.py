"""Segments of arrays: what is joined is what would have been written together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from search_indexes.engine import arrayfile, words
from search_indexes.engine.arrays import Array
from search_indexes.engine.errors import IndexDamaged
from search_indexes.engine.memory import Memory

sections = st.lists(st.sampled_from(["创新", "企业", "人才", "科技"]), max_size=6)


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.lists(st.tuples(sections, st.booleans()), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    )
)
def test_words_joined_are_as_if_written_together(
    parts: list[list[tuple[list[str], bool]]],
) -> None:
    joined = words.together([(_written([s for s, _ in p]), _mask(p)) for p in parts])
    whole = _written([section for part in parts for section, keep in part if keep])
    assert list(joined.list) == list(whole.list)
    assert joined.lengths.tolist() == whole.lengths.tolist()
    for word in whole.list:
        assert _entries(joined, word) == _entries(whole, word)


def _written(known: list[list[str]]) -> words.Words:
    inverter = words.Inverter()
    for section in known:
        inverter.add(section)
    return inverter.finished()


def _mask(part: list[tuple[list[str], bool]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([keep for _, keep in part])


def _entries(known: words.Words, word: bytes) -> list[list[int]]:
    found = known.entries(word)
    assert found is not None
    return [column.tolist() for column in found]


def test_arrays_are_read_as_they_were_written(tmp_path: Path) -> None:
    arrays: dict[str, Array] = {
        "甲": np.arange(5, dtype=np.uint32),
        "nothing": np.empty(0, np.uint8),
    }
    arrayfile.write(tmp_path / "a.arr", arrays.items())
    read = arrayfile.read(tmp_path / "a.arr")
    assert {name: array.tolist() for name, array in read.items()} == {
        "甲": [0, 1, 2, 3, 4],
        "nothing": [],
    }
    assert not read["甲"].flags.writeable
    arrayfile.release(read["甲"])
    assert read["甲"].tolist() == [0, 1, 2, 3, 4], "read again from the file"


@pytest.mark.parametrize(
    "data", [b"", b"cos\nsystem\n(S'exit 1'\ntR.", b"PARRAYS\x03" + b"\0" * 99], ids=str
)
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.arr").write_bytes(data)
    with pytest.raises(IndexDamaged, match="reindex"):
        arrayfile.read(tmp_path / "a.arr")


def test_memory_drops_what_was_asked_for_longest_ago() -> None:
    memory = Memory(10)
    for key in "abac":
        memory.get(key, lambda: key, lambda value: 4)  # noqa: B023 - made at once
    assert memory.get("a", lambda: "new", lambda value: 4) == "a"
    assert memory.get("b", lambda: "new", lambda value: 4) == "new"
    assert memory.used <= memory.limit
