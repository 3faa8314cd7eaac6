"""A reader's journey in a real browser: search, narrow, open at the section, bookmark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, shoot

pytestmark = pytest.mark.journey


def search(page: Page, text: str) -> None:
    page.goto("/")
    page.locator("input[name='q']").first.fill(text)
    page.locator("input[name='q']").first.press("Enter")


def narrow(page: Page, *values: str) -> None:
    for value in values:
        page.locator(f"input[type=checkbox][value='{value}']").check()
    page.get_by_role("button", name="筛选", exact=True).click()


def count_of(page: Page, value: str) -> int:
    label = page.locator("label.choice", has=page.locator(f"input[value='{value}']"))
    return int(re.sub(r"\D", "", label.locator(".count").inner_text()))


def test_home_says_what_this_is(page: Page) -> None:
    page.goto("/")

    expect(page.locator("input[name='q']").first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("青浦区")).first).to_be_visible()
    shoot(page, "home")


def test_a_search_shows_sections_with_the_words_marked_and_counts(page: Page) -> None:
    search(page, "高新技术企业")

    expect(page.locator(".hit")).to_have_count(5)
    marked = page.locator(".excerpt mark").all_inner_texts()
    assert marked
    assert set(marked) <= {"高新技术企业", "高新技术", "企业", "高新", "技术", "高企"}
    assert count_of(page, "青浦区") == 2
    assert count_of(page, "普陀区") == 1
    shoot(page, "search")


def test_facets_widen_within_and_narrow_across(page: Page) -> None:
    search(page, "高新技术企业")
    narrow(page, "青浦区", "普陀区")

    expect(page.locator(".hit")).to_have_count(3)
    assert count_of(page, "嘉定区") == 1, "a facet's own ticks must not narrow its own counts"

    narrow(page, "2025")
    expect(page.locator(".hit")).to_have_count(2)
    assert "district=" in page.url
    assert "year=2025" in page.url
    shoot(page, "search-narrowed")

    page.goto(page.url)  # what a colleague sees who was sent the address
    expect(page.locator(".hit")).to_have_count(2)
    page.locator("a.chip", has_text="普陀区").click()
    expect(page.locator(".hit")).to_have_count(1)


def test_results_are_sorted_on_demand(page: Page) -> None:
    search(page, "高新技术企业")
    page.get_by_role("link", name="最新", exact=True).click()
    dates = page.locator(".hit .meta time").evaluate_all("all => all.map(t => t.dateTime)")

    assert dates == sorted(dates, reverse=True)
    assert len(dates) >= 4


def test_a_section_opens_in_view_and_marked(page: Page) -> None:
    search(page, "跨省域高新区")
    page.locator("a.hit-path").first.click()

    anchor = page.url.rpartition("#")[2]
    target = page.locator(f"[id='{anchor}']")
    expect(target).to_be_in_viewport()
    assert target.evaluate("element => element.matches(':target')")
    looks = "element => { const s = getComputedStyle(element);"
    looks += " return [s.backgroundColor, s.boxShadow, s.borderInlineStartColor].join() }"
    other = page.locator(".section:not(:target)").first
    assert target.evaluate(looks) != other.evaluate(looks), "the target looks like the rest"
    expect(page.locator(".record")).to_contain_text("青科委〔2025〕1号")
    for label in ("标题", "发文机关", "发文字号", "成文日期", "印发日期", "区", "主题", "公开属性"):
        expect(page.locator(".record dt", has_text=re.compile(f"^{label}$"))).to_have_count(1)
    expect(page.get_by_role("navigation", name="目录")).to_be_attached()
    shoot(page, "document")


def test_the_original_can_be_fetched(page: Page) -> None:
    page.goto("/documents/qkw-2025-1/")
    address = page.get_by_role("link", name=re.compile(r"\.txt$")).get_attribute("href")
    assert address
    answer = page.request.get(address)

    assert answer.ok
    assert "青科委〔2025〕1号" in answer.text()


def test_everything_works_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    search(page, "高新技术企业")
    narrow(page, "青浦区")
    expect(page.locator(".hit")).to_have_count(2)
    page.locator("a.hit-path").first.click()
    expect(page.locator(".section").first).to_be_visible()
    assert "#p" in page.url
    context.close()


@pytest.mark.parametrize("text", ["不存在的字串鑫淼", '"""', "((((", "*", "标题:", "a" * 600])
def test_a_query_that_finds_nothing_or_makes_no_sense_still_shows_a_way_on(
    page: Page, text: str
) -> None:
    search(page, text)

    expect(page.locator("main")).to_be_visible()
    assert page.locator("main a").count() > 0


def test_a_reference_number_opens_its_document(page: Page) -> None:
    search(page, "青科委[2025]第1号")

    expect(page.locator("h1")).to_contain_text("工作要点")
