"""A server that is full says so at once, serves those inside, and is itself again afterwards."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import platform
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

from documents.extraction import __main__ as reading
from portal.serving import POLITE, WAITING, Burden, SheddingWorker
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


class Caller:
    """A listening socket at which somebody knocks, who has gone when they are let in."""

    def __init__(self) -> None:
        self.let_in = 0

    def accept(self) -> None:
        self.let_in += 1
        raise BlockingIOError(errno.EAGAIN, "gone")


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Burden:
    """What is known of three processes: number 1 has one request in hand, 2 has two, 3 three."""
    known = Burden()
    for number in (1, 2, 3):
        known.note(number, number)
    monkeypatch.setattr("portal.serving.burden", known)
    return known


def process(number: int) -> SheddingWorker:
    worker = SheddingWorker.__new__(SheddingWorker)
    worker.age, worker.in_hand, worker.left = number, number, 0
    return worker


def test_who_comes_is_taken_by_the_process_with_the_least_in_hand(processes: Burden) -> None:
    least, more = Caller(), Caller()
    process(1).accept(least)
    process(2).accept(more)

    assert (least.let_in, more.let_in) == (1, 0)


def test_a_caller_nobody_else_takes_is_taken_all_the_same(processes: Burden) -> None:
    caller, busy = Caller(), process(3)
    for _ in range(POLITE):
        busy.accept(caller)
    assert caller.let_in == 0
    busy.accept(caller)

    assert caller.let_in == 1


def test_a_process_that_has_ended_is_left_nothing(processes: Burden) -> None:
    caller = Caller()
    processes.note(1, None)
    process(2).accept(caller)

    assert caller.let_in == 1


def test_what_one_process_notes_another_knows() -> None:
    code = (
        "import os\n"
        "from portal.serving import burden\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    burden.note(7, 5)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(burden.least())\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "5\n"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="The C library is not glibc.")
def test_the_c_library_agrees_to_keep_little() -> None:
    code = "from portal import serving; print(serving.keep_little())"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "True\n"


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="This system has no groups of sessions."
)
def test_what_stands_back_does_so_for_its_whole_session() -> None:
    code = (
        "import os, pathlib\n"
        "from documents.extraction.confinement import stand_back\n"
        "stand_back(5)\n"
        "print(os.nice(0), pathlib.Path('/proc/self/autogroup').read_text().split()[-1])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=True, start_new_session=True,
    )  # fmt: skip
    nice = str(os.nice(0) + 5)

    assert said.stdout.split() == [nice, nice]


def test_reading_a_file_stands_back_behind_the_readers() -> None:
    code = (
        "import os\n"
        "from documents.extraction import __main__ as reading\n"
        "def look(*_):\n"
        "    raise SystemExit(f'nice {os.nice(0)}')\n"
        "reading.confine = look\n"
        'reading.main([\'{"limits": {}, "office": false, "kind": "read"}\', \'a.txt\'])\n'
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert said.stderr.splitlines()[-1] == f"nice {os.nice(0) + reading.NICE}"
