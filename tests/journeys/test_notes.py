"""Notes in a real browser: opened at their marks, left again, and never in what is copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, shoot

pytestmark = pytest.mark.journey

DOCUMENT = "/documents/qfbf-2021-63/"
SECTION = "p2-1-1-2"
WORDS = "跻身“独角兽”榜单，数量位居全市第四"
FOUND = "榜单，数量位居全市第四"
NOTE = "依据新经济智库长城战略咨询发布的"


def test_a_note_opens_at_its_mark_and_closes_by_keyboard(page: Page) -> None:
    page.goto(f"{DOCUMENT}#{SECTION}")
    page.locator(f"[id='{SECTION}'] > .at").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "doc-noteref":
            break
    mark = page.locator("#ref-1")
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    note = page.get_by_role("dialog", name="注释 1")
    expect(note).to_contain_text(NOTE)
    expect(note).to_be_in_viewport(ratio=1)
    expect(note).to_be_focused()
    assert page.url.endswith(f"#{SECTION}")
    shoot(page, "note")

    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_second_press_or_one_elsewhere_closes_the_note(page: Page) -> None:
    page.goto(DOCUMENT)
    mark, note = page.locator("#ref-2"), page.get_by_role("dialog")
    for elsewhere in (mark, page.locator("[id='p2-1-1-3'] > :is(h3, h4, h5)")):
        mark.click()
        expect(note).to_contain_text("申通、中通、圆通")
        elsewhere.click()
        expect(note).to_be_hidden()
    mark.click()
    note.get_by_role("link", name="文末注释").click()
    expect(note).to_be_hidden()
    expect(page.locator("#note-2")).to_be_in_viewport()


def test_the_mark_leads_to_its_note_and_back_without_javascript(
    browser: Browser, portal: Portal
) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(DOCUMENT)
    page.locator("#ref-1").click()
    assert page.url.endswith("#note-1")
    expect(page.locator("#note-1")).to_be_in_viewport()
    page.locator("#note-1 [role=doc-backlink]").click()
    assert page.url.endswith("#ref-1")
    expect(page.locator("#ref-1")).to_be_in_viewport()
    context.close()


def test_nothing_that_is_copied_holds_a_mark(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{DOCUMENT}#{SECTION}")
    selected = page.evaluate(
        "id => { getSelection().selectAllChildren(document.getElementById(id));"
        " return getSelection().toString(); }",
        SECTION,
    )
    assert WORDS in selected
    page.keyboard.press("ControlOrMeta+C")
    assert WORDS in page.evaluate("navigator.clipboard.readText()")

    page.locator(f"[id='{SECTION}'] > .at").focus()
    page.locator(".tools [data-words]").click()
    expect(page.get_by_role("status")).to_contain_text("已复制原文和出处")
    assert WORDS in page.evaluate("navigator.clipboard.readText()")


def test_words_across_a_mark_are_found_in_the_document(page: Page) -> None:
    page.goto(f'{DOCUMENT}?q="{FOUND}"')
    expect(page.locator("[data-count]")).to_have_text("共 1 处")
    assert "".join(page.locator(f"[id='{SECTION}'] mark").all_inner_texts()) == FOUND
