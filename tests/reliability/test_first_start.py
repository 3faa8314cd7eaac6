"""The two commands where nothing is ready: a cold install, and one line for what is missing."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError

from portal.upkeep.trouble import explain
from tests.journeys.conftest import ROOT, environment, free_port
from tests.promises import Tried

NOBODY = 65534
LOCKS = ("requirements-build.txt", "requirements.txt")
SYSTEM = "/usr/local/bin:/usr/bin:/bin"

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed.")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `make install` looks at, and nothing installed."""
    (tmp_path / "deploy").mkdir()
    for name in ("Makefile", "deploy/install.py", *LOCKS):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words], cwd=folder, env={**os.environ, **more}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def fake(file: Path, script: str) -> Path:
    """A program that does what *script* says."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@needs_make
@pytest.mark.parametrize(
    ("script", "expected"), [(None, "There is no"), ("exit 1", "is too old")], ids=["none", "old"]
)
def test_without_a_python_that_will_do_one_line_says_which(
    checkout: Path, script: str | None, expected: str
) -> None:
    python = checkout / "python3.1"
    if script:
        fake(python, script)
    done = make(checkout, f"PYTHON={python}", "install")

    ours = [line for line in (done.stdout + done.stderr).splitlines() if line[:4] != "make"]
    assert done.returncode == 2
    assert len(ours) == 1
    assert expected in ours[0]
    assert "make PYTHON=python3.12 run" in ours[0]


PIP_SAYS = {
    "OSError: [Errno 28] No space left on device": "no room is left",
    "PermissionError: [Errno 13] Permission denied: 'site-packages'": "may not be written to",
    "WARNING: Retrying (Retry(total=0)) after ProxyError\nERROR: No matching distribution found "
    "for packaging==26.3": "index does not answer",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
    "    wheel==0.48.0 from x": "is not the file that was pinned",
    "some lines\nerror: no such compiler\nmore": "no such compiler",
}


@needs_make
@pytest.mark.parametrize("said", PIP_SAYS)
def test_what_pip_failed_at_is_one_line(checkout: Path, said: str) -> None:
    fake(
        checkout / ".venv" / "bin" / "python",
        f'case "$*" in *--version*) exit 0;; esac\ncat >&2 <<"END"\n{said}\nEND\nexit 1',
    )
    done = make(checkout, f"PYTHON={sys.executable}", "install")

    lines = [line for line in done.stderr.splitlines() if line[:4] != "make"]
    assert done.returncode == 2
    assert len(lines) == 1, lines
    assert lines[0].startswith("The portal could not be installed: ")
    assert PIP_SAYS[said] in lines[0]
    assert not (checkout / ".venv" / "installed").exists(), "the next run would take it for done"


@needs_make
def test_what_is_not_in_the_wheelhouse_is_named(checkout: Path) -> None:
    (checkout / "empty").mkdir()
    fake(
        checkout / ".venv" / "bin" / "python",
        'case "$*" in *--version*) exit 0;; esac\n'
        "echo 'ERROR: No matching distribution found for lxml==9.9' >&2; exit 1",
    )
    done = make(
        checkout, f"PYTHON={sys.executable}", "install", PIP_NO_INDEX="1", PIP_FIND_LINKS="empty"
    )

    assert "lxml==9.9 is not in the folder PIP_FIND_LINKS names" in done.stderr


@needs_make
def test_what_is_installed_is_not_installed_again(checkout: Path) -> None:
    asked = checkout / "asked"
    fake(checkout / ".venv" / "bin" / "python", f'echo "$*" >>"{asked}"')
    first = make(checkout, f"PYTHON={sys.executable}", "install")
    times = len(asked.read_text().splitlines())
    second = make(checkout, f"PYTHON={sys.executable}", "install")

    assert (first.returncode, second.returncode) == (0, 0)
    assert times == 1 + len(LOCKS)
    assert len(asked.read_text().splitlines()) == times


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x"), "No room is left"),
        (OperationalError("database or disk is full"), "No room is left"),
        (PermissionError(errno.EACCES, "Permission denied", "/p/media"), "/p/media"),
        (DatabaseError("database disk image is malformed"), "manage.py restore FILE"),
        (OperationalError("attempt to write a readonly database"), "cannot be opened"),
        (OperationalError("connection refused\n\tIs the server running?"), "DATABASE_URL"),
    ],
    ids=["disk", "database full", "rights", "damaged", "read-only", "server"],
)
def test_what_keeps_the_portal_from_starting_is_one_line_with_its_cure(
    error: OSError | DatabaseError, expected: str, tried: Tried
) -> None:
    tried(1, "obstacles")
    said = explain(error, Path("/p"))

    assert expected in said
    assert "\n" not in said
    assert said.endswith(".")


def start(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "start", "--prepare-only"],
        cwd=ROOT, env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def test_a_damaged_database_stops_the_start_with_one_line_and_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "portal.sqlite3"
    file.write_bytes(b"no database" * 1000)
    process = start(tmp_path)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "is damaged" in said
    assert "Traceback" not in said
    assert file.read_bytes() == b"no database" * 1000


def test_a_secret_key_that_cannot_be_read_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret-key").mkdir()
    process = start(tmp_path)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "secret-key can be neither read nor made" in said
    assert len(said.splitlines()) == 1


def test_a_start_stopped_half_way_says_so(tmp_path: Path) -> None:
    process = start(tmp_path)
    assert process.stderr is not None
    assert "Database" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("Stopped before it was ready")
    assert "Traceback" not in said


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A checkout and a wheelhouse in a folder of somebody who has nothing else."""
    python = shutil.which("python3", path=SYSTEM)
    probe = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    if not python or subprocess.run([python, "-c", probe], check=False).returncode:
        pytest.skip("The system has no Python 3.11 or newer with venv.")
    folder = Path(tempfile.mkdtemp(prefix="policy portal "))
    folder.chmod(0o755)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not names:
        pytest.skip("This is no git checkout; nothing says which files belong to the project.")
    for name in names.split("\0"):
        if (ROOT / name).is_file():
            (folder / "portal" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "portal" / name)
    (folder / "home").mkdir()
    (folder / "wheels").mkdir()
    pip = [python, "-m", "pip", "download", "--quiet", "--require-hashes"]
    where = ["-r", LOCKS[0], "-r", LOCKS[1], "-d", str(folder / "wheels")]
    if subprocess.run([*pip, *where], cwd=ROOT, check=False).returncode:
        shutil.rmtree(folder)
        pytest.skip("The packages could not be downloaded: no network.")
    if os.getuid() == 0:
        for path in [folder / "portal", folder / "home", *folder.glob("portal/**/*")]:
            os.chown(path, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.nightly
@needs_make
def test_from_nothing_to_a_portal_that_answers_without_a_network(
    empty_home: Path, tried: Tried
) -> None:
    """Prints the seconds; 180 cold and 20 warm are what a machine with nothing else to do takes."""
    seconds = []
    for _ in range(2):
        port = free_port()
        log = (empty_home / "log").open("w")
        began = time.monotonic()
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=empty_home / "portal",
            env={
                "PATH": SYSTEM, "HOME": str(empty_home / "home"), "LANG": "C.UTF-8",
                "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (empty_home / "wheels").as_uri(),
            },
            stdout=log, stderr=log, start_new_session=True,
            user=NOBODY if os.getuid() == 0 else None,
            group=NOBODY if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
        )  # fmt: skip
        try:
            until_ready(process, port, empty_home / "log")
            seconds.append(time.monotonic() - began)
        finally:
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
            process.wait(timeout=60)
            log.close()
    said = (empty_home / "log").read_text()
    print(f"{seconds[0]:.0f} s cold, {seconds[1]:.0f} s warm")
    tried(len(seconds), "starts")

    assert "Traceback" not in said
    assert "0 seed documents added, 5 were there already" in said
    assert "Installing" not in said
    left = {path.name for path in (empty_home / "home").iterdir()}
    assert left <= {".cache"}, "something but pip's own was written outside the folder"


def until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 1_200
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The portal did not start:\n{log.read_text()}")
