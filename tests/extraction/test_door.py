"""What comes out of the door, and how a refusal speaks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from documents import extraction
from documents.extraction import ExtractionError, errors

REFUSALS = list(errors.ERRORS.values())


def test_the_door_offers_what_it_says_and_nothing_else() -> None:
    offered = {name for name in vars(extraction) if not name.startswith("_")}
    modules = {name for name in offered if type(getattr(extraction, name)).__name__ == "module"}
    assert offered - modules == set(extraction.__all__)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_says_in_chinese_what_to_do(refusal: type[ExtractionError]) -> None:
    message = refusal().message
    assert re.search(r"请[^。]+。", message), message
    assert str(refusal()) == message


def test_every_refusal_has_a_code_of_its_own() -> None:
    tree = set(ExtractionError.__subclasses__())
    assert tree == set(REFUSALS)
    assert len(errors.ERRORS) == len(tree)


def test_reading_needs_no_django() -> None:
    code = "import sys, documents.extraction.reading; sys.exit('django' in sys.modules)"
    root = Path(extraction.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
