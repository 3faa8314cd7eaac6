"""Photographs pages in every width and light, and lays them side by side for a person."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import SHOTS
from tests.journeys.pages import ORIGIN, Pages, in_browser

MOST = 1400
"""Pixels of a page's height that are photographed; what comes below repeats."""


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look: its name, a width in pixels, and what the reader's system asks for."""

    name: str
    width: int
    media: dict[str, Any]


LOOKS = [
    *(
        Look(f"{scheme}-{width}", width, {"color_scheme": scheme})
        for scheme in ("light", "dark")
        for width in (1280, 768, 320)
    ),
    Look("print", 794, {"media": "print", "color_scheme": "light"}),
    Look("contrast-light", 1280, {"contrast": "more", "color_scheme": "light"}),
    Look("contrast-dark", 1280, {"contrast": "more", "color_scheme": "dark"}),
    Look("forced", 1280, {"forced_colors": "active", "color_scheme": "dark"}),
    Look("still", 1280, {"reduced_motion": "reduce", "color_scheme": "light"}),
]


def photograph(pages: Pages, folder: str) -> list[str]:
    """Shoots every page in every look under *folder*; gives what is wider than its screen."""

    def task(browser: Browser) -> list[str]:
        return [each for look in LOOKS for each in _shoot(browser, pages, look, folder)]

    return in_browser(task)


def _shoot(browser: Browser, pages: Pages, look: Look, folder: str) -> list[str]:
    context = browser.new_context(
        base_url=ORIGIN, viewport={"width": look.width, "height": 900}, locale="zh-CN"
    )
    pages.serve(context)
    page = context.new_page()
    page.emulate_media(**look.media)
    place = SHOTS / folder / look.name
    place.mkdir(parents=True, exist_ok=True)
    found, files = [], []
    for number, address in enumerate(pages.answers):
        page.goto(address)
        size = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        if size[0] > look.width and look.name != "print":
            found.append(f"{address} is {size[0]} px wide in {look.name}")
        file = place / f"{number:02}.png"
        clip = {"x": 0, "y": 0, "width": look.width, "height": min(size[1], MOST)}
        page.screenshot(path=file, full_page=True, clip=clip)  # type: ignore[arg-type]
        files.append((address, file))
    _lay_out(context.new_page(), look, files, place.with_suffix(".png"))
    context.close()
    return found


def _lay_out(page: Page, look: Look, files: list[tuple[str, Path]], sheet: Path) -> None:
    """All photographs of one look as a page of their own, and that page as one picture."""
    figures = "".join(
        f"<figure><img src='{file.parent.name}/{file.name}' alt=''>"
        f"<figcaption>{html.escape(address)}</figcaption></figure>"
        for address, file in files
    )
    style = (
        "body{display:grid;gap:12px;grid-template-columns:repeat(6,1fr);font:12px sans-serif}"
        "figure{margin:0}img{border:1px solid #888;width:100%}figcaption{overflow-wrap:anywhere}"
    )
    written = sheet.with_suffix(".html")
    written.write_text(
        f"<!doctype html><meta charset=utf-8><title>{look.name}</title>"
        f"<style>{style}</style>{figures}",
        "utf-8",
    )
    page.context.unroute_all()
    page.set_viewport_size({"width": 1800, "height": 900})
    page.goto(written.as_uri())
    page.screenshot(path=sheet, full_page=True)
