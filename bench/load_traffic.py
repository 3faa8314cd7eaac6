"""What the load measurement asks for: searches, documents and uploads as people make them."""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import secrets
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bench.load_server import ROOT, Server
from search_indexes.analysis import index_words

PAGES = 50
"""Of a hundred documents each that are looked up before the measurement."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, port: int) -> tuple[int, dict[str, str]]:
        """Status and headers; 0 if the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(self.method, self.path, self.body, self.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, dict(answer.getheaders())
        except (OSError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal has: words of its titles, its districts and years, document addresses."""

    documents: int
    words: tuple[str, ...]
    titles: tuple[str, ...]
    districts: tuple[str, ...]
    years: tuple[str, ...]
    addresses: tuple[str, ...]


def sample(port: int) -> Known:
    """Asks the API for some thousand documents all over the collection; some hundred of them give
    words and titles to search for."""
    pages = [_page(port, number) for number in range(1, PAGES + 1)]
    found = [each for page in pages for each in page.get("documents", [])]
    asked = [each for page in pages[:: PAGES // 5] for each in page.get("documents", [])]
    titles = tuple(each["title"] for each in asked if len(each["title"]) > 8)
    words = {word for title in titles for word in index_words(title) if len(word) > 1}
    facets = pages[0]["facets"]
    return Known(
        pages[0]["count"],
        tuple(sorted(words)),
        titles,
        tuple(value["value"] for value in facets["district"]),
        tuple(value["value"] for value in facets["year"]),
        tuple(each["url"] for each in found),
    )


def _page(port: int, number: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", f"/api/v1/search?q=&page_size=100&page={number}")
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def mix(known: Known, seed: int, kind: str = "search") -> Callable[[], Visit]:
    """The next visit, the same for the same *seed*: 70 % one word, 20 % a phrase or a filter,
    10 % facets alone; or documents, none again before every other."""
    chance = random.Random(seed)  # noqa: S311 - to choose queries
    addresses = cycle(chance.sample(known.addresses, len(known.addresses)))

    def document() -> Visit:
        return Visit(quote(next(addresses)))

    def search() -> Visit:
        drawn = chance.random()
        asked = {"q": chance.choice(known.words)}
        if drawn < 0.1:
            asked = {"district": chance.choice(known.districts), "year": chance.choice(known.years)}
        elif drawn < 0.2:
            title = chance.choice(known.titles)
            start = chance.randrange(len(title) - 4)
            asked = {"q": f'"{title[start : start + 4]}"'}
        elif drawn < 0.3:
            asked["district"] = chance.choice(known.districts)
        return Visit(f"/search/?{urlencode(asked)}")

    return document if kind == "document" else search


def editors(server: Server, count: int) -> list[Callable[[threading.Event, list[float]], None]]:
    """Editors who upload until the event is set, noting the seconds each upload took."""
    name, password = f"load-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", name,
         "--email", "load@localhost"],
        cwd=ROOT,
        env={**os.environ, "PORTAL_DATA": str(server.data), "DJANGO_SUPERUSER_PASSWORD": password},
        check=True,
        capture_output=True,
    )  # fmt: skip
    return [_Editor(server.port, name, password).work for _ in range(count)]


class _Editor:
    """Somebody who uploads one file after another, each unlike the others by its last line.

    The file is made once: making one takes a quarter of a second, in the process whose threads
    are the searchers of the measurement.
    """

    def __init__(self, port: int, name: str, password: str) -> None:
        self._port = port
        self._file = _pdf(uuid.uuid4().hex)
        self._cookies: SimpleCookie = SimpleCookie()
        page = self._ask("GET", "/accounts/login/", None, {})
        fields = {"username": name, "password": password, "csrfmiddlewaretoken": self._token(page)}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self._ask("POST", "/accounts/login/", urlencode(fields).encode(), form)
        if "sessionid" not in self._cookies:
            raise RuntimeError("The editor of the measurement could not sign in.")

    def work(self, ended: threading.Event, times: list[float]) -> None:
        """Uploads one file after another."""
        token = self._token(self._ask("GET", "/upload/", None, {}))
        while not ended.is_set():
            mark = uuid.uuid4().hex
            body = b"".join(
                f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
                + value
                + b"\r\n"
                for name, more, value in (
                    ("csrfmiddlewaretoken", "", token.encode()),
                    ("file", f'; filename="{mark}.pdf"', self._file + f"% {mark}\n".encode()),
                )
            )
            began = time.perf_counter()
            kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
            self._ask("POST", "/upload/", body + f"--{mark}--\r\n".encode(), kind)
            times.append(time.perf_counter() - began)
            ended.wait(0.5)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        cookies = "; ".join(f"{name}={value.value}" for name, value in self._cookies.items())
        connection.request(method, path, body, {**headers, "Cookie": cookies})
        answer = connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(value)
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        if answer.status not in (200, 302):
            raise RuntimeError(f"{method} {path} was answered {answer.status}.")
        return text

    @staticmethod
    def _token(page: str) -> str:
        return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def _pdf(mark: str) -> bytes:
    """A page of text with a picture of noise, about 1 MB and like no other."""
    side = 590
    noise = Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 780, f"Notice {mark}")
    canvas.drawImage(ImageReader(noise), 72, 200, 400, 400)
    canvas.save()
    return out.getvalue()
