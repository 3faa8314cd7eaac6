"""What the tests of this room share: a database that is migrated once, for portals of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import manage


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty portal's database file, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    manage(folder, "migrate", "--verbosity", "0")
    return folder / "portal.sqlite3"


@pytest.fixture
def data(tmp_path: Path, migrated: Path) -> Path:
    """The folder of an empty portal of this test's own."""
    shutil.copy(migrated, tmp_path)
    return tmp_path
