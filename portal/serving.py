"""How gunicorn serves the portal: `gunicorn --config python:portal.serving portal.wsgi`."""

from __future__ import annotations

import ctypes
import gc
import logging
import mmap
import os
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django import db
from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

WAITING = 16
"""Requests that may wait in one process; at 30 ms each that is about half a second of work."""
POLITE = 8
"""Times in a row that a process leaves a caller to one with less in hand, a millisecond each."""
HANDS = 3
"""Threads of one process for what people send: it does not wait behind what they look at."""
MALLOC = {-8: 2, -3: 1 << 20, -1: 8 << 20}
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h."""
SENDS = b"P"
"""How the methods begin that bring something: POST, PUT and PATCH."""

BUSY = (
    "此刻访问的人太多，请过几秒再试。\n".encode()  # a page would cost what there is none left of
)
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BUSY), BUSY)
)

log = logging.getLogger("portal.serving")


class Burden:
    """How many requests each process has in hand, in memory that all of them share.

    A byte a process, 0 where there is none and else one more than its requests; each writes its
    own alone, so that nobody waits.
    """

    SLOTS = 64
    """More processes than this share slots, and are merely balanced less well."""

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, self.SLOTS)

    def note(self, process: int, requests: int | None) -> None:
        """*process*, as gunicorn numbers it, has *requests* in hand; ``None`` when it has ended."""
        self._bytes[process % self.SLOTS] = 0 if requests is None else min(requests, 254) + 1

    def least(self) -> int:
        """The requests of the process that has the fewest."""
        return min(filter(None, self._bytes[:]), default=1) - 1


burden = Burden()
"""Made before the processes are, so that it is one for all."""


class SheddingWorker(ThreadWorker):  # type: ignore[misc]
    """Threads, and a queue that ends: who finds it full is told so at once.

    Without an end every reader waits longer and longer, until they have left before they are
    answered; with it those inside are served in time, and the rest know when to come again.
    Who comes is taken by the process that has the least in hand, so that nobody waits in one while
    another rests; a caller who has not said anything yet waits without a thread. What is sent, a
    form or a file, has a queue and threads of its own: an editor who uploads waits for no search,
    and a file that comes slowly keeps nobody from reading.
    """

    def init_process(self) -> None:
        """Begins the threads for what is sent beside the others."""
        self.hands = ThreadPoolExecutor(HANDS)
        self.in_hand = self.left = 0
        burden.note(self.age, 0)
        super().init_process()

    def run(self) -> None:
        """Serves until told to end."""
        try:
            super().run()
        finally:
            self.hands.shutdown(wait=False)

    def accept(self, listener: Any) -> None:
        """Takes the next caller, unless another process has less to do and takes them now."""
        if self.in_hand > burden.least() and self.left < POLITE:
            self.left += 1
            time.sleep(0.001)
            return
        self.left = 0
        super().accept(listener)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Called in the loop that accepts, when a request was answered."""
        self._hold(-1)
        super().finish_request(conn, fs)

    def _hold(self, more: int) -> None:
        self.in_hand += more
        burden.note(self.age, self.in_hand)

    def enqueue_req(self, conn: Any) -> None:
        """Queues the connection's request, or answers 503 with Retry-After."""
        said = _said(conn.sock)
        pool = self.hands if said == SENDS else self.tpool
        if said is None and not conn.initialized:
            self._watch(conn, self.on_pending_socket_readable)
        elif said == b"":
            self.nr_conns -= 1
            conn.close()
        elif _waiting(pool) < WAITING:
            self._hold(1)
            answered = pool.submit(self.handle, conn)
            answered.add_done_callback(
                lambda done: self.method_queue.defer(self.finish_request, conn, done)
            )
        else:
            self._refuse(conn)

    def _refuse(self, conn: Any) -> None:
        """Answers in the loop that accepts connections, without a thread and without waiting."""
        try:
            conn.sock.setblocking(False)
            conn.sock.send(REFUSAL)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        # To close over what the caller still sends would cut the answer (RFC 9112, 9.6).
        self._watch(conn, self._drain)

    def _watch(self, conn: Any, then: Callable[[Any, Any], None]) -> None:
        """Calls *then* when there is something to read; the base closes who says nothing."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(then, conn))

    def _drain(self, conn: Any, sock: Any) -> None:
        try:
            if conn.sock.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError as error:
            log.debug("A refused caller left: %s", error)
        self.poller.unregister(sock)
        self.pending_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()


def _said(sock: socket.socket) -> bytes | None:
    """The first byte that can be read: none yet is ``None``, never again is empty."""
    try:
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _waiting(pool: ThreadPoolExecutor) -> int:
    return pool._work_queue.qsize()


def keep_little() -> bool:
    """Asks the C library to give back what was freed, and not to keep some for every thread.

    A search takes and frees arrays of megabytes; glibc keeps as many of them as it has had
    threads at once, and the more the longer the process runs (mallopt(3)). Gives whether it will;
    other libraries are left as they are.
    """
    try:
        ask = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    agreed = [ask(option, value) for option, value in MALLOC.items()]
    return all(agreed)


def when_ready(server: Any) -> None:
    """Before the first fork: what was read ahead is for good, and no process shares a connection.

    Objects the collector never looks at are never written to, so that the memory they lie in
    stays one for all processes.
    """
    keep_little()
    gc.collect()
    gc.freeze()
    db.connections.close_all()


def child_exit(server: Any, worker: Any) -> None:
    """In the process that began the others: one of them has ended."""
    burden.note(worker.age, None)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Gunicorn reads the names below as its settings.
worker_class = SheddingWorker
# Dictionary, index and suggestions are read once, by the process that begins the others.
preload_app = True
workers = 2
threads = 4
timeout = 120
graceful_timeout = 10
keepalive = 5
loglevel = "warning"
control_socket_disable = True  # it would lie in the home folder of whoever starts the portal
# Heartbeat files belong in memory: on a busy disk they stall the workers.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 # nosec B108
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": settings.LOGGING["formatters"],
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
    },
}
