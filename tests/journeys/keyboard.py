"""Moving through a page as somebody without a mouse does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def tab_to(page: Page, selector: str, most: int = 200) -> None:
    """Presses Tab until the focus is there, and checks that it can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"no focus to be seen on {selector}"
            return
    pytest.fail(f"Tab did not reach {selector} in {most} steps.")


def enter(page: Page) -> None:
    """Presses Enter and waits for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
