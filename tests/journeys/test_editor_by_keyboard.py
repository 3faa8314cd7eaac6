"""An editor's day without a mouse: upload, correct, publish, revise, withdraw, settle reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents.samples import NOTICE
from tests.journeys.keyboard import enter, tab_to

pytestmark = [pytest.mark.journey, pytest.mark.nightly]

# Another place and number; still like what other journeys publish, so that the desk may ask.
TEXT = NOTICE.replace("松江", "奉贤").replace("松科委", "奉科委").replace("〕7号", "〕77号")
REVISED = TEXT.replace("请遵照执行", "请认真遵照执行")


def type_anew(page: Page, selector: str, text: str) -> None:
    """Goes to a field and writes over what it holds."""
    tab_to(page, selector)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)


def choose_file(page: Page, selector: str, file: Path) -> None:
    """The focus reaches the field; what the system's own window then does is not the portal's."""
    tab_to(page, selector)
    page.locator(selector).set_input_files(file)


def sign_in(page: Page, onward: str) -> None:
    page.goto(f"/accounts/login/?next={onward}")
    type_anew(page, "#id_username", "editor")
    type_anew(page, "#id_password", "correct horse battery")
    tab_to(page, "main button")
    enter(page)


def publish(page: Page) -> None:
    """Agrees that a document much like another one is no double, where the desk asks for it."""
    if page.locator("[name=twins_checked]").count():
        tab_to(page, "[name=twins_checked]")
        page.keyboard.press("Space")
    tab_to(page, ".desk-bar .button-main")
    enter(page)


def test_a_document_is_uploaded_corrected_published_revised_and_withdrawn_by_keyboard(
    page: Page, tmp_path: Path
) -> None:
    file, newer = tmp_path / "奉贤创新券.txt", tmp_path / "奉贤创新券修订.txt"
    file.write_text(TEXT, "utf-8")
    newer.write_text(REVISED, "utf-8")
    sign_in(page, "/upload/")
    choose_file(page, "main input[type=file]", file)
    tab_to(page, "main form button[type=submit]")
    enter(page)
    expect(page.locator("h1")).to_contain_text("奉贤区科技创新券管理办法")
    review = page.url

    type_anew(page, "[name=disclosure]", "主动公开")
    tab_to(page, "main .read form button[type=submit]")
    enter(page)
    expect(page.locator("[name=disclosure]")).to_have_value("主动公开")

    section = page.locator(".tree a", has_text="申领条件").get_attribute("href")
    tab_to(page, f".tree a[href='{section}']")
    enter(page)
    type_anew(page, "[name=heading]", "申领的条件")
    tab_to(page, "[name=themes]")
    page.keyboard.press("Space")
    theme = page.locator("[name=themes]").first
    if theme.evaluate("field => field.tagName") == "SELECT":
        page.keyboard.press("ArrowDown")
    tab_to(page, "main form .button-main")
    enter(page)
    expect(page.locator(".tree").first).to_contain_text("申领的条件")
    publish(page)
    address = page.url
    expect(page.locator(".record")).to_contain_text("主动公开")

    page.goto(review)
    choose_file(page, "section[aria-labelledby=new-version] input[type=file]", newer)
    tab_to(page, "section[aria-labelledby=new-version] button")
    enter(page)
    expect(page.locator("button[name=accept]")).to_be_visible()
    tab_to(page, "button[name=accept]")
    enter(page)
    page.goto(address)
    expect(page.locator("[data-text]")).to_contain_text("请认真遵照执行")

    page.goto(review)
    tab_to(page, "form[action$='/withdraw/'] button")
    enter(page)
    page.goto(address)
    expect(page.locator("main")).to_contain_text(re.compile("已撤下|读者看不到"))


def test_a_report_is_written_and_settled_by_keyboard(page: Page) -> None:
    page.goto("/documents/qkw-2025-1/cite/p1-1-2/")
    tab_to(page, "main a[href*='/report/']")
    enter(page)
    type_anew(page, "main textarea", "第一条有错字")
    tab_to(page, "main form button")
    enter(page)
    sign_in(page, "/admin/portal/report/?q=第一条有错字")
    tab_to(page, "#result_list input[name$=settled]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=_save]")
    enter(page)
    expect(page.locator("#result_list input[name$=settled]").first).to_be_checked()
