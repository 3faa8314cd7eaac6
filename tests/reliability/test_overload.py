"""A server that is full says so at once, serves those inside, and is itself again afterwards."""

from __future__ import annotations

import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.serving import WAITING
from tests.journeys.conftest import environment, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 4


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server of one process as `start` sets it up, with an application that can be slow."""
    number = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:portal.serving"]
    command += ["--bind", f"127.0.0.1:{number}", "--workers", "1"]
    process = subprocess.Popen(
        [*command, "tests.reliability.slow_app:application"],
        cwd=ROOT,
        env=environment(tmp_path),
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if ask(number, "/")[0] == 200:
                break
        time.sleep(0.1)
    else:
        pytest.fail("The server did not start.")
    yield number
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, path: str, method: str = "GET") -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Retry-After"]
    finally:
        connection.close()


def test_beyond_its_queue_it_answers_503_with_a_time_and_then_recovers(port: int) -> None:
    clients = 3 * (THREADS + WAITING)
    with ThreadPoolExecutor(clients) as crowd:
        answers = Counter(crowd.map(lambda _: ask(port, "/slow"), range(clients)))
    print(f"N={clients} clients at once: {dict(answers)}")

    assert set(answers) == {(200, None), (503, "5")}
    assert answers[200, None] >= THREADS + WAITING
    assert [ask(port, "/") for _ in range(5)] == [(200, None)] * 5


def test_callers_who_say_nothing_keep_nobody_waiting(port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        assert ask(port, "/") == (200, None)
        gone, _, _ = select.select(silent, [], [], 0)
        print(f"N={len(silent)} silent connections, {len(gone)} given up when the answer came")
        assert gone == []
    finally:
        for each in silent:
            each.close()
    assert ask(port, "/") == (200, None)


def test_what_is_sent_does_not_wait_behind_what_is_read(port: int) -> None:
    order: list[str] = []

    def one(method: str, path: str) -> None:
        assert ask(port, path, method) == (200, None)
        order.append(method)

    with ThreadPoolExecutor(THREADS + WAITING + 1) as crowd:
        reading = [crowd.submit(one, "GET", "/slow") for _ in range(THREADS + WAITING)]
        while not order:  # the first of them are answered, and the others have come
            time.sleep(0.01)
        sent = crowd.submit(one, "POST", "/")
        for each in (sent, *reading):
            each.result(60)
    place = order.index("POST")
    print(f"N={len(reading)} readers, {place} of them answered before what was sent after all")
    assert place < len(reading) // 2
