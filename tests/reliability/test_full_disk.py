"""A disk that is really full: what cannot be kept is said, and readers are served as before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment
from tests.promises import Tried

TRY = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs"]


@pytest.fixture(scope="module")
def small_disks(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where this account may not mount a file system."""
    try:
        tried = subprocess.run(
            [*TRY, tmp_path_factory.mktemp("mount")], capture_output=True, text=True, check=False
        )
        reason = tried.stderr.strip() if tried.returncode else ""
    except FileNotFoundError as error:
        reason = str(error)
    if reason:
        pytest.skip(f"A small file system cannot be mounted here ({reason}); as root it can.")


@pytest.mark.usefixtures("small_disks")
@pytest.mark.parametrize("steps", [10, pytest.param(50, marks=pytest.mark.nightly)])
def test_what_a_full_disk_does_not_take_is_said_and_nothing_else_happens(
    data: Path, steps: int, tried: Tried
) -> None:
    done = subprocess.run(
        [
            "unshare", "--mount", sys.executable, "-m", "tests.reliability.full_disk", str(steps),
        ],
        cwd=ROOT,
        env={**environment(data), "PORTAL_LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        timeout=200 + 60 * steps,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for place, said in found.items():
        tried(said["refused"], f"steps of {steps} refused with the disk of the {place} full")

    assert len(found) == 4
    assert [what for said in found.values() for what in said["wrong"]] == []
