"""The filter button says how many documents are left before anything is sent, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.journeys.conftest import Portal, shoot

pytestmark = pytest.mark.journey

SEARCH = "/search/?q=创新"
BUTTON = "button[data-count]"
BOXES = ".facets input[type=checkbox]"


def test_ticking_shows_what_the_button_will_find(page: Page) -> None:
    page.goto(SEARCH)
    button = page.locator(BUTTON)
    expect(button).to_have_text("筛选")
    page.locator(BOXES).first.check()
    expect(button).to_have_text(re.compile(r"^筛选（\d+ 份文件）$"))
    told = re.search(r"\d+", button.inner_text())
    assert told
    expect(page.locator(f"{BUTTON} + [role=status]")).to_have_text(f"{told.group()} 份文件")
    shoot(page, "filters")

    button.click()
    page.wait_for_url(re.compile("&"))
    answer = page.request.get(page.url.replace("/search/", "/api/v1/search"))
    assert answer.json()["count"] == int(told.group()) > 0


@pytest.mark.nightly
def test_days_count_too_and_a_wrong_range_says_nothing(page: Page) -> None:
    page.goto(SEARCH)
    button = page.locator(BUTTON)
    page.locator("#from").fill("2999-01-01")
    page.locator("#from").blur()
    expect(button).to_have_text("筛选（0 份文件）")
    with page.expect_response(re.compile("/api/v1/search")) as refused:
        page.locator("#to").fill("2000-01-01")
        page.locator("#to").blur()
    assert refused.value.status == 400
    expect(button).to_have_text("筛选")


@pytest.mark.nightly
def test_an_older_count_is_given_up_for_a_newer_one(page: Page) -> None:
    asked: list[str] = []
    given_up: list[str] = []

    def answered(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            route.continue_()  # the first is never answered

    def gave_up(request: Request) -> None:
        given_up.append(request.url)

    page.route(re.compile("/api/v1/search"), answered)
    page.on("requestfailed", gave_up)
    page.goto(SEARCH)
    with page.expect_request(re.compile("/api/v1/search")):
        page.locator(BOXES).first.check()
    page.locator(BOXES).nth(1).check()
    expect(page.locator(BUTTON)).to_have_text(re.compile("份文件"))
    assert len(asked) == 2
    assert given_up == asked[:1]


@pytest.mark.nightly
def test_who_must_wait_is_shown_no_count(page: Page) -> None:
    page.route(re.compile("/api/v1/search"), lambda route: route.fulfill(status=429, body="{}"))
    page.goto(SEARCH)
    with page.expect_response(re.compile("/api/v1/search")):
        page.locator(BOXES).first.check()
    expect(page.locator(BUTTON)).to_have_text("筛选")


def test_without_scripts_the_button_filters_as_ever(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(SEARCH)
    page.locator(BOXES).first.check()
    expect(page.locator(BUTTON)).to_have_text("筛选")
    page.locator(BUTTON).click()
    expect(page.locator(".facets > summary")).to_contain_text("已选 1 项")
    context.close()
