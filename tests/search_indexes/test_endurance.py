"""Long use leaves nothing behind: many commits, rebuilds under readers, writers that are killed."""

from __future__ import annotations

import gc
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from search_indexes.engine import generations, snapshot
from tests.promises import Tried
from tests.search_indexes.engine_rows import Counts, commit, counts, empty_generation, switch
from tests.search_indexes.engine_rows import versions as live_versions

DOCUMENTS = 40
WRITER = [sys.executable, "-m", "tests.search_indexes.writer_process"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A live generation without documents."""
    return empty_generation(tmp_path / "engine")


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("updates", [1_000, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_many_updates_leave_no_files_handles_or_threads(
    root: Path, updates: int, tried: Tried
) -> None:
    chance = random.Random(updates)
    commit(root, *range(DOCUMENTS), version="0")
    fresh = _size(generations.current(root))
    expected = dict.fromkeys(range(DOCUMENTS), "0")
    warm = 0
    for number in range(1, updates + 1):
        document = chance.randrange(DOCUMENTS)
        commit(root, document, version=str(number))
        expected[document] = str(number)
        if number % 20 == 0:
            counts(root)
        if number == updates // 5:
            warm = _handles()
    tried(updates, "updates", seed=updates)
    assert live_versions(root) == expected
    assert _handles() <= warm + 2
    assert threading.active_count() < 10
    assert _size(generations.current(root)) <= 3 * fresh
    assert not list(root.rglob("*.part"))


def _handles() -> int:
    """Open files and mapped segments of this process, those that wait to be collected aside."""
    gc.collect()
    handles, maps = Path("/proc/self/fd"), Path("/proc/self/maps")
    if not handles.exists():
        return 0
    return len(list(handles.iterdir())) + maps.read_text().count(".arr")


@pytest.mark.parametrize("rebuilds", [3, pytest.param(20, marks=pytest.mark.nightly)])
def test_readers_have_the_old_or_the_new_whole_index(
    root: Path, rebuilds: int, tried: Tried
) -> None:
    switch(root, range(DOCUMENTS), "0")
    seen: list[Counts] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(counts(root))
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, rebuilds + 1):
        switch(root, range(DOCUMENTS), str(number))
    done.set()
    for reader in readers:
        reader.join()
    tried(rebuilds, "rebuilds under 4 readers")
    tried(len(seen), "answers meanwhile")
    assert not failures
    whole = [(DOCUMENTS, DOCUMENTS * 5, {str(n): DOCUMENTS}) for n in range(rebuilds + 1)]
    assert all(each in whole for each in seen)


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.nightly)])
def test_a_writer_that_is_killed_loses_nothing_it_had_said(root: Path, kills: int) -> None:
    chance = random.Random(kills)
    switch(root, range(DOCUMENTS), "0")
    for number in range(1, kills + 1):
        writer = subprocess.Popen(
            [*WRITER, str(root), str(number)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        said = [writer.stdout.readline().split() for _ in range(chance.randrange(2, 12))]
        threading.Event().wait(chance.random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        said += [line.split() for line in writer.stdout.read().splitlines()]
        writer.wait()
        snapshot.forget(root)
        known = live_versions(root)
        assert len(known) == DOCUMENTS
        assert counts(root)[0] == DOCUMENTS
        last: dict[int, int] = {}
        for each in said:
            if len(each) == 2:
                last[int(each[0])] = int(each[1])
        assert last, "the writer was killed before it wrote"
        # A commit may have happened that there was no time to tell of.
        late = [key for key, step in last.items() if known[key] != f"{number}-{step}"]
        assert len(late) <= 1, (late, known)
        with generations.lock(root, seconds=0.2):
            commit(root, 0, version=f"{number}-after")
        assert live_versions(root)[0] == f"{number}-after"
    assert len(list(root.glob("building-*"))) <= 1


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.nightly)])
def test_a_rebuild_that_is_killed_leaves_a_whole_index(
    root: Path, kills: int, tried: Tried
) -> None:
    chance = random.Random(kills)
    switch(root, range(DOCUMENTS), "0")
    for number in range(1, kills + 1):
        builder = subprocess.Popen(
            [*WRITER, str(root), f"r{number}", "rebuild"], stdout=subprocess.PIPE, text=True
        )
        assert builder.stdout is not None
        said = [builder.stdout.readline().split() for _ in range(chance.randrange(1, 6))]
        threading.Event().wait(chance.random() * 0.02)
        builder.send_signal(signal.SIGKILL)
        said += [line.split() for line in builder.stdout.read().splitlines()]
        builder.wait()
        snapshot.forget(root)
        whole = set(live_versions(root).values())
        last = max(int(each[1]) for each in said if len(each) == 2)
        assert whole <= {f"r{number}-{last}", f"r{number}-{last + 1}"}
        assert len(whole) == 1
        assert counts(root)[:2] == (DOCUMENTS, DOCUMENTS * 5)
    tried(kills, "rebuilds killed", seed=kills)
    switch(root, range(DOCUMENTS), "after")
    assert not list(root.glob("building-*"))


@pytest.mark.parametrize("steps", [200, pytest.param(5_000, marks=pytest.mark.nightly)])
def test_three_processes_that_write_at_once_lose_nothing(
    root: Path, steps: int, tried: Tried
) -> None:
    switch(root, range(DOCUMENTS), "0")
    writers = [
        subprocess.Popen(
            [*WRITER, str(root), f"w{first}", str(first), str(steps)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in (0, 7, 14)
    ]
    expected = dict.fromkeys(range(DOCUMENTS), "0")
    for first, writer in zip((0, 7, 14), writers, strict=True):
        said, complaints = writer.communicate()
        assert writer.returncode == 0, complaints
        assert len(said.splitlines()) == steps
        for line in said.splitlines():
            document, step = map(int, line.split())
            expected[document] = f"w{first}-{step}"
    tried(3 * steps, "changes by 3 processes at once")
    assert live_versions(root) == expected
    assert counts(root)[:2] == (DOCUMENTS, DOCUMENTS * 5)
