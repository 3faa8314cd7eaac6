"""The portal behind nginx as deploy/nginx.conf sets it up: TLS, addresses, sizes, slow callers."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.conftest import environment, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "policy.example.org"
SEARCHES = 3
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MAIN = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""

TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE  # it signed itself
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
call_command("reindex", verbosity=0)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx: its ports without and with TLS, its portal's port and the portal."""

    plain: int
    secure: int
    behind: int
    server: subprocess.Popen[bytes] | None

    def ask(self, path: str, method: str = "GET", *, tls: bool = True, **headers: str) -> Answer:
        """One request by the portal's public name."""
        port = self.secure if tls else self.plain
        connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=TRUSTING)
            if tls
            else http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        )
        with contextlib.closing(connection):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Host": NAME, **names})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def begin(self, words: bytes) -> socket.socket:
        """A connection from another address on which *words* are said by TLS, and no more."""
        line = socket.create_connection(
            ("127.0.0.1", self.secure), timeout=60, source_address=("127.0.0.2", 0)
        )
        secure = TRUSTING.wrap_socket(line, server_hostname=NAME)
        secure.sendall(words)
        return secure


@contextlib.contextmanager
def _nginx(folder: Path, behind: int, server: subprocess.Popen[bytes] | None) -> Iterator[Proxy]:
    """deploy/nginx.conf with ports, certificate and folders of its own; nothing else differs."""
    assert NGINX is not None
    plain, secure = free_port(), free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", f"/CN={NAME}", "-days", "2", "-keyout", key, "-out", certificate,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    changes = {
        r"server 127\.0\.0\.1:8000;": f"server 127.0.0.1:{behind};",
        r"listen 80;": f"listen 127.0.0.1:{plain};",
        r"listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        r"listen \[::\].*": "",
        r"(ssl_certificate )\s*\S+;": rf"\1 {certificate};",
        r"(ssl_certificate_key )\s*\S+;": rf"\1 {key};",
    }
    for pattern, replacement in changes.items():
        site, count = re.subn(pattern, replacement, site)
        assert count, pattern
    (folder / "site.conf").write_text(site, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        proxy = Proxy(plain, secure, behind, server)
        _await(plain)
        yield proxy
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"Nothing listens on port {port}.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this file's portal and proxies keep what they keep."""
    if NGINX is None:
        pytest.skip("nginx is not installed; a Debian system has it as `nginx-light`.")
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def proxy(folder: Path, migrated: Path) -> Iterator[Proxy]:
    """nginx in front of a portal of one process that is set up as docs/operations.md says."""
    settings = {
        "PORTAL_HTTPS": "true",
        "PORTAL_ALLOWED_HOSTS": NAME,
        "PORTAL_TRUSTED_ORIGINS": f"https://{NAME}",
        "PORTAL_TRUSTED_PROXIES": "127.0.0.1",
        "PORTAL_URL": f"https://{NAME}",
        "PORTAL_LIMIT_SEARCH": f"{SEARCHES}/h",
        "PORTAL_SECRET_KEY": "x" * 60,
        "PORTAL_SECURITY_CONTACT": "mailto:security@example.org",
    }
    data = folder / "data"
    data.mkdir()
    shutil.copy(migrated, data)
    around = {**environment(data), **settings}
    subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=ROOT, env=around, check=True, timeout=180, capture_output=True,
    )  # fmt: skip
    behind = free_port()
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "python:portal.serving",
            "--bind", f"127.0.0.1:{behind}", "--workers", "1", "portal.wsgi:application",
        ],
        cwd=ROOT, env=around, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(behind)
        with _nginx(folder, behind, server) as running:
            yield running
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_without_tls_everything_is_sent_to_the_same_page_with_it(proxy: Proxy) -> None:
    answer = proxy.ask("/search/?q=%E5%88%9B%E6%96%B0", tls=False)

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/search/?q=%E5%88%9B%E6%96%B0"


def test_pages_by_tls_are_not_sent_elsewhere_and_stay_with_tls(proxy: Proxy) -> None:
    answer = proxy.ask("/")

    assert answer.status == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert answer.headers["Server"] == "nginx"
    assert len(answer.headers.get_all("Content-Security-Policy") or []) == 1
    assert f"https://{NAME}/search/".encode() in proxy.ask("/opensearch.xml").body


def test_a_name_that_is_not_the_portals_is_refused(proxy: Proxy) -> None:
    assert proxy.ask("/", Host="evil.example.org").status == 400


