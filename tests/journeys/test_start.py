"""The two commands: a portal starts from nothing, starts again at once, and ends cleanly."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, Portal, environment, free_port, manage, start, stop


def test_the_start_prints_the_address_and_how_to_make_an_editor(portal: Portal) -> None:
    assert portal.url in portal.said
    assert "make editor" in portal.said
    assert "5 seed documents added" in portal.said


def test_a_second_start_reloads_nothing_and_ends_cleanly(portal: Portal) -> None:
    process, again = start(portal.data, free_port())
    try:
        assert "0 seed documents added, 5 were there already" in again.said
    finally:
        assert stop(process) == 0


def of_portal(data: Path) -> dict[int, str]:
    """The processes that work on this folder, by their number, as /proc tells."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if f"PORTAL_DATA={data}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = command
    return found


def wait_until_gone(data: Path) -> dict[int, str]:
    """What is left of a portal's processes after up to half a minute."""
    deadline = time.monotonic() + 30
    while (left := of_portal(data)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that has been made ready and does not run."""
    folder = tmp_path_factory.mktemp("prepared")
    manage(folder, "start", "--prepare-only")
    return folder


@pytest.fixture
def own_portal(prepared: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A portal that a test may do harm to."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    process, _ = start(tmp_path, free_port())
    yield process, tmp_path
    for number in of_portal(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="Needs Linux's /proc to see who is left."
)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_web_server_and_its_worker_end_together(
    own_portal: tuple[subprocess.Popen[str], Path], number: signal.Signals
) -> None:
    process, data = own_portal
    assert sum("manage.py worker" in command for command in of_portal(data).values()) == 1
    process.send_signal(number)

    assert process.wait(timeout=30) == 0
    assert wait_until_gone(data) == {}


@needs_proc
@pytest.mark.parametrize("part", ["manage.py worker", "gunicorn"])
def test_when_one_part_dies_the_other_ends_and_the_start_says_so(
    own_portal: tuple[subprocess.Popen[str], Path], part: str
) -> None:
    process, data = own_portal
    victim = min(number for number, command in of_portal(data).items() if part in command)
    os.kill(victim, signal.SIGKILL)

    assert process.wait(timeout=30) == 1
    assert "ended by itself" in (data / "start.log").read_text()
    assert wait_until_gone(data) == {}


@needs_proc
def test_a_killed_start_leaves_no_process_behind(
    own_portal: tuple[subprocess.Popen[str], Path],
) -> None:
    process, data = own_portal
    process.kill()
    process.wait()

    assert wait_until_gone(data) == {}


def test_the_index_holds_exactly_what_is_published(portal: Portal) -> None:
    manage(portal.data, "reindex", "--check")  # a difference would be an exit status of 1


def test_find_gives_the_shape_of_the_contract(portal: Portal) -> None:
    answer = json.loads(
        manage(portal.data, "find", "高新技术企业", "--json", "--district", "青浦区")
    )

    assert answer["count"] == 2
    assert {row["value"] for row in answer["facets"]["district"]} >= {"青浦区", "普陀区"}
    document = answer["documents"][0]
    assert set(document) >= {
        "id", "url", "title", "issuers", "ref_no", "date", "district", "themes", "score",
        "section_count", "sections",
    }  # fmt: skip
    section = document["sections"][0]
    assert section["url"] == f"{document['url']}#{section['anchor']}"
    assert any(piece["match"] for piece in section["excerpt"])


def test_a_port_that_is_taken_is_said_with_the_cure(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(tmp_path, "start", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORTAL_DEBUG", "perhaps"),
        ("PORTAL_LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://x/y"),
        ("PORTAL_LIMIT_SEARCH", "often"),
        ("PORTAL_TRUSTED_PROXIES", "here"),
        ("PORTAL_SECURITY_CONTACT", "call us"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    tmp_path: Path, setting: str, value: str
) -> None:
    done = run(tmp_path, "check", **{setting: value})

    assert done.returncode != 0
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def test_the_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    run(tmp_path, "check")
    key = (tmp_path / "secret-key").read_text()
    run(tmp_path, "check")

    assert (tmp_path / "secret-key").read_text() == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_every_setting_is_in_the_example_file() -> None:
    code = (ROOT / "portal" / "environment.py").read_text("utf-8")
    example = (ROOT / ".env.example").read_text("utf-8")
    names = {word for word in code.replace('"', " ").split() if word.startswith("PORTAL_")}

    assert names
    assert [name for name in {*names, "DATABASE_URL"} if f"{name}=" not in example] == []


def run(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**environment(data), **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
