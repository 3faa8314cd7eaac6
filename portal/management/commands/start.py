"""Brings the portal to life: database, seeds, index, then the web server and a worker."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal import supervisor
from portal.supervisor import Part


class Command(BaseCommand):
    """``manage.py start``: safe to run again; a second start takes seconds."""

    help = (
        "Migrate, load the seed documents, bring the index up to date, then serve the "
        "portal and work off its queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="port on the loopback address")
        parser.add_argument("--workers", type=int, default=2, help="web processes")
        parser.add_argument(
            "--prepare-only", action="store_true", help="do everything but start the web server"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port = _port(options["port"])
        if not options["prepare_only"]:
            _check_free(port)
        quiet = {"verbosity": 0, "stdout": self.stderr}
        self.stderr.write("Database …")
        call_command("migrate", interactive=False, **quiet)
        call_command("collectstatic", interactive=False, **quiet)
        self.stderr.write("Seed documents …")
        call_command("load_seeds", stdout=self.stderr, stderr=self.stderr)
        self.stderr.write("Index …")
        call_command("reindex", if_needed=True, stdout=self.stderr, stderr=self.stderr)
        if options["prepare_only"]:
            self.stdout.write(f"Ready in {settings.PORTAL_DATA}.")
            return
        self.stdout.write(_welcome(port))
        self.stdout.flush()
        connections.close_all()
        parts = [_web(port, options["workers"]), _worker()]
        status = supervisor.run(parts, settings.BASE_DIR, self.stderr.write)
        if status:
            sys.exit(status)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken ({error.strerror}). Try another: PORT={port + 1} make run"
            ) from error


def _welcome(port: int) -> str:
    lines = [f"\n  The portal is at http://127.0.0.1:{port}/   (Ctrl-C ends it)"]
    if not get_user_model().objects.filter(is_superuser=True).exists():
        lines.append("  Make the first editor account in another terminal:  make editor")
    return "\n".join([*lines, ""])


def _web(port: int, workers: int) -> Part:
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4"]
    command += ["--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning"]
    command += ["--worker-tmp-dir", _memory_folder()]
    return Part("web server", command)


def _worker() -> Part:
    return Part("worker", [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"])


def _memory_folder() -> str:
    """Gunicorn's heartbeat files belong in memory: on a busy disk they stall the workers."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(settings.PORTAL_DATA)  # noqa: S108
