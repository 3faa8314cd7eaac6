"""A whole portal as `manage.py start` brings it up, and a real browser to use it with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "test-results" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# Without these the browser looks for its maker's servers at every start.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


# A page on a busy machine may take a while; what it says in the end is the promise.
expect.set_options(timeout=30_000)


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal: its address, its folder, and what its start printed."""

    url: str
    data: Path
    said: str


def environment(data: Path) -> dict[str, str]:
    """The environment of a portal with a folder of its own, and nothing of the tests' settings."""
    ours = {"PORTAL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**kept, **ours}


def manage(data: Path, *words: str, **more: str) -> str:
    """Runs a management command of that portal and gives what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**environment(data), **more},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int) -> tuple[subprocess.Popen[str], Portal]:
    """Starts a portal and waits until it answers."""
    log = data / "start.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "start", "--port", str(port)],
            cwd=ROOT,
            env=environment(data),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # Under nohup a portal rightly does not hear SIGHUP; the tests' own portals do.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/", timeout=5):  # noqa: S310 - our own server
                return process, Portal(url, data, log.read_text())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    process.kill()
    pytest.fail(f"The portal did not start:\n{log.read_text()}")


def stop(process: subprocess.Popen[str]) -> int:
    """Ends a portal as Ctrl-C does and gives its exit status."""
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=30)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with the seed documents and one editor, `editor` / `correct horse battery`."""
    data = tmp_path_factory.mktemp("portal")
    process, running = start(data, free_port())
    manage(
        data, "createsuperuser", "--noinput", "--username", "editor", "--email", "e@example.org",
        DJANGO_SUPERUSER_PASSWORD="correct horse battery",
    )  # fmt: skip
    yield running
    stop(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; a Debian system has it as `chromium`.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A fresh window, 1280 px wide; any error on the console fails the journey."""
    context = browser.new_context(
        base_url=portal.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
    )
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda said: note_error(said, complaints))
    window.on("pageerror", lambda error: complaints.append(str(error)))
    yield window
    context.close()
    # The browser itself logs an answer with an error status; the journeys ask for some.
    assert not [said for said in complaints if "Failed to load resource" not in said]


def note_error(said: ConsoleMessage, complaints: list[str]) -> None:
    """Keeps what the browser complains of."""
    if said.type == "error":
        complaints.append(said.text)


def shoot(page: Page, name: str) -> None:
    """Screenshots at desk and phone width, light and dark, for a person to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png")
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{name} is {overflow} px wider than {width} px"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
