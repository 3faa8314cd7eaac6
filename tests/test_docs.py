"""The documents are true: they name every command and setting, and every link leads on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
OURS = ("portal", "documents", "search_indexes", "seeds")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = [name for name, app in get_commands().items() if app in OURS]

    assert commands
    assert [name for name in commands if f"`{name}" not in readme] == []


def test_every_dependency_earns_its_line() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    named = [
        re.split(r"[=~<>\[ ;]", line)[0].lower()
        for line in (ROOT / "requirements.in").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]

    assert named
    assert [name for name in named if name not in page] == []


def test_the_lock_names_no_index_and_hashes_everything() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / file).read_text("utf-8")
        pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n([^\n]*)", lock, re.M)

        assert "://" not in lock
        assert "--index-url" not in lock
        assert pins
        assert all("--hash=sha256:" in following for following in pins)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_documents_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
