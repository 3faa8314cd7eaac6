"""What must never come back: dangerous calls, unknown licences, secrets, unmarked escapes."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.promises import Tried

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("portal", "documents", "search_indexes", "seeds")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]

FORBIDDEN = {"eval", "exec", "mark_safe", "SafeString", "pickle", "marshal", "shelve", "yaml",
             "system", "popen", "extra", "RawSQL", "csrf_exempt"}  # fmt: skip
"""Names of calls and modules that turn text into code, markup or rights."""
ALLOWED = {
    # The token is the permission, and mail programs send no cookie (RFC 8058).
    ("portal/views/following.py", "csrf_exempt"),
    # Where escaped text becomes markup, for pages that have thousands of pieces.
    ("portal/markup.py", "SafeString"),
}

LICENCES = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|HPND|Unlicense|Zlib|0BSD"
    r"|CC0|LGPL)\b|Lesser General Public|Historical Permission"
)
NOT_IMPORTED = {"djlint"}
"""Programs that check the project and are neither imported nor shipped (docs/dependencies.md)."""
READ_BY_HAND = {"axe-playwright-python"}
"""MIT by the licence file of its repository; its metadata do not say."""

SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|xox[bp]-[0-9A-Za-z-]{20,}"
    r"|(?i:secret_key|password|token)\s*=\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']"
)


def names_used(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Call):
            called = node.func
            yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if any(k.arg == "shell" and getattr(k.value, "value", 0) for k in node.keywords):
                yield "shell=True"


def test_no_source_turns_text_into_code_or_markup(tried: Tried) -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in SOURCES
        for name in names_used(path)
        if name in FORBIDDEN | {"shell=True"}
    }
    tried(len(SOURCES), "files of source")

    assert found == ALLOWED


def test_no_template_switches_escaping_off() -> None:
    templates = sorted((ROOT / "templates").rglob("*.*"))
    pattern = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")
    found = [path.name for path in templates if pattern.search(path.read_text("utf-8"))]

    assert len(templates) > 50
    assert found == []


def test_bandit_finds_nothing_of_weight(tried: Tried) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", "-ll", "-f", "json", *ROOMS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = json.loads(done.stdout)
    lines = [f"{r['filename']}:{r['line_number']} {r['test_id']}" for r in found["results"]]
    tried(found["metrics"]["_totals"]["loc"], "lines read by bandit")

    assert found["metrics"]["_totals"]["loc"] > 10_000
    assert found["errors"] == []
    assert lines == []


def locked() -> list[str]:
    return [
        name
        for file in ("requirements-build.txt", "requirements.txt", "requirements-dev.txt")
        for name in re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / file).read_text("utf-8"), re.M)
    ]


def test_every_dependency_has_a_licence_that_binds_nobody_else(tried: Tried) -> None:
    unknown, checked = [], 0
    for name in sorted(set(locked()) - NOT_IMPORTED - READ_BY_HAND):
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        said = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
        said = [text[:200] for text in said]
        said += [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
        checked += 1
        if not LICENCES.search(" ".join(said)):
            unknown.append(f"{name}: {' '.join(said)!r}")
    tried(checked, "packages")

    assert checked > 60
    assert unknown == []


@pytest.mark.parametrize(
    "file",
    [
        "requirements-build.txt",
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-ocr.txt",
    ],
)
def test_every_pin_of_the_lock_has_its_hash(file: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / file).read_text("utf-8"))
    pins = [entry for entry in entries if re.match(r"[a-z0-9][a-z0-9._-]*==", entry)]

    assert pins
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_file_of_the_project_holds_a_secret(tried: Tried) -> None:
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    texts = [
        path for name in files if name and (path := ROOT / name).suffix in TEXT and path.is_file()
    ]
    if not texts:
        pytest.skip("This is no git checkout; nothing says which files belong to the project.")
    found = [path.name for path in texts if SECRET.search(path.read_text("utf-8", "replace"))]
    tried(len(texts), "files searched for secrets")

    assert SECRET.search("AKIA" + "A" * 16), "a planted secret is found"
    assert found == []


TEXT = {".py", ".md", ".txt", ".toml", ".html", ".js", ".css", ".yml", ".json", ".in", ".conf", ""}
