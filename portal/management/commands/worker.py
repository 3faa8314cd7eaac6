"""Works off the queue, and keeps the index and the store tidy while nothing else waits."""

from __future__ import annotations

import logging
import signal
import time
from argparse import ArgumentParser
from datetime import date, timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from documents.originals import sweep
from documents.page_images import trim
from documents.work import Interrupted, Pulse, new_name, work_once
from search_indexes.engine.errors import IndexUnusable
from search_indexes.rebuild import RebuildFailed
from search_indexes.sync import catch_up, heal, turn_of_day

log = logging.getLogger(__name__)

IDLE = 0.3
"""Seconds between two looks into an empty queue."""

GRACE = 8.0
"""Seconds the job in hand has to finish once the worker is told to end."""

TIDY_EVERY = 5.0
TIDY_AFTER_TROUBLE = 60.0
TRIM_EVERY = 300.0


class Command(BaseCommand):
    """``manage.py worker``: several may run at once; each job is done by one of them."""

    help = (
        "Do queued jobs: reading uploads, sorting bulk loads. While nothing waits, tell the index "
        "of changes it has yet to hear of. Ends cleanly on SIGTERM or Ctrl-C: the job in hand is "
        f"finished, or given back after {GRACE:.0f} seconds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--once", action="store_true", help="do one job at most, then end")
        ways.add_argument(
            "--idle-exit", action="store_true", help="end when no job is due any more"
        )
        parser.add_argument(
            "--lease",
            type=float,
            default=60.0,
            metavar="SECONDS",
            help="after how long a silent worker's job is taken over (default: 60)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lease = options["lease"]
        if not 0.5 <= lease <= 3600:
            raise CommandError(f"--lease is {lease:g}; it must be from 0.5 to 3600 seconds.")
        stop = _Stop()
        signal.signal(signal.SIGTERM, stop.hear)
        signal.signal(signal.SIGINT, stop.hear)
        signal.signal(signal.SIGALRM, stop.hear)
        done = 0
        name = new_name()
        try:
            with Pulse(name, min(5.0, lease / 3)) as pulse:
                log.info("worker %s begins", name)
                done = self._work(name, timedelta(seconds=lease), pulse, stop, options)
        except Interrupted:
            done = stop.done
        self.stdout.write(f"{done} job{'' if done == 1 else 's'} done.")

    def _work(
        self, name: str, lease: timedelta, pulse: Pulse, stop: _Stop, options: dict[str, Any]
    ) -> int:
        tidied = _Tidying()
        while not stop.asked:
            close_old_connections()
            try:
                with stop.busy():
                    job = work_once(name, lease, pulse)
            except DatabaseError as error:
                log.warning("the queue cannot be reached and will be asked again: %s", error)
                time.sleep(1)
                continue
            stop.done += job is not None
            if options["once"] or (options["idle_exit"] and job is None):
                tidied.look()
                break
            if job is None:
                tidied.look()
                stop.rest(IDLE)
        return stop.done


class _Stop:
    """Hears that the worker shall end; a second word, or a job that takes too long, interrupts."""

    def __init__(self) -> None:
        self.asked = False
        self.done = 0
        self._working = False

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if not self._working:
            self.asked = True
            return
        if self.asked:
            raise Interrupted
        self.asked = True
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def busy(self) -> _Stop:
        """A block in which a job may be in hand."""
        return self

    def __enter__(self) -> None:
        self._working = True
        if self.asked:  # a moment ago, before anybody would have interrupted a job
            raise Interrupted

    def __exit__(self, *_: object) -> None:
        self._working = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def rest(self, seconds: float) -> None:
        """Sleeps, unless the end was asked for; a signal cuts the sleep short."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))


class _Tidying:
    """What a worker does while nobody waits for it: mends the index, sweeps up files left over."""

    def __init__(self) -> None:
        self._next = self._next_trim = 0.0
        self._day: date | None = None

    def look(self) -> None:
        """Does it every few seconds; after trouble with the index less often."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TIDY_EVERY
        try:
            heal()
            if self._day != (today := timezone.localdate()):
                turn_of_day()
                self._day = today
            if done := catch_up():
                log.info("the index took %s changes that it had missed", done)
            sweep()
            if time.monotonic() >= self._next_trim:
                self._next_trim = time.monotonic() + TRIM_EVERY
                trim()
        except (IndexUnusable, RebuildFailed, DatabaseError, OSError) as error:
            self._next = time.monotonic() + TIDY_AFTER_TROUBLE
            log.warning("tidying up did not succeed and will be tried again: %s", error)
