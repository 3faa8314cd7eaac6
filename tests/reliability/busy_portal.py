"""A served portal (two web processes and a worker) and the doors an editor writes by."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.documents.samples import NOTICE
from tests.journeys.conftest import ROOT, environment, free_port, manage

PREPARE = """
import json
from django.contrib.auth.models import User
from django.core.management import call_command
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
call_command("reindex", verbosity=0)
client = Client()
client.force_login(User.objects.create_superuser("editor"))
print(json.dumps([client.cookies["sessionid"].value, _get_new_csrf_string()]))
"""
UNLIMITED = {"PORTAL_LIMIT_API": "0", "PORTAL_LIMIT_SEARCH": "0"}
SEARCH = "/api/v1/search?page_size=50&q=" + urllib.parse.quote("创新券")
MARK = "----boundary"


@dataclass(slots=True)
class BusyPortal:
    """The running portal; *waits* are the seconds each write took to be answered."""

    data: Path
    port: int
    session: str
    token: str
    waits: list[float] = field(default_factory=list)

    def ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, bytes]:
        """Status and body of one request by the editor."""
        cookies = f"sessionid={self.session}; csrftoken={self.token}"
        headers = {"Cookie": cookies, **({"Content-Type": kind} if kind else {})}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as line:
            line.request(method, path, body.encode() or None, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def write(self, path: str, body: str, kind: str) -> int:
        """Posts a form; gives the status."""
        began = time.monotonic()
        status, _ = self.ask("POST", path, body, kind)
        self.waits.append(time.monotonic() - began)
        return status

    def upload(self, number: int) -> int:
        """Sends notice *number*, which becomes a draft when a worker has read it."""
        text = NOTICE.replace("7号", f"{number}号").replace("申领企业", f"第{number}批企业")
        body = (
            f'--{MARK}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
            f"{self.token}\r\n"
            f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="{number}.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\n{text}\r\n--{MARK}--\r\n"
        )
        return self.write("/upload/", body, f"multipart/form-data; boundary={MARK}")

    def correct(self, number: int, text: str) -> int:
        """Writes another text into the last section of notice *number*."""
        [(slug, anchor)] = self.rows(LAST_SECTION, number)
        form = {"heading": "申领条件", "number": "二、", "text": text}
        return self.form(f"/documents/{slug}/review/{anchor}/", form)

    def publish(self, number: int) -> int:
        """Lets readers see draft *number*, like the others as it is."""
        return self.form(f"/documents/{self.slug(number)}/publish/", {"twins_checked": "on"})

    def withdraw(self, number: int) -> int:
        """Takes notice *number* away from readers."""
        return self.form(f"/documents/{self.slug(number)}/withdraw/", {})

    def slug(self, number: int) -> str:
        """The present address of notice *number*."""
        [(slug,)] = self.rows("SELECT slug FROM documents_document WHERE ref_serial = ?", number)
        return str(slug)

    def form(self, path: str, values: dict[str, str]) -> int:
        """Posts a form of plain fields."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **values})
        return self.write(path, body, "application/x-www-form-urlencoded")

    def rows(self, query: str, *values: object) -> list[Any]:
        """What the database says to somebody who looks from outside."""
        with closing(sqlite3.connect(self.data / "portal.sqlite3", timeout=60)) as database:
            return database.execute(query, values).fetchall()

    def numbers(self, status: str) -> set[int]:
        """The numbers of the notices of this status."""
        query = "SELECT ref_serial FROM documents_document WHERE status = ?"
        return {number for (number,) in self.rows(query, status)}

    def found(self) -> list[tuple[object, ...]]:
        """What a search for a word of every notice finds; alone the status if it found nothing."""
        status, body = self.ask("GET", SEARCH)
        if status != 200:
            return [(status,)]
        return [
            (each["id"], each["ref_no"], each["score"], each["section_count"])
            for each in json.loads(body)["documents"]
        ]


LAST_SECTION = """
    SELECT d.slug, s.anchor FROM documents_document d JOIN documents_section s
    ON s.document_id = d.id WHERE d.ref_serial = ? AND s.text LIKE '%企业%'
    ORDER BY s."order" DESC LIMIT 1
"""


@contextmanager
def served(data: Path) -> Iterator[BusyPortal]:
    """The portal in *data*, whose database is migrated, served until the block ends."""
    said = manage(data, "shell", "--no-imports", "-c", PREPARE)
    session, token = json.loads(said.splitlines()[-1])
    port = free_port()
    web = ["-m", "gunicorn", "--config", "python:portal.serving", "--bind", f"127.0.0.1:{port}"]
    commands = [[*web, "--workers", "2", "portal.wsgi:application"], ["manage.py", "worker"]]
    running = [
        subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env={**environment(data), **UNLIMITED},
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]  # fmt: skip
    try:
        portal = BusyPortal(data, port, session, token)
        _await(portal)
        yield portal
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(portal: BusyPortal) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            if portal.ask("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("The portal did not start.")
