"""Real workers, several at once, killed in the middle: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.documents.samples import NOTICE
from tests.promises import Tried

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600
POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "")


@dataclass(frozen=True, slots=True)
class Site:
    """A portal's folder with a database of its own, as commands see it."""

    data: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        kept.pop("DATABASE_URL", None)
        ours = {"PORTAL_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "portal.settings"}
        return {**kept, **ours, **({"DATABASE_URL": self.url} if self.url else {})}

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def upload(self, count: int, *, publish: bool = False) -> None:
        """Puts a batch of *count* different notices into the queue, and sorts it."""
        folder = self.data / "in"
        folder.mkdir()
        for number in range(1, count + 1):
            text = NOTICE.replace("7号", f"{number}号")
            (folder / f"{number}.txt").write_text(text, "utf-8")
        code = (
            "from pathlib import Path\n"
            "from documents.batches import Upload, receive\n"
            f"files = sorted(Path({str(folder)!r}).iterdir())\n"
            f"receive([Upload(file, file.name) for file in files], publish={publish})"
        )
        self.manage("shell", "--no-imports", "-c", code)
        self.manage("worker", "--once")

    def rows(self, query: str) -> list[Any]:
        """What a look into the database from outside sees."""
        if self.url:
            with psycopg.connect(self.url) as server:
                return server.execute(query.encode()).fetchall()
        with closing(sqlite3.connect(self.data / "portal.sqlite3", timeout=20)) as database:
            return database.execute(query).fetchall()

    @contextmanager
    def worker(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A worker beside the test; killed at the end if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *words],
            cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def wait_for_a_running_job(self, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            if self.rows("SELECT 1 FROM documents_job WHERE state = 'running'"):
                return
            time.sleep(0.01)
        pytest.fail("the worker took no job")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A portal without a row, to be copied; with PostgreSQL a database that is dropped again."""
    folder = tmp_path_factory.mktemp("migrated")
    with database(str(request.param)) as url:
        site = Site(folder, url)
        site.manage("migrate", "--verbosity", "0")
        yield site


@pytest.fixture
def site(migrated: Site, tmp_path: Path) -> Iterator[Site]:
    """The same for one test alone."""
    shutil.copytree(migrated.data, tmp_path, dirs_exist_ok=True)
    with database("postgres" if migrated.url else "sqlite", migrated.url) as url:
        yield Site(tmp_path, url)


@contextmanager
def database(kind: str, like: str = "") -> Iterator[str]:
    """The address of a PostgreSQL database, empty or a copy of *like*; nothing for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    if not POSTGRES:
        pytest.skip("PORTAL_TEST_POSTGRES names no PostgreSQL server (postgres://user@host/).")
    name = f"jobs_{secrets.token_hex(6)}"
    template = like.removeprefix(POSTGRES) or "template1"
    with psycopg.connect(f"{POSTGRES}postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        try:
            yield f"{POSTGRES}{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def check_nothing_lost_or_doubled(site: Site, count: int) -> Counter[str]:
    jobs = site.rows("SELECT state, reason, document_id FROM documents_job WHERE kind = 'read'")
    states = Counter(state for state, _, _ in jobs)
    assert len(jobs) == count
    assert set(states) <= {"done", "failed"}
    assert all(reason for state, reason, _ in jobs if state == "failed")
    documents = site.rows("SELECT id FROM documents_document")
    assert sorted(key for _, _, key in jobs if key) == sorted(key for (key,) in documents)
    assert len(documents) == states["done"]
    originals = site.rows("SELECT sha256 FROM documents_sourcefile")
    assert len(set(originals)) == len(originals) == states["done"]
    for (sha256,) in originals:
        assert (site.data / "media" / sha256[:2] / sha256[2:4] / sha256).is_file()
    if not site.url:
        assert site.rows("PRAGMA integrity_check") == [("ok",)]
        assert site.rows("PRAGMA foreign_key_check") == []
    return states


def test_two_workers_do_forty_jobs_and_none_twice(site: Site) -> None:
    site.upload(40)
    with site.worker("--idle-exit") as one, site.worker("--idle-exit") as two:
        said = [process.communicate(timeout=PATIENCE)[0] for process in (one, two)]

    done = [int(line.split()[0]) for line in said]
    print(f"two workers did {done[0]} and {done[1]} jobs")
    assert sum(done) == 40
    assert min(done) > 0, "only one of them worked"
    assert site.rows("SELECT DISTINCT attempts FROM documents_job") == [(1,)]
    assert check_nothing_lost_or_doubled(site, 40)["done"] == 40


@pytest.mark.parametrize(
    ("kills", "count"), [(5, 8), pytest.param(100, 60, marks=pytest.mark.nightly)]
)
def test_a_worker_killed_in_mid_job_loses_nothing_and_doubles_nothing(
    site: Site, kills: int, count: int, tried: Tried
) -> None:
    site.manage("reindex")
    site.upload(count, publish=True)
    chance = random.Random(kills)
    injected = 0
    for _ in range(5 * kills):
        if injected == kills:
            break
        with site.worker("--lease", "2") as process:
            site.wait_for_a_running_job(process)
            time.sleep(chance.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            process.wait()
        injected += bool(site.rows("SELECT 1 FROM documents_job WHERE state = 'running'"))
    tried(injected, "workers killed in mid-job", seed=kills)
    assert injected == kills, "the fault was not injected often enough to prove anything"

    began = time.monotonic()
    while site.rows("SELECT 1 FROM documents_job WHERE state IN ('queued', 'running')"):
        assert time.monotonic() - began < PATIENCE
        site.manage("worker", "--idle-exit", "--lease", "2")
        time.sleep(0.2)
    states = check_nothing_lost_or_doubled(site, count)
    assert states["done"] > 0
    site.manage("worker", "--idle-exit")
    site.manage("reindex", "--check")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_end_finishes_its_job_or_gives_it_back(
    site: Site, number: signal.Signals
) -> None:
    site.upload(3)
    with site.worker() as process:
        site.wait_for_a_running_job(process)
        process.send_signal(number)
        said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert said.strip().endswith("done.")
    states = Counter(state for (state,) in site.rows("SELECT state FROM documents_job"))
    assert set(states) <= {"done", "queued"}
    assert states["queued"] >= 1, "it was to end, not to work everything off"
    assert (
        site.rows("SELECT attempts FROM documents_job WHERE state = 'queued' AND attempts > 0")
        == []
    )
    assert site.rows("SELECT 1 FROM documents_workerbeat") == []


def test_a_wrong_lease_is_said_in_one_line(site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "worker", "--lease", "0"],
        cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "--lease is 0" in done.stderr
    assert "Traceback" not in done.stderr
