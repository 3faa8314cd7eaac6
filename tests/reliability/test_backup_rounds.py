"""A backup made while others write is the portal at one moment, and comes back exactly so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment
from tests.promises import Tried


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.nightly)])
def test_backups_made_under_writes_come_back_row_for_row_and_byte_for_byte(
    data: Path, rounds: int, tried: Tried
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.backed_up", str(rounds)],
        cwd=ROOT,
        env={**environment(data), "PORTAL_LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        timeout=300 + 120 * rounds,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    tried(sum(bool(each["while"]) for each in found), "backups with writes meanwhile")

    assert len(found) == rounds
    assert all(each["while"] for each in found), "nothing was written during a backup"
    assert [each["wrong"] for each in found] == [[]] * rounds
