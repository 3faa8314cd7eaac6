"""A reader keeps passages in a real browser: before signing in, in folders, for others to see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, manage, shoot

pytestmark = pytest.mark.journey
PASSAGES = ("p1-1-1", "p1-1-2", "p1-1-3")


def keep(page: Page, anchor: str) -> None:
    page.goto(f"/documents/qkw-2025-1/#{anchor}")
    section = page.locator(f"[id='{anchor}']")
    section.hover()
    section.get_by_role("button", name=re.compile("收藏")).first.click()
    expect(section).to_be_in_viewport()


def sign_up(page: Page, name: str) -> None:
    page.goto("/accounts/signup/?next=/bookmarks/")
    page.get_by_label("用户名").fill(name)
    for field in page.locator("input[type=password]").all():
        field.fill("staple battery horse")
    page.locator("main").get_by_role("button", name=re.compile("注册")).click()


def note(page: Page, text: str) -> None:
    first = page.locator(".bookmark").first
    first.locator("details.edit > summary").click()
    first.locator("textarea").fill(text)
    first.get_by_role("button", name="保存", exact=True).click()


def drag(page: Page, start: int, end: int) -> None:
    """Drags one heading onto another, in the small steps of a hand."""
    page.wait_for_load_state("networkidle")
    places = [page.locator(".bookmark h3").nth(number) for number in (start, end)]
    places[1].scroll_into_view_if_needed()
    boxes = [place.bounding_box() for place in places]
    assert boxes[0] is not None
    assert boxes[1] is not None
    page.mouse.move(boxes[0]["x"] + 60, boxes[0]["y"] + 10)
    page.mouse.down()
    for _ in range(2):
        page.mouse.move(boxes[1]["x"] + 60, boxes[1]["y"] + 12, steps=8)
    page.mouse.up()


def test_a_bookmark_is_kept_noted_opened_and_removed(page: Page) -> None:
    sign_up(page, "reader")
    keep(page, "p1-1-2")

    page.goto("/bookmarks/")
    expect(page.locator(".bookmark")).to_contain_text("稳步推进跨省域高新区建设")
    note(page, "高新区申报口径，写报告时引用")
    expect(page.locator(".bookmark .note")).to_have_text("高新区申报口径，写报告时引用")

    page.locator(".bookmark h3 a").click()
    expect(page.locator("[id='p1-1-2']")).to_be_in_viewport()

    page.goto("/bookmarks/")
    page.get_by_role("button", name=re.compile("移除")).click()
    expect(page.locator(".bookmark")).to_have_count(0)


def test_marks_made_before_signing_in_come_along_into_folders_and_out_by_a_link(
    page: Page, browser: Browser, portal: Portal
) -> None:
    for anchor in PASSAGES:
        keep(page, anchor)
    page.goto("/bookmarks/")
    expect(page.locator(".bookmark")).to_have_count(3)
    shoot(page, "bookmarks-browser")

    sign_up(page, "collector")
    expect(page.locator(".messages")).to_contain_text("3 处书签已归入您的账号")
    page.get_by_label("新书签夹的名称").fill("年度报告")
    page.get_by_role("button", name="新建").click()
    page.goto("/bookmarks/")
    for number in range(3):
        entry = page.locator(".bookmark").nth(number)
        entry.locator("details.edit > summary").click()
        entry.get_by_label("年度报告").check()
        entry.get_by_label("标签").fill("高新区 引用")
        entry.get_by_role("button", name="保存", exact=True).click()
    note(page, "写报告时引用")
    shoot(page, "bookmarks")

    page.get_by_role("link", name="年度报告").click()
    headings = page.locator(".bookmark h3").all_inner_texts()
    page.locator(".bookmark").nth(2).get_by_role("button", name=re.compile("上移")).click()
    expect(page.locator(".bookmark h3").nth(1)).to_have_text(headings[2])
    drag(page, 1, 0)
    expect(page.locator(".bookmark h3").nth(0)).to_have_text(headings[2])
    page.locator(".folder-tools > summary").click()
    page.get_by_role("button", name="生成分享链接").click()
    shoot(page, "bookmarks-folder")
    link = page.locator(".notice a").get_attribute("href")
    assert link

    stranger = browser.new_context(base_url=portal.url, java_script_enabled=False)
    visitor = stranger.new_page()
    visitor.goto(link)
    expect(visitor.locator(".bookmark")).to_have_count(3)
    expect(visitor.locator("main")).not_to_contain_text("写报告时引用")
    page.goto(link)
    shoot(page, "bookmarks-shared")
    page.go_back()
    page.locator(".folder-tools > summary").click()
    page.get_by_role("button", name="收回链接").click()
    answer = visitor.goto(link)
    assert answer is not None
    assert answer.status == 404
    stranger.close()


def test_what_is_followed_is_on_one_page(page: Page) -> None:
    sign_up(page, "follower")
    page.goto("/search/?q=高新技术企业&district=青浦区")
    page.get_by_role("button", name="关注这个检索").click()
    page.get_by_label("区", exact=True).select_option(label="普陀区")
    page.get_by_role("button", name=re.compile("关注.*这个区")).click()
    expect(page.locator("main .shelf")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("“高新技术企业”，区：青浦区")
    shoot(page, "following")
    feed = page.locator(".shelf a", has_text="Atom").first.get_attribute("href")
    assert feed
    assert page.request.get(feed).ok


REVISE = """
from documents.models import Section
from documents.review import SectionCorrection, correct_section
section = Section.objects.get(document__slug="qkw-2025-1", anchor="p1-1-3")
text = section.text.replace("研究制定", "抓紧研究制定").replace("利润", "净利润")
correct_section(section, SectionCorrection(section.number, section.heading, text, ()))
"""


def test_a_changed_passage_shows_old_and_new_until_the_reader_accepts(
    page: Page, portal: Portal
) -> None:
    sign_up(page, "watcher")
    keep(page, "p1-1-3")
    manage(portal.data, "shell", "-c", REVISE)
    page.goto("/bookmarks/")
    expect(page.locator(".bookmark")).to_contain_text("原文已变动")
    expect(page.locator(".wording ins").first).to_have_text("抓紧")
    shoot(page, "bookmarks-changed")
    page.get_by_role("button", name="接受新位置").click()
    expect(page.locator(".bookmark")).not_to_contain_text("原文已变动")
