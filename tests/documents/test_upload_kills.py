"""A web process killed in the middle of an upload loses nothing it said yes to (T1, T16)."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from tests.documents.samples import NOTICE
from tests.documents.test_jobs_processes import ROOT, Site
from tests.promises import Tried

POINTS = ("headers", "body", "kept", "queued", "committed")
BOUNDARY = "----a-boundary"


@dataclass(slots=True)
class Web:
    """A web server of one process that is begun anew whenever it dies; with a signed-in editor."""

    site: Site
    port: int
    cookies: str
    token: str
    said_yes: dict[str, str] = field(default_factory=dict)

    def request(self, number: int, die: str = "") -> tuple[bytes, bytes, str]:
        """Head and body of an upload of a notice of its own, and the notice's checksum."""
        text = NOTICE.replace("7号", f"{number}号").encode()
        body = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
            f"{self.token}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{number}.txt"\r\nContent-Type: text/plain\r\n\r\n'
        ).encode() + text + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip
        head = (
            f"POST /upload/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nX-Die: {die}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        return head, body, hashlib.sha256(text).hexdigest()

    def upload(self, number: int, die: str = "") -> int:
        """The answer's status, 0 where the process died first; what was said yes to is noted."""
        head, body, sha256 = self.request(number, die)
        with self.connected() as line:
            line.sendall(head + body)
            answer = http.client.HTTPResponse(line)
            try:
                answer.begin()
            except (http.client.BadStatusLine, ConnectionError):
                return 0
            if 200 <= answer.status < 400:
                self.said_yes[sha256] = answer.headers["Location"]
            return answer.status

    def die_while_receiving(self, number: int, share: float) -> int:
        """Sends the head and *share* of the body, then kills the process that waits for the rest.

        Gives 0, or 1 where something was answered. The process says itself that it has come to
        the request, since on a busy machine no wait is long enough.
        """
        head, body, _ = self.request(number, die="reading")
        reading = self.site.data / "reading"
        reading.unlink(missing_ok=True)
        with self.connected() as line:
            line.sendall(head + body[: int(len(body) * share)])
            deadline = time.monotonic() + 60
            while not (process := reading.read_text("ascii") if reading.exists() else ""):
                assert time.monotonic() < deadline, "nobody came to the request"
                time.sleep(0.01)
            time.sleep(0.02)
            os.kill(int(process), signal.SIGKILL)
            try:
                return len(line.recv(1))
            except ConnectionError:
                return 0

    def connected(self) -> socket.socket:
        """A new connection to the web server."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The portal under gunicorn, its application loaded once so that a new process is a fork."""
    site = Site(tmp_path_factory.mktemp("portal"))
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--no-input", "--verbosity", "0")  # refusals are pages too
    code = (
        "import json\n"
        "from django.contrib.auth.models import User\n"
        "from django.test import Client\n"
        "from django.middleware.csrf import _get_new_csrf_string\n"
        "client = Client()\n"
        "client.force_login(User.objects.create_superuser('editor'))\n"
        "print(json.dumps([client.cookies['sessionid'].value, _get_new_csrf_string()]))\n"
    )
    session, token = json.loads(site.manage("shell", "--no-imports", "-c", code).splitlines()[-1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "tests.documents.killed_portal:application",
            "--bind", f"127.0.0.1:{port}", "--workers", "1", "--preload", "--log-level", "critical",
        ],
        cwd=ROOT, env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        cookies = f"sessionid={session}; csrftoken={token}"
        web = Web(site, port, cookies, token)
        _await(web, server)
        yield web
    finally:
        server.terminate()
        server.wait(30)


def _await(web: Web, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            return
        except (ConnectionError, http.client.HTTPException):
            time.sleep(0.1)
    pytest.fail("the web server did not start")


def test_a_request_the_wire_broke_is_no_server_error_and_keeps_nothing(
    web: Web, tried: Tried
) -> None:
    before = check(web)
    head, body, _ = web.request(9000)
    length = f"Content-Length: {len(body)}\r\n".encode()
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    chunked = head.replace(length, b"Transfer-Encoding: chunked\r\n")
    broken = {
        "chunked": chunked + chunk,
        "chunked by half": chunked + chunk[:200],
        "chunks of no size": chunked + b"xyz\r\n" + body,
        "cut in the middle": head + body[: len(body) - 200],
        "a length that is none": head.replace(length, b"Content-Length: many\r\n") + body,
        "two lengths": head.replace(length, length + b"Content-Length: 3\r\n") + body,
        "no length": head.replace(length, b"") + body,
    }
    tried(len(broken), "requests broken on the wire")
    for what, request in broken.items():
        with web.connected() as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            said = line.makefile("rb").readline().split()
        assert not said or 400 <= int(said[1]) < 500, (what, said)
    assert check(web) == before


@pytest.mark.parametrize("rounds", [25, pytest.param(500, marks=pytest.mark.nightly)])
def test_what_was_answered_is_there_and_nothing_is_there_by_half(
    web: Web, rounds: int, tried: Tried
) -> None:
    died: Counter[str] = Counter()
    for number in range(rounds):
        point = POINTS[number % len(POINTS)]
        if point == "headers":
            answered = web.die_while_receiving(1000 + number, 0)
        elif point == "body":
            answered = web.die_while_receiving(1000 + number, 0.6)
        else:
            answered = web.upload(1000 + number, die=point)
        died[point] += not answered
        if number % 5 == 4:
            assert web.upload(5000 + number) == 302, "a new process takes over"
    tried(sum(died.values()), f"kills over {len(POINTS)} points")
    tried(len(web.said_yes), "uploads answered")
    assert died == Counter(POINTS[number % len(POINTS)] for number in range(rounds)), "not killed"

    jobs = check(web)
    assert jobs == len(web.said_yes) + died["committed"], "committed but not yet answered"
    sweep(web)
    assert check(web) == jobs, "doctor takes nothing that is needed"


def check(web: Web) -> int:
    """Every upload answered is queued and whole, no file is half there; gives how many jobs."""
    media = web.site.data / "media"
    with closing(sqlite3.connect(web.site.data / "portal.sqlite3", timeout=20)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        files = database.execute("SELECT sha256, size FROM documents_jobfile").fetchall()
        (jobs,) = database.execute("SELECT count(*) FROM documents_job").fetchone()
    assert set(web.said_yes) <= {sha256 for sha256, _ in files}
    assert jobs == len(files)
    for sha256, size in files:
        content = (media / sha256[:2] / sha256[2:4] / sha256).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
    for path in media.rglob("*"):
        if path.is_file() and not path.name.startswith(".incoming-"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    return int(jobs)


def sweep(web: Web) -> None:
    """Two days later, `doctor --fix` removes what no row knows and nothing else."""
    then = time.time() - 2 * 24 * 3600
    for folder in ("media", "uploading"):
        for path in (web.site.data / folder).rglob("*"):
            if path.is_file():
                os.utime(path, (then, then))
    web.site.manage("reindex")
    web.site.manage("doctor", "--fix")
    with closing(sqlite3.connect(web.site.data / "portal.sqlite3", timeout=20)) as database:
        known = {sha256 for (sha256,) in database.execute("SELECT sha256 FROM documents_jobfile")}
    kept = {path.name for path in (web.site.data / "media").rglob("*") if path.is_file()}
    assert kept == known
    assert not list((web.site.data / "uploading").iterdir())
