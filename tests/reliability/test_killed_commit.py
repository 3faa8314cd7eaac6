"""Killed in the middle of writing, the database is whole and keeps what it had acknowledged."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.conftest import environment
from tests.promises import Tried

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 11


@pytest.mark.parametrize("kills", [50, pytest.param(1000, marks=pytest.mark.nightly)])
def test_a_writer_killed_at_any_moment_loses_nothing_acknowledged(
    data: Path, kills: int, tried: Tried
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.killed_writer", str(kills), str(SEED)],
        cwd=ROOT,
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=60 + kills,
        check=True,
    )
    found = json.loads(done.stdout)
    acknowledged = found.pop("acknowledged")
    tried(found["kills"], "kills", seed=SEED)
    tried(found["within"], "kills in mid-write", seed=SEED)
    tried(len(acknowledged), "writes acknowledged", seed=SEED)
    with sqlite3.connect(data / "portal.sqlite3") as database:
        whole = database.execute("PRAGMA integrity_check").fetchall()
        dangling = database.execute("PRAGMA foreign_key_check").fetchall()
        values = [row[0] for row in database.execute("SELECT value FROM portal_follow")]
    parts = Counter(value.rsplit("-", 1)[0] for value in values)

    assert found["kills"] == kills
    assert found["within"] > kills // 4, "hardly any kill met a write"
    assert acknowledged
    assert (whole, dangling) == ([("ok",)], [])
    assert [key for key in acknowledged if parts[key] != 3] == []
    assert set(parts.values()) == {3}, "a transaction is kept in part"
