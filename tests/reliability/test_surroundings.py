"""The portal starts in surroundings that are poorer or odder than a developer's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, environment

BARE = {"LANG": "C", "LC_ALL": "C"}
"""A shell without a locale, as cron and slim containers have it."""


def manage(data: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**environment(data), **BARE},
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.mark.nightly
def test_it_works_without_a_locale_in_a_folder_with_spaces_and_characters(tmp_path: Path) -> None:
    data = tmp_path / "政策 文库 (1)"
    prepared = manage(data, "start", "--prepare-only")
    found = manage(data, "find", "--json", "--limit", "1", "--district", "青浦区", "高新技术企业")

    assert prepared.returncode == 0, prepared.stderr[-2000:]
    assert found.returncode == 0, found.stderr[-2000:]
    assert json.loads(found.stdout)["count"] > 0


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = manage(tmp_path / "file" / "data", "check")

    assert done.returncode == 1
    assert b"PORTAL_DATA" in done.stderr
    assert b"Traceback" not in done.stderr
