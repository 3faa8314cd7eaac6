"""What readers do with passages is done without scripts, and without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal
from tests.journeys.keyboard import enter, tab_to

pytestmark = pytest.mark.journey
DOCUMENT = "/documents/qkw-2025-1/"


@pytest.fixture
def plain(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A window that runs no scripts."""
    context = browser.new_context(
        base_url=portal.url, java_script_enabled=False, locale="zh-CN", accept_downloads=True
    )
    yield context.new_page()
    context.close()


def keep(page: Page, anchor: str) -> None:
    page.goto(f"{DOCUMENT}cite/{anchor}/")
    page.get_by_role("button", name=re.compile("收藏")).click()


def test_a_shelf_is_filled_ordered_shared_and_carried_about_without_scripts(
    plain: Page, portal: Portal
) -> None:
    plain.goto("/accounts/signup/?next=/bookmarks/")
    plain.get_by_label("用户名").fill("scriptless")
    for field in plain.locator("input[type=password]").all():
        field.fill("staple battery horse")
    plain.locator("main button").click()
    for anchor in ("p1-1-1", "p1-1-2"):
        keep(plain, anchor)

    plain.goto("/bookmarks/")
    plain.get_by_label("新书签夹的名称").fill("夹子")
    plain.get_by_role("button", name="新建").click()
    folder = plain.url
    plain.goto("/bookmarks/")
    for number in range(2):
        entry = plain.locator(".bookmark").nth(number)
        entry.locator("details.edit > summary").click()
        entry.get_by_label("夹子").check()
        entry.get_by_label("笔记").fill(f"第 {number} 处，写报告用")
        entry.get_by_role("button", name="保存", exact=True).click()
    plain.get_by_label("在自己的书签里查找").fill("处")
    plain.get_by_role("button", name="查找").click()
    expect(plain.locator(".bookmark")).to_have_count(2)

    plain.goto(folder)
    headings = plain.locator(".bookmark h3").all_inner_texts()
    plain.get_by_role("button", name=re.compile("下移")).first.click()
    expect(plain.locator(".bookmark h3")).to_have_text(headings[::-1])
    plain.locator(".folder-tools > summary").click()
    plain.get_by_role("button", name="生成分享链接").click()
    link = plain.locator(".notice a").get_attribute("href")
    assert link
    assert plain.request.get(link).ok
    plain.locator(".folder-tools > summary").click()
    plain.get_by_role("button", name="收回链接").click()
    gone = plain.request.get(link)
    assert gone.status == 404
    assert "已收回" in gone.text()

    exported = plain.request.get("/bookmarks/export/csv/").body()
    for _ in range(2):
        plain.goto("/bookmarks/")
        plain.get_by_role("button", name=re.compile("移除")).first.click()
    expect(plain.locator(".bookmark")).to_have_count(0)
    plain.get_by_role("link", name="从文件导入").click()
    plain.get_by_label("CSV 或 Markdown 文件").set_input_files(
        {"name": "书签.csv", "mimeType": "text/csv", "buffer": exported}
    )
    plain.get_by_role("button", name="导入").click()
    expect(plain.get_by_role("status")).to_contain_text("新增 2 处")
    assert plain.request.get("/bookmarks/export/csv/").body() == exported


def test_following_comparing_and_looking_back_need_no_scripts(plain: Page) -> None:
    plain.goto("/accounts/signup/")
    plain.get_by_label("用户名").fill("scriptless-too")
    for field in plain.locator("input[type=password]").all():
        field.fill("staple battery horse")
    plain.locator("main button").click()
    plain.goto(DOCUMENT)
    plain.get_by_role("button", name="关注这份文件").click()
    expect(plain.locator(".shelf")).to_have_count(1)
    plain.locator("details summary").first.click()
    plain.get_by_role("button", name=re.compile("取消关注")).click()
    expect(plain.locator(".shelf")).to_have_count(0)

    plain.goto(f"{DOCUMENT}cite/p1-1-2/")
    plain.get_by_role("link", name="与别的文件对照").click()
    plain.get_by_role("link", name=re.compile("对照$")).first.click()
    expect(plain.locator(".compared section")).to_have_count(2)
    expect(plain.locator(".page-head")).to_contain_text(re.compile(r"\d+% 相同"))
    plain.get_by_role("link", name="左右对换").click()
    expect(plain.locator(".compared section")).to_have_count(2)