def test_static_files_come_with_a_year_to_keep_them(proxy: Proxy) -> None:
    page = proxy.ask("/").body.decode()
    [sheet, *_] = re.findall(r'href="(/static/css/[^"]+)"', page)
    answer = proxy.ask(sheet, Accept_Encoding="gzip")

    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"


def test_made_up_addresses_gain_a_caller_nothing(proxy: Proxy) -> None:
    statuses = [
        proxy.ask("/search/?q=x", X_Forwarded_For=f"198.51.100.{number}, 127.0.0.1").status
        for number in range(SEARCHES + 2)
    ]
    print(f"N={len(statuses)} made-up chains: {statuses}")

    assert statuses == [200] * SEARCHES + [429] * 2


def test_made_up_schemes_are_not_believed(proxy: Proxy) -> None:
    """What the caller says of TLS is replaced by what the proxy saw."""
    assert proxy.ask("/", X_Forwarded_Proto="http").status == 200
    assert proxy.ask("/", tls=False, X_Forwarded_Proto="https").status == 301


def test_a_body_too_large_is_refused_before_it_is_sent(proxy: Proxy) -> None:
    """The answer comes although not one byte of the body did."""
    head = f"POST /upload/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {513 << 20}\r\n\r\n"
    with proxy.begin(head.encode()) as line:
        assert line.recv(12) == b"HTTP/1.1 413"


def test_two_hundred_callers_who_never_finish_keep_nobody_waiting(proxy: Proxy) -> None:
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\n"
    half_heads = [proxy.begin(head.encode()) for _ in range(200)]
    half_body = f"{head}Content-Length: 1000\r\n\r\n" + "x" * 500
    half_bodies = [proxy.begin(half_body.encode()) for _ in range(100)]
    try:
        answers = Counter(proxy.ask("/healthz").status for _ in range(10))
        told = Counter(_heard(line) for line in half_bodies)
    finally:
        for line in half_heads + half_bodies:
            line.close()
    print(f"N={len(half_heads)} half heads, {len(half_bodies)} half bodies: {dict(told)}")

    assert answers == {200: 10}
    # An address has so many requests at once, and the others are told so.
    assert set(told) == {b"", b"HTTP/1.1 429"}
    assert told[b""] == 40


def _heard(line: socket.socket) -> bytes:
    line.settimeout(0.05)
    try:
        return line.recv(12)
    except TimeoutError:
        return b""


def _answered(port: int) -> int:
    """How many of five requests straight to the portal are served within two seconds."""
    served = 0
    for _ in range(5):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with contextlib.closing(line), contextlib.suppress(OSError):
            line.request("GET", "/healthz", headers={"Host": NAME})
            served += line.getresponse().status == 200
    return served


def test_without_the_proxy_they_would(proxy: Proxy) -> None:
    """What the test above would look like if the fault were none: the portal's threads wait."""
    half = f"GET /healthz HTTP/1.1\r\nHost: {NAME}\r\nX-Slow".encode()
    lines: list[socket.socket] = []
    try:
        # How the kernel shares the callers out among the processes is chance.
        while _answered(proxy.behind) and len(lines) < 600:
            lines += _half_said(proxy.behind, half, 60)
        print(f"N={len(lines)} half heads")
        assert not _answered(proxy.behind)
    finally:
        for line in lines:
            line.close()
    _until_it_recovers(proxy)


def test_half_bodies_keep_no_reader_waiting_even_without_the_proxy(proxy: Proxy) -> None:
    half = f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 9\r\n\r\nx".encode()
    lines: list[socket.socket] = []
    try:
        lines += _half_said(proxy.behind, half, 120)
        print(f"N={len(lines)} half bodies")
        assert _answered(proxy.behind) == 5
    finally:
        for line in lines:
            line.close()
    _until_it_recovers(proxy)


def _half_said(port: int, half: bytes, times: int) -> list[socket.socket]:
    """*times* callers who said *half* of something and then nothing more."""
    lines = []
    for _ in range(times):
        lines.append(socket.create_connection(("127.0.0.1", port), timeout=60))
        lines[-1].sendall(half)
    return lines


def _until_it_recovers(proxy: Proxy) -> None:
    deadline = time.monotonic() + 30
    while proxy.ask("/healthz").status != 200:
        assert time.monotonic() < deadline, "it does not recover"
        time.sleep(0.2)


def test_a_portal_that_is_not_there_is_said_with_a_time_to_come_again(folder: Path) -> None:
    alone = folder / "alone"
    alone.mkdir()
    with _nginx(alone, free_port(), None) as proxy:
        answer = proxy.ask("/")

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"
