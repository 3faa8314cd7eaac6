"""Whatever happens in whatever order, database, index, feeds, sitemap and search say the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment
from tests.promises import Tried

SEED = 12
CASES = [(3, 30), pytest.param(40, 50, marks=pytest.mark.nightly)]  # 40: what fits into a night


@pytest.mark.parametrize(("examples", "steps"), CASES)
def test_after_random_work_kills_and_restores_everything_says_the_same(
    data: Path, examples: int, steps: int, tried: Tried
) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.reliability.agreement",
            str(examples), str(steps), str(SEED),
        ],
        cwd=ROOT,
        env={**environment(data), "PORTAL_LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        timeout=300 + examples * steps * 5,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:]
    happened = json.loads(done.stdout.splitlines()[-1])
    tried(happened["examples"], f"portals of {steps} steps", seed=SEED)
    for what in ("kills", "operations that failed", "backup", "restore"):
        tried(happened[what], what, seed=SEED)

    assert happened["examples"] >= examples
    assert happened["kills"] >= examples, "hardly anything was killed"
    assert happened["operations that failed"] >= examples // 2, "hardly anything failed"
    assert {"draft", "published", "withdrawn", "edit", "backup", "restore"} <= happened.keys()