def test_finding_narrowing_jumping_and_comparing_need_no_mouse(page: Page) -> None:
    page.goto("/search/?q=高新技术企业")
    tab_to(page, "input[name=district]")
    page.keyboard.press("Space")
    tab_to(page, ".facet-actions button")
    enter(page)
    expect(page.locator(".chip")).to_have_count(1)
    tab_to(page, ".chip")
    enter(page)
    expect(page.locator(".chip")).to_have_count(0)

    page.goto(DOCUMENT)
    tab_to(page, "#in-text")
    page.keyboard.type("园")
    enter(page)
    expect(page.locator("mark.here")).to_be_in_viewport()
    page.goto(DOCUMENT)  # Tab goes on from the hit, and the box is before it
    tab_to(page, "#jump-to")
    page.keyboard.type("二（一）")
    enter(page)
    if "/go/" in page.url:  # the number stands in both parts: the first of them is chosen
        tab_to(page, ".choices a")
        enter(page)
    expect(page.locator("[id='p1-2-1']")).to_be_in_viewport()
    tab_to(page, "[id='p1-2-1'] > .at")
    tab_to(page, "[id='p1-2-1'] .tool[href*='compare']", 8)
    enter(page)
    tab_to(page, "a[href*='&b=']")
    enter(page)
    expect(page.locator(".compared section")).to_have_count(2)


def test_folders_order_sharing_files_and_following_need_no_mouse(
    page: Page, tmp_path: Path
) -> None:
    page.goto("/accounts/signup/?next=/bookmarks/")
    page.get_by_label("用户名").fill("mouseless")
    for field in page.locator("input[type=password]").all():
        field.fill("staple battery horse")
    page.locator("main button").press("Enter")
    for anchor in ("p1-1-1", "p1-1-2"):
        page.goto(f"{DOCUMENT}cite/{anchor}/")
        tab_to(page, "main button[name=anchor]")
        enter(page)

    page.goto("/bookmarks/")
    tab_to(page, "#new-folder")
    page.keyboard.type("键盘")
    enter(page)
    folder = page.url
    page.goto("/bookmarks/")
    for number in (1, 2):
        mark = f".bookmark:nth-child({number})"
        tab_to(page, f"{mark} details.edit > summary")
        page.keyboard.press("Enter")
        tab_to(page, f"{mark} .folder-choices input")
        page.keyboard.press("Space")
        tab_to(page, f"{mark} .edit-form button")
        enter(page)
    page.goto(folder)
    headings = page.locator(".bookmark h3").all_inner_texts()
    assert len(headings) == 2
    tab_to(page, "button[value=down]")
    enter(page)
    expect(page.locator(".bookmark h3")).to_have_text(headings[::-1])
    for button in ("form[action$='/share/'] button", "form[action$='/unshare/'] button"):
        tab_to(page, ".folder-tools > summary")
        page.keyboard.press("Enter")
        tab_to(page, button)
        enter(page)
    expect(page.locator(".notice a")).to_have_count(0)

    tab_to(page, "a[href*='/export/md/']")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    file = tmp_path / "书签.md"
    saved.value.save_as(file)
    assert "p1-1-1" in file.read_text("utf-8")
    tab_to(page, "a[href='/bookmarks/import/']")
    enter(page)
    tab_to(page, "main input[type=file]")
    page.locator("main input[type=file]").set_input_files(file)
    tab_to(page, "main button[type=submit]")
    enter(page)
    expect(page.get_by_role("status")).to_contain_text("原有 2 处")

    page.goto("/following/")
    tab_to(page, "#follow-search")
    page.keyboard.type("科技")
    enter(page)
    expect(page.locator("main .shelf")).to_have_count(1)
