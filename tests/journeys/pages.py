"""Pages rendered in this process and shown to a browser without a server between them."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Route, sync_playwright

from tests.journeys.conftest import CHROMIUM, QUIET

T = TypeVar("T")

ORIGIN = "http://testserver"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal answered to one request."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Pages:
    """Answers by address, fetched before the browser starts, and the templates they used."""

    answers: dict[str, Answer] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)

    def fetch(self, browser: Client, addresses: Iterable[str]) -> None:
        """Asks for each address as *browser* and keeps the answer under it."""
        for address in addresses:
            self.keep(address, browser.get(address, follow=True))

    def keep(self, address: str, answer: HttpResponseBase) -> None:
        """Keeps an answer that came by another way, such as a form that was refused."""
        used = getattr(answer, "templates", None) or []
        self.templates |= {str(template.name) for template in used}
        body = b"".join(answer) if answer.streaming else getattr(answer, "content", b"")
        self.answers[address] = Answer(answer.status_code, dict(answer.headers), body)

    def serve(self, context: BrowserContext) -> None:
        """Lets *context* see these answers and the static files, and nothing else."""
        known = {unquote(address): answer for address, answer in self.answers.items()}
        context.route("**/*", lambda route: _fulfil(route, known))


def _fulfil(route: Route, known: Mapping[str, Answer]) -> None:
    address = unquote(route.request.url.removeprefix(ORIGIN).partition("#")[0])
    answer = known.get(address)
    if answer is not None:
        route.fulfill(status=answer.status, headers=answer.headers, body=answer.body)
        return
    static = address.startswith("/static/")
    found = finders.find(address.removeprefix("/static/")) if static else None
    if not isinstance(found, str):
        route.fulfill(status=204, body="")
        return
    kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
    route.fulfill(status=200, content_type=kind, body=Path(found).read_bytes())


def in_browser(task: Callable[[Browser], T]) -> T:
    """Gives *task* a browser in a thread of its own.

    Playwright leaves an event loop running in its thread, where Django then refuses the database.
    """
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; a Debian system has it as `chromium`.")

    def run() -> T:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            try:
                return task(browser)
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def page_templates() -> set[str]:
    """Every template that is a page of its own."""
    return {
        str(file.relative_to(TEMPLATES))
        for file in TEMPLATES.rglob("*.html")
        if "{% extends " in (text := file.read_text("utf-8")) and "{% block content %}" in text
    }
