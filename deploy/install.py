"""Fills a virtual environment with what lock files pin, or says in one line what is in the way.

    python3 deploy/install.py .venv requirements-build.txt requirements.txt

What the Makefile and the Dockerfile call, with a Python of the machine: the standard library is
all it may use. Packages without a wheel are built by those of requirements-build.txt, never by
something fetched behind the lock, so that the same files suffice without a network (pip's own
PIP_NO_INDEX and PIP_FIND_LINKS). Run again it mends what an earlier run left unfinished.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LEAST_ROOM = 30 << 20
"""Bytes; with less left on the disk, a failure is taken for a full disk."""

NO_NETWORK = re.compile(r"Retrying|ConnectionError|name resolution|timed out|No route to host")
MISSING = re.compile(r"No matching distribution found for ([^\s;]+)")
ALTERED = re.compile(r"DO NOT MATCH THE HASHES.*?\n\s+(\S+)", re.S)


class Obstacle(Exception):
    """What keeps the environment from being filled; the message is one line with the cure."""


def main(words: Sequence[str]) -> int:
    """Fills the environment *words[0]* from the lock files after it; gives the exit status."""
    folder, files = Path(words[0]), words[1:]
    try:
        _make(folder)
        for file in files:
            print(f"Installing what {file} pins into {folder} …", flush=True)
            _pip(folder, ["install", "--require-hashes", "--no-build-isolation", "-r", file])
    except Obstacle as obstacle:
        print(f"The portal could not be installed: {obstacle}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was installed; the same command goes on.", file=sys.stderr)
        return 130
    return 0


def _make(folder: Path) -> None:
    """A new environment, unless there is one that works."""
    python = _python(folder)
    if python.exists() and _run([str(python), "-m", "pip", "--version"])[0] == 0:
        return
    above = folder.resolve().parent
    if not os.access(above, os.W_OK):
        raise Obstacle(f"{above} may not be written to; use a folder of your own.")
    if importlib.util.find_spec("ensurepip") is None:
        raise Obstacle(
            f"{sys.executable} comes without venv; on Debian and Ubuntu: apt install python3-venv."
        )
    status, said = _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    if status:
        raise Obstacle(_why(said, folder))


def _pip(folder: Path, words: Sequence[str]) -> None:
    fixed = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
    status, said = _run([str(_python(folder)), *fixed, *words])
    if status:
        with contextlib.suppress(OSError):
            (folder / "install.log").write_text(said, "utf-8")
        raise Obstacle(_why(said, folder))


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Exit status and everything a program printed."""
    done = subprocess.run(  # noqa: S603 - fixed words and the folder and files of the Makefile
        list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _why(said: str, folder: Path) -> str:
    """The cause of a failure as one line, from what the program printed about it."""
    place = folder.resolve()
    if "No space left" in said or shutil.disk_usage(place.parent).free < LEAST_ROOM:
        return f"no room is left on the disk of {place}; it takes 500 MB, and as much in {_temp()}."
    if "Permission denied" in said or "Read-only file system" in said:
        return f"{place} may not be written to; use a folder of your own, or delete it first."
    if found := ALTERED.search(said):
        return f"{found[1]} is not the file that was pinned; nothing of it was installed."
    missing = MISSING.search(said)
    if os.environ.get("PIP_NO_INDEX") and missing:
        return f"{missing[1]} is not in the folder PIP_FIND_LINKS names; see docs/operations.md."
    if NO_NETWORK.search(said):
        return "the package index does not answer; look at the network, or at PIP_INDEX_URL."
    lines = [line.strip() for line in said.splitlines() if "error" in line.lower()] or [said[-200:]]
    return f"{lines[-1]} (all of it: {place / 'install.log'})"


def _temp() -> str:
    return os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - named, not used


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
