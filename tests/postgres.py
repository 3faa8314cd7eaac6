"""Runs a command beside a PostgreSQL server of its own: `python -m tests.postgres [--default] …`.

The command finds the server's address in PORTAL_TEST_POSTGRES; with --default also in
DATABASE_URL, so that a whole test run keeps its rows there. The server lives on a loopback port
in a temporary folder and is gone with the command.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "fsync=off full_page_writes=off max_connections=60 unix_socket_directories="
"""A server for tests need not survive a power cut."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdecimal() else 0


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """A running server; gives its address `postgres://postgres@127.0.0.1:PORT/`."""
    with tempfile.TemporaryDirectory(prefix="portal-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:  # the server refuses to run as root
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        port = _free_port()
        options = " ".join(f"-c {setting}" for setting in SETTINGS.split(" "))
        options += f" -c port={port} -c listen_addresses=127.0.0.1"
        log = str(folder / "log")
        _run(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(program: Path, *words: str) -> None:
    command = [str(program), *words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(words: Sequence[str]) -> int:
    """Runs the command in *words* and gives its exit status."""
    default = words[:1] == ["--default"]
    command = list(words[1:] if default else words)
    folder = programs()
    if folder is None:
        print("No PostgreSQL server is installed (on Debian: apt-get install postgresql).")
        return 1 if default else subprocess.run(command, check=False).returncode
    with server(folder) as url:
        names = {"PORTAL_TEST_POSTGRES": url}
        if default:
            names["DATABASE_URL"] = f"{url}postgres"
        return subprocess.run(command, env={**os.environ, **names}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
