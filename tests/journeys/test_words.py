"""Words kept in the text, in a real browser: by mouse, by keyboard, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, shoot
from tests.journeys.keyboard import enter, tab_to

pytestmark = pytest.mark.journey

DOCUMENT = "/documents/qfbf-2021-63/"
SECTION = "p2-1-1-2"
WORDS = "青浦区围绕产业链部署创新链"


def select(page: Page, start: str, end: str) -> None:
    """Selects from the beginning of one element's text to the end of another's."""
    page.evaluate(
        """([start, end]) => {
            const range = document.createRange();
            range.setStart(document.querySelector(start), 0);
            const last = document.querySelector(end);
            range.setEnd(last, last.childNodes.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [start, end],
    )


def test_words_are_selected_noted_opened_changed_and_removed(page: Page) -> None:
    page.goto(f"{DOCUMENT}#{SECTION}")
    before = page.locator("[data-text]").inner_text()
    select(page, f"[id='{SECTION}-t1']", f"[id='{SECTION}-t1']")
    page.get_by_role("button", name="做笔记").click()
    form = page.get_by_role("form", name="在文中做笔记")
    form.get_by_label("笔记").fill("写报告时核对年份")
    form.get_by_role("button", name="记下").click()

    words = page.locator(f"[id='{SECTION}'] .own")
    expect(words.first).to_be_in_viewport()
    # The mark is no text: what is read, searched and copied is what it was.
    assert page.locator("[data-text]").inner_text() == before
    words.first.click(position={"x": 60, "y": 8})
    note = page.get_by_role("dialog", name="我的笔记")
    expect(note).to_contain_text("写报告时核对年份")
    shoot(page, "words")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()

    page.locator(f"[id='{SECTION}'] .own-ref").focus()
    page.keyboard.press("Enter")
    note.locator("summary").press("Enter")
    note.get_by_label("笔记").fill("改过的笔记")
    note.get_by_role("button", name="保存").press("Enter")
    expect(page.locator("#own-notes ~ ol .own-note")).to_have_text("改过的笔记")
    page.goto("/bookmarks/")
    expect(page.locator(".bookmark")).to_contain_text("改过的笔记")
    shoot(page, "words-browser")
    page.get_by_role("button", name=re.compile("移除")).click()
    page.goto(DOCUMENT)
    expect(page.locator(".own")).to_have_count(0)


def test_words_across_sections_are_refused_with_a_sentence(page: Page) -> None:
    page.goto(f"{DOCUMENT}#{SECTION}")
    select(page, f"[id='{SECTION}-t1']", "[id='p2-1-1-3-t1']")
    page.get_by_role("button", name="做笔记").click()

    expect(page.get_by_role("status")).to_contain_text("跨了两节")


def test_words_are_kept_by_keyboard_alone(page: Page) -> None:
    page.goto(f"{DOCUMENT}#{SECTION}")
    page.locator(f"[id='{SECTION}'] > .at").focus()
    tab_to(page, f".tools a[href='cite/{SECTION}/#words']", most=8)
    enter(page)
    tab_to(page, "#words-words")
    page.keyboard.type(WORDS)
    tab_to(page, "#words-note")
    page.keyboard.type("键盘也行")
    tab_to(page, "#words button[type=submit]")
    enter(page)

    expect(page.locator(f"[id='{SECTION}'] .own")).to_have_text(WORDS)
    assert "键盘也行" in page.locator(".own-notes").inner_text()


def test_words_are_picked_read_and_removed_without_javascript(
    browser: Browser, portal: Portal
) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DOCUMENT}cite/{SECTION}/")
    page.get_by_label("这一节里的文字").fill("企业")
    page.get_by_label("笔记（可以不写）").fill("第三处")
    page.get_by_role("button", name="记下").click()
    page.get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="记下").click()

    expect(page.locator(f"[id='{SECTION}'] .own")).to_have_text("企业")
    page.locator(".own-ref").click()
    expect(page.locator(".own-notes li")).to_be_in_viewport()
    expect(page.locator(".own-notes li")).to_contain_text("第三处")
    page.locator(".own-notes .note-back").click()
    expect(page.locator(f"[id='{SECTION}'] .own")).to_be_in_viewport()
    page.locator(".own-notes summary").click()
    page.get_by_role("button", name="移除").click()
    expect(page.locator(".own")).to_have_count(0)
    context.close()


def test_nothing_is_offered_before_words_are_selected(
    page: Page, browser: Browser, portal: Portal
) -> None:
    page.goto(DOCUMENT)
    page.wait_for_function("document.querySelector('#words-form').popover === 'auto'")
    expect(page.locator(".keep-words")).to_be_hidden()
    expect(page.locator("#words-form")).to_be_hidden()
    without = browser.new_context(base_url=portal.url, java_script_enabled=False)
    try:
        plain = without.new_page()
        plain.goto(DOCUMENT)
        expect(plain.locator("#words-form")).to_be_hidden()
    finally:
        without.close()
