"""A portal's web server and worker for the load measurement, and what they use of the machine."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 180.0
"""Seconds until a server must be ready."""


@dataclass(slots=True)
class Server:
    """A running portal: where it listens, how long it took to be ready (and CPU seconds), its
    processes."""

    port: int
    boot: float
    data: Path
    session: int
    output: Path
    boot_cpu: float = 0.0

    def _processes(self) -> list[tuple[Path, list[str]]]:
        """Folder in /proc and the fields of stat behind the name, of every process."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self.session:
                        found.append((folder, fields))
        return found

    def cpu(self) -> float:
        """CPU seconds of the web processes so far, user and system, ended children too."""
        return sum(sum(map(int, fields[11:15])) for _, fields in self._processes()) / TICK

    def memory(self) -> dict[str, int]:
        """MB of the web processes: all each sees, added up; what is there once, shared or not;
        and of that what is not a file of the index, which the kernel may drop at any time."""
        found = {"Rss": 0, "Pss": 0, "Pss_Anon": 0}
        for folder, _ in self._processes():
            with suppress(OSError):
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    name, _, size = line.partition(":")
                    if name in found:
                        found[name] += int(size.split()[0])
        return {f"{name.upper()} MB": kb >> 10 for name, kb in found.items()}

    def log(self) -> str:
        """What server and worker wrote."""
        return self.output.read_text("utf-8", "replace")


@contextmanager
def serving(data: Path, server: str) -> Iterator[Server]:
    """*server* and a worker over *data*, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORTAL_DATA": str(data), "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "log"
        with output.open("w") as out:
            began = time.monotonic()
            web, worker = (
                subprocess.Popen(  # noqa: S603 - our own commands
                    words,
                    cwd=ROOT,
                    env=environment,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
                for words in (_command(server, port), [sys.executable, "manage.py", "worker"])
            )
        try:
            _await_ready(port, web)
            running = Server(port, time.monotonic() - began, data, web.pid, output)
            running.boot_cpu = running.cpu()
            yield running
        finally:
            for process in (web, worker):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def _command(server: str, port: int) -> list[str]:
    if server == "gunicorn":
        words = ["gunicorn", "--config", "python:portal.serving", "--bind", f"127.0.0.1:{port}"]
        return [sys.executable, "-m", *words, "portal.wsgi:application"]
    words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--workers", "2", "--blocking-threads", "4", "--no-access-log"]
    return [sys.executable, "-m", *words, "portal.wsgi:application"]


def _await_ready(port: int, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and web.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    sys.exit("The server did not become ready; is its index whole (manage.py reindex --check)?")
