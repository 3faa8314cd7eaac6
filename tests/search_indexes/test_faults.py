"""Whichever operation on a file fails, a commit happens or does not; nothing is left behind."""

from __future__ import annotations

import builtins
import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from search_indexes.engine import commits, generations, snapshot
from search_indexes.engine.errors import IndexUnusable
from search_indexes.rebuild import difference
from search_indexes.sync import catch_up, pending_documents
from tests.conftest import MakeDocument
from tests.promises import Tried
from tests.search_indexes.engine_rows import Counts, commit, counts, empty_generation, switch

ERRORS = [
    errno.ENOSPC,
    pytest.param(errno.EIO, marks=pytest.mark.nightly),
    pytest.param(errno.EMFILE, marks=pytest.mark.nightly),
]
STEP = 9
"""Every so many operations are made to fail with the whole portal around them."""


class _Faulty:
    """An open file whose writing may fail."""

    def __init__(self, file: Any, strike: Callable[[], None]) -> None:
        self._file = file
        self._strike = strike

    def write(self, data: Any) -> Any:
        self._strike()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Faulty:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def failing(root: Path, number: int, error: int) -> Iterator[list[int]]:
    """The *number*-th opening, writing, syncing, renaming or locking below *root* fails.

    Gives a list that says which operation failed, empty as long as none did.
    """
    struck: list[int] = []
    operations = count(1)

    def strike() -> None:
        if next(operations) == number:
            struck.append(number)
            raise OSError(error, os.strerror(error))

    def below(path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(str(root))

    def wrapped(real: Callable[..., Any], *, opens: bool = False) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            if opens and not below(arguments[0]):
                return real(*arguments, **options)
            if real is not fcntl.flock or arguments[1] & fcntl.LOCK_EX:
                strike()
            result = real(*arguments, **options)
            return _Faulty(result, strike) if opens and result.writable() else result

        return run

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "open", wrapped(open, opens=True))
        patch.setattr(Path, "open", wrapped(Path.open, opens=True))
        for module, name in ((os, "fsync"), (os, "replace"), (os, "rename"), (fcntl, "flock")):
            patch.setattr(module, name, wrapped(getattr(module, name)))
        yield struck


def _change(root: Path) -> None:
    with generations.lock(root, seconds=0.2):
        commit(root, 2, version="1")


def _rebuild(root: Path) -> None:
    with generations.lock(root, "rebuild", 0.2), generations.lock(root, seconds=0.2):
        switch(root, (1, 2, 3), "1")


OLD = (3, 15, {"0": 3})
NEW: dict[Callable[[Path], None], Counts] = {
    _change: (3, 15, {"0": 2, "1": 1}),
    _rebuild: (3, 15, {"1": 3}),
}


@pytest.mark.parametrize("error", ERRORS, ids=str)
@pytest.mark.parametrize("work", [_change, _rebuild])
def test_all_or_nothing_whichever_operation_fails(
    tmp_path: Path, work: Callable[[Path], None], error: int, tried: Tried
) -> None:
    pristine = empty_generation(tmp_path / "pristine")
    commit(pristine, 1, 2, 3)
    for number in count(1):
        root = tmp_path / str(number)
        shutil.copytree(pristine, root)
        with failing(root, number, error) as struck:
            try:
                work(root)
            except (OSError, IndexUnusable):
                assert struck, "it failed of itself"
        snapshot.forget(root)
        assert counts(root) in ((OLD, NEW[work]) if struck else (NEW[work],)), number
        work(root)  # no lock is held, and what is left does not stand in the way
        assert counts(root) == NEW[work], number
        assert _left_over(root) == set(), number
        snapshot.forget(root)
        shutil.rmtree(root)
        if not struck:
            break
    tried(number - 1, f"operations that failed with {errno.errorcode[error]}")
    assert number > 10, "hardly anything was made to fail"


def _left_over(root: Path) -> set[str]:
    """Files below the live generation, or beside it, that nothing names."""
    live = generations.current(root)
    named = {live / name for name in commits.read_manifest(live).files}
    named |= {live / commits.MANIFEST, root / generations.POINTER}
    known = {file for file in root.rglob("*") if file.is_file() and file.suffix != ".lock"}
    before = {file for file in known if file.parent not in (root, live)}
    return {str(file.relative_to(root)) for file in known - named - before} | {
        file.name for file in before if file.suffix == ".part"
    }


def test_a_change_the_index_did_not_take_is_taken_later(
    make_document: MakeDocument, index: Path, tried: Tried
) -> None:
    make_document("甲", "创新。")
    for number in count(1, STEP):
        make_document(f"乙{number}", "创新。", indexed=False)
        with failing(index, number, errno.ENOSPC) as struck:
            try:
                catch_up()
            except (OSError, IndexUnusable):
                assert struck
        if not struck:
            break
        assert counts_agree_after_a_second_try()
    tried(number // STEP, "operations that failed under a change of a document")
    assert number > 5 * STEP


def counts_agree_after_a_second_try() -> bool:
    """Whether the arrears are taken up, and database and index then say the same."""
    catch_up()
    return not pending_documents() and not difference()
