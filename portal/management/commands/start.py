"""Brings the portal to life: database, seeds, index, then the web server and a worker."""

from __future__ import annotations

import ipaddress
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from portal import supervisor
from portal.supervisor import Part
from portal.upkeep.trouble import explain

STOPPED = 130
"""The exit status of a program that Ctrl-C ended before it could do its work."""


class Command(BaseCommand):
    """``manage.py start``: safe to run again; a second start takes seconds."""

    help = (
        "Migrate, load the seed documents, bring the index up to date, then serve the "
        "portal and work off its queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="port to listen on")
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="address to listen on; in a container 0.0.0.0, with a proxy in front",
        )
        parser.add_argument("--workers", type=int, default=2, help="web processes")
        parser.add_argument(
            "--prepare-only", action="store_true", help="do everything but start the web server"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port, host = _port(options["port"]), _host(options["host"])
        if not options["prepare_only"]:
            _check_free(host, port)
        try:
            self._prepare()
        except (OSError, DatabaseError) as error:
            raise CommandError(explain(error, settings.PORTAL_DATA)) from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped before it was ready; the next start goes on from here.")
            sys.exit(STOPPED)
        if options["prepare_only"]:
            self.stdout.write(f"Ready in {settings.PORTAL_DATA}.")
            return
        self.stdout.write(_welcome(port))
        self.stdout.flush()
        connections.close_all()
        parts = [_web(host, port, options["workers"]), _worker()]
        status = supervisor.run(parts, settings.BASE_DIR, self.stderr.write)
        if status:
            sys.exit(status)

    def _prepare(self) -> None:
        quiet = {"verbosity": 0, "stdout": self.stderr}
        self.stderr.write("Database …")
        call_command("migrate", interactive=False, **quiet)
        call_command("collectstatic", interactive=False, **quiet)
        self.stderr.write("Seed documents …")
        call_command("load_seeds", stdout=self.stderr, stderr=self.stderr)
        self.stderr.write("Index …")
        call_command("reindex", if_needed=True, stdout=self.stderr, stderr=self.stderr)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise CommandError(f"--host is {text!r}; it must be an address, as 127.0.0.1.") from error


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken ({error.strerror}). Try another: PORT={port + 1} make run"
            ) from error


def _welcome(port: int) -> str:
    lines = [f"\n  The portal is at http://127.0.0.1:{port}/   (Ctrl-C ends it)"]
    if not get_user_model().objects.filter(is_superuser=True).exists():
        lines.append("  Make the first editor account in another terminal:  make editor")
    return "\n".join([*lines, ""])


def _web(host: str, port: int, workers: int) -> Part:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:portal.serving"]
    command += ["--bind", at, "--workers", str(workers)]
    command += ["portal.wsgi:application"]
    return Part("web server", command)


def _worker() -> Part:
    return Part("worker", [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"])
