"""Every file of the index, harmed in every way: noticed, never an answer, healed by itself."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from search_indexes.engine import commits, snapshot
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.query_sets import SearchUnavailable
from search_indexes.rebuild import difference
from search_indexes.request import SearchRequest
from search_indexes.sync import heal
from tests.conftest import MakeDocument
from tests.promises import Tried

SEED = 6
QUESTION = SearchRequest(parse_query("创新"))
FILES = ("current", "g-*/manifest.json", "g-*/*.toc", "g-*/*.arr", "g-*/terms.json")

Harm = Callable[[Path], object]


def _cut(share: float) -> Harm:
    return lambda file: os.truncate(file, int(file.stat().st_size * share))


def _changed(share: float) -> Harm:
    """One byte at this part of the file is another one."""

    def change(file: Path) -> None:
        data = bytearray(file.read_bytes())
        place = min(int(len(data) * share), len(data) - 1)
        data[place] ^= 0x15
        file.write_bytes(data)

    return change


def _flipped(seed: int) -> Harm:
    """Twenty bits are the other way round."""

    def flip(file: Path) -> None:
        data = bytearray(file.read_bytes())
        for place in random.Random(seed).sample(range(len(data) * 8), 20):
            data[place // 8] ^= 1 << place % 8
        file.write_bytes(data)

    return flip


def _swapped(file: Path) -> None:
    """Another file of the generation stands in its place."""
    other = max(each for each in file.parent.rglob("*") if each.is_file() and each != file)
    shutil.copy(other, file)


def _made_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _without_a_target(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def _another_owner(file: Path) -> None:
    os.chown(file, 65534, -1)


HARMS: dict[str, Harm] = {
    "deleted": lambda file: file.unlink(),
    "emptied": lambda file: file.write_bytes(b""),
    "only zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "longer by a byte": lambda file: file.write_bytes(file.read_bytes() + b"x"),
    "cut by a byte": lambda file: os.truncate(file, file.stat().st_size - 1),
    "swapped": _swapped,
    "a folder": _made_a_folder,
    "a pickle": lambda file: file.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR."),
    "text": lambda file: file.write_text("此处应为索引"),
    "without a target": _without_a_target,
    **{f"cut to {share:.0%}": _cut(share) for share in (0.1, 0.5, 0.99)},
    **{f"a byte at {share:.0%}": _changed(share) for share in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1)},
    **{f"bits, seed {seed}": _flipped(seed) for seed in range(4)},
}
NOT_THE_POINTER: dict[str, Harm] = {
    "others may write": lambda file: file.chmod(0o666),
}

CELLS = [(pattern, name) for pattern in FILES for name in HARMS]
CELLS += [(pattern, name) for pattern in FILES[2:] for name in NOT_THE_POINTER]
if os.geteuid() == 0:
    NOT_THE_POINTER["another owner"] = _another_owner
    CELLS += [(pattern, "another owner") for pattern in FILES[2:]]


def test_the_matrix_has_more_than_a_hundred_cells() -> None:
    assert len(CELLS) >= 108


@pytest.mark.parametrize("pattern", FILES)
def test_every_damage_is_noticed_and_healed(
    make_document: MakeDocument, index: Path, pattern: str, tried: Tried
) -> None:
    make_document("甲", "创新。")
    for name in [harm for at, harm in CELLS if at == pattern]:
        file = min(index.glob(pattern))
        before = _state(file)
        (HARMS | NOT_THE_POINTER)[name](file)
        assert _state(file) != before, f"{name} did no harm"
        _as_a_new_process(index)
        with pytest.raises(SearchUnavailable, match="reindex"):
            find(QUESTION)
        assert heal(), name
        assert find(QUESTION).count == 1, name
        assert not difference(), name
        assert heal() is None, name
    tried([at for at, _ in CELLS].count(pattern), "harms")
    assert len(list(index.glob("damaged-*"))) <= 1
    assert not list(index.rglob("*.part"))


@pytest.mark.parametrize("harms", [20, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_random_damage_is_noticed_and_healed(
    make_document: MakeDocument, index: Path, harms: int, tried: Tried
) -> None:
    make_document("甲", "创新。")
    chance = random.Random(SEED)
    tried(harms, "harms at random", seed=SEED)
    for number in range(harms):
        file = min(index.glob(chance.choice(FILES)))
        before = file.read_bytes()
        if _says_the_same(after := _harmed(before, chance), before):
            after = before + b"x"
        file.write_bytes(after)
        _as_a_new_process(index)
        with pytest.raises(SearchUnavailable, match="reindex"):
            find(QUESTION)
        assert heal(), number
        assert find(QUESTION).count == 1, number
        assert not difference(), number


def _says_the_same(after: bytes, before: bytes) -> bool:
    """Whether nothing was harmed, as by a space less between the values of the manifest."""
    try:
        return after == before or json.loads(after) == json.loads(before)
    except ValueError:
        return False


def _harmed(data: bytes, chance: random.Random) -> bytes:
    """*data* cut, written over, torn out or doubled somewhere."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 2, 16, 512, 1 << 20)))
    match chance.randrange(5):
        case 0:
            return data[:start]
        case 1:
            return data[:start] + chance.randbytes(end - start) + data[end:]
        case 2:
            return data[:start] + bytes(end - start) + data[end:]
        case 3:
            return data[:start] + data[end:]
    return data[:end] + data[start:]


def test_a_folder_that_is_gone_altogether_is_built_anew(
    make_document: MakeDocument, index: Path
) -> None:
    make_document("甲", "创新。")
    shutil.rmtree(index)
    _as_a_new_process(index)
    with pytest.raises(SearchUnavailable, match="还没有索引"):
        find(QUESTION)
    assert heal()
    assert find(QUESTION).count == 1


def test_files_that_may_only_be_read_answer_as_before(
    make_document: MakeDocument, index: Path
) -> None:
    make_document("甲", "创新。")
    for file in index.rglob("*"):
        if file.is_file():
            file.chmod(0o400)
    _as_a_new_process(index)
    assert find(QUESTION).count == 1
    assert heal() is None


def _state(file: Path) -> object:
    if not file.is_file():
        return None
    found = file.stat()
    return file.read_bytes(), found.st_mode, found.st_uid


def _as_a_new_process(index: Path) -> None:
    snapshot.forget(index)
    commits._verified.clear()
