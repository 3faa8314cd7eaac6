"""Two web processes, a worker, rebuilds and readers at once: nobody is refused, nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment, manage
from tests.promises import Tried
from tests.reliability.busy_portal import BusyPortal, served

SEED = 5
SHORT = pytest.param(6, 1, 1, marks=pytest.mark.nightly)
LONG = pytest.param(200, 20, 20, marks=pytest.mark.nightly)


WORK = ("added", "added", "published", "corrected", "published", "withdrawn")
"""What an editor does, over and over; a worker makes drafts of what was added meanwhile."""


@dataclass(slots=True)
class Editor:
    """Adds, publishes, corrects and withdraws notices of its own, by the doors editors use."""

    portal: BusyPortal
    first: int
    chance: random.Random
    added: set[int] = field(default_factory=set)
    public: set[int] = field(default_factory=set)
    texts: dict[int, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def work(self, changes: int) -> None:
        """Makes *changes* changes; what is not answered with 302 is wrong."""
        for step in range(changes):
            what = WORK[step % len(WORK)]
            number, status = self.change(what, step)
            self.done[what] += 1
            if status != 302:
                self.wrong.append(f"{number} {what}: {status}")

    def change(self, what: str, step: int) -> tuple[int, int]:
        """Does one thing to one notice; gives the notice's number and the status."""
        if what == "added":
            self.added.add(number := self.first + step)
            return number, self.portal.upload(number)
        if what == "published":
            self.public.add(number := self.draft())
            return number, self.portal.publish(number)
        number = self.chance.choice(sorted(self.public))
        if what == "withdrawn":
            self.public.remove(number)
            return number, self.portal.withdraw(number)
        self.texts[number] = f"第{number}批企业，第{step}次修改。"
        return number, self.portal.correct(number, self.texts[number])

    def draft(self) -> int:
        """One of its notices that was read; waits for the worker."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if mine := self.portal.numbers("draft") & self.added:
                return min(mine)
            time.sleep(0.2)
        raise AssertionError("the worker read nothing for five minutes")


@pytest.mark.parametrize(("changes", "rebuilds", "kills"), [SHORT, LONG])
def test_writers_a_worker_rebuilds_and_readers_at_once_disturb_each_other_nowhere(
    data: Path, changes: int, rebuilds: int, kills: int, tried: Tried
) -> None:
    with served(data) as portal:
        editors = [Editor(portal, 1000 * n, random.Random(SEED + n)) for n in (1, 2)]
        writing = [threading.Thread(target=each.work, args=[changes]) for each in editors]
        for thread in writing:
            thread.start()
        manage(data, "reindex")
        for thread in writing:
            thread.join()
        until_read(portal)
        done = editors[0].done + editors[1].done
        public = editors[0].public | editors[1].public
        tried(sum(done.values()), "changes by 2 editors", seed=SEED)
        print(f"{dict(done)}, longest wait {max(portal.waits):.1f} s")

        assert editors[0].wrong + editors[1].wrong == []
        assert sum(done.values()) == 2 * changes, "an editor gave up"
        assert portal.numbers("published") == public
        for number, text in (editors[0].texts | editors[1].texts).items():
            assert portal.rows(OWN_TEXT, number, text), f"the correction of {number} is lost"
        assert "一致" in manage(data, "reindex", "--check")
        tried(rebuilds + kills, "rebuilds of the served portal, whole and killed")
        rebuild_under_readers(portal, rebuilds, kills)


OWN_TEXT = """
    SELECT 1 FROM documents_section s JOIN documents_document d ON d.id = s.document_id
    WHERE d.ref_serial = ? AND s.text = ?
"""


def until_read(portal: BusyPortal) -> None:
    """Waits until the worker has nothing to do."""
    deadline = time.monotonic() + 600
    waiting = "SELECT 1 FROM documents_job WHERE state IN ('queued', 'running')"
    while portal.rows(waiting):
        assert time.monotonic() < deadline, "the worker did not end"
        time.sleep(0.2)


def rebuild_under_readers(portal: BusyPortal, rebuilds: int, kills: int) -> None:
    """Four readers ask for the same while the index is built anew, whole and killed half-way."""
    old = portal.found()
    seen: list[list[tuple[object, ...]]] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.wait(0.25):  # a reader looks at what was found
            seen.append(portal.found())

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(rebuilds):
            manage(portal.data, "reindex")
        killed = sum(kill_a_rebuild(portal.data) for _ in range(kills))
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    new = portal.found()
    print(f"{rebuilds} rebuilds, {killed} killed half-way, {len(seen)} answers")

    # The same documents; how good each is may differ by what the old index still counted.
    assert [each for each in seen if each not in (old, new)][:1] == []
    assert {each[0] for each in old} == {each[0] for each in new}
    assert len(old) == len(new) > 1, "there was nothing to find"
    assert len(seen) >= 4 * (rebuilds + kills), "hardly anybody read meanwhile"
    assert killed == kills, "a rebuild was over before it was killed"


def kill_a_rebuild(data: Path) -> bool:
    """Whether a rebuild was killed while its generation lay unfinished beside the live one."""
    before = set((data / "index").glob("building-*"))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "reindex"], cwd=ROOT, env=environment(data),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while process.poll() is None and set((data / "index").glob("building-*")) <= before:
        time.sleep(0.001)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive
