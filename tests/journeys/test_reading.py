"""Reading in a real browser: from hit to hit, passages copied, and nothing in anybody's way."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdfium2 import PdfDocument

from tests.formats.paper import MISSING
from tests.journeys.conftest import ROOT, Portal, manage, shoot
from tests.journeys.keyboard import enter, tab_to

pytestmark = pytest.mark.journey

WORDS = "高新技术企业"
DOCUMENT = "/documents/qkw-2025-1/"
PAGES = {
    "home": "/",
    "search": f"/search/?q={WORDS}",
    "nothing found": "/search/?q=不存在的字串鑫淼",
    "document": DOCUMENT,
    "document with hits": f"{DOCUMENT}?q={WORDS}&hit=2#h2",
    "citation": f"{DOCUMENT}cite/p1-1-2/",
    "jump choice": f"{DOCUMENT}go/?to=（一）",
    "jump missed": f"{DOCUMENT}go/?to=九九",
    "comparison": "/compare/?a=qkw-2025-1:p1-1-2&b=qkw-2025-1:p2-1-1",
    "choice of a comparison": "/compare/?a=qkw-2025-1:p1-1-2",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "unknown address": "/nowhere/",
}
CSS_BUDGET, JS_BUDGET, HOME_BUDGET = 20_000, 15_000, 60_000


def test_the_first_hit_is_in_view_and_the_next_one_a_key_away(page: Page) -> None:
    page.goto("/")
    page.locator("input[name=q]").first.fill(WORDS)
    page.keyboard.press("Enter")
    page.locator("a.hit-path").first.click()

    said = page.locator("[data-count]")
    expect(said).to_have_text(re.compile(r"第 \d+ / \d+ 处"))
    expect(page.locator("mark.here")).to_be_in_viewport()
    number, total = map(int, re.findall(r"\d+", said.inner_text()))
    page.keyboard.press("n")
    expect(said).to_have_text(f"第 {number % total + 1} / {total} 处")
    expect(page.locator("mark.here")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(said).to_have_text(f"第 {number} / {total} 处")
    shoot(page, "hits")


def test_letters_typed_into_a_field_are_letters(page: Page) -> None:
    page.goto(f"{DOCUMENT}?q={WORDS}&hit=2#h2")
    page.get_by_label("跳到章节").press_sequentially("npn")

    expect(page.locator("[data-count]")).to_have_text(re.compile("第 2 /"))


def test_hits_are_plain_links_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DOCUMENT}?q={WORDS}")
    page.get_by_role("link", name="下一处").click()
    page.get_by_role("link", name="下一处").click()

    expect(page.locator("[data-count]")).to_have_text(re.compile(r"第 2 / \d+ 处"))
    expect(page.locator("mark#h2")).to_be_in_viewport()
    page.get_by_label("跳到章节").fill("一（二）")
    page.get_by_role("button", name="跳到").click()
    page.locator(".choices a").first.click()
    expect(page.locator("[id='p1-1-2']")).to_be_in_viewport()
    context.close()


@pytest.fixture
def clipboard(page: Page) -> Callable[[], str]:
    """What was copied last."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: str(page.evaluate("navigator.clipboard.readText()"))


def test_link_citation_and_text_are_copied_by_keyboard_alone(
    page: Page, clipboard: Callable[[], str]
) -> None:
    page.goto(f"{DOCUMENT}#p1-1-2")
    section = page.locator("[id='p1-1-2']")
    section.locator(".at").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已复制链接")
    assert clipboard().endswith("/documents/qkw-2025-1/#p1-1-2")

    page.keyboard.press("Tab")
    expect(section.locator("[data-copy]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已复制引用")
    citation, check = clipboard().split("\n")
    assert "（青科委〔2025〕1号），2025年1月16日，《2024年工作总结》一、（二）" in citation

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已复制原文和出处")
    copied = clipboard()
    assert copied.startswith("（二）稳步推进跨省域高新区建设\n强化统筹联动")
    assert "¶" not in copied
    assert "收藏" not in copied

    page.goto(check)
    expect(page.locator(".verdict")).to_have_text("一致")


def test_the_tools_of_a_paragraph_are_its_own(page: Page, clipboard: Callable[[], str]) -> None:
    page.goto("/documents/qfbf-2021-63/")
    paragraph = page.locator("p[id$='-t2']").first
    place = paragraph.get_attribute("id")
    paragraph.hover()
    page.locator(".tools [data-copy]").click()

    expect(page.get_by_role("status")).to_contain_text("已复制链接")
    assert clipboard().endswith(f"#{place}")
    expect(page.locator(".tools")).to_have_count(1)


def test_a_passage_is_cited_and_kept_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DOCUMENT}#p1-1-2")
    page.locator("[id='p1-1-2'] > .at").click()
    expect(page.get_by_label("公文写法")).to_have_value(re.compile("一、（二）$"))
    page.get_by_role("button", name="收藏").click()
    expect(page.locator("[id='p1-1-2'] > .kept")).to_be_visible()
    context.close()


def test_every_printed_page_says_where_it_comes_from(page: Page) -> None:
    page.goto(DOCUMENT)
    printed = PdfDocument(page.pdf(prefer_css_page_size=True))
    texts = ["".join(sheet.get_textpage().get_text_range().split()) for sheet in printed]

    assert len(texts) > 5
    for number, text in enumerate(texts, start=1):
        assert "（青科委〔2025〕1号），2025年1月16日。http" in text
        assert "日打印。" in text
        assert f"{number}/{len(texts)}" in text
        assert "收藏" not in text
        assert "¶" not in text


PRINT = """
import tempfile
from pathlib import Path
from documents.intake import take_in
from documents.publishing import publish
from tests.formats.made import pages
from tests.formats.paper import print_pdf
path = Path(tempfile.mkdtemp()) / "plan.pdf"
path.write_bytes(print_pdf(list(pages("003"))[:6]))
print(publish(take_in(path, "规划.pdf")).slug)
"""


WITHDRAW = """
from documents.models import Document
from documents.publishing import withdraw
withdraw(Document.objects.get(slug="{slug}"))
"""


@pytest.mark.skipif(bool(MISSING), reason=f"No fonts to print a PDF with: {MISSING}")
def test_the_original_stands_beside_the_text_and_follows_the_reading(
    page: Page, portal: Portal
) -> None:
    slug = manage(portal.data, "shell", "-v0", "-c", PRINT).split()[-1]
    page.goto(f"/documents/{slug}/")
    page.locator("[id='page-2'] a").click()
    number = page.locator("[data-number]")
    expect(number).to_have_text("2")
    expect(page.locator(".original img")).to_have_js_property("naturalWidth", 1200)
    page.locator("[data-turn='1']").click()
    expect(number).to_have_text("3")
    page.locator("[id='page-5']").scroll_into_view_if_needed()
    page.mouse.move(300, 400)
    page.mouse.wheel(0, 500)
    expect(number).to_have_text("5")
    assert "original=5" in page.url
    shoot(page, "original")
    page.get_by_role("link", name="收起").click()
    expect(page.locator(".original")).to_have_count(0)
    # Other journeys count what the seed documents say.
    manage(portal.data, "shell", "-v0", "-c", WITHDRAW.format(slug=slug))


def test_a_search_is_made_read_and_narrowed_without_a_mouse(page: Page) -> None:
    page.goto("/")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type("补贴")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    seen = []
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"no focus to be seen on {seen[-1]}"
        if "hit-path" in seen[-1]:
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/**")
    expect(page.locator("mark.here")).to_be_in_viewport()


def test_size_and_typeface_are_kept_for_the_next_page(page: Page) -> None:
    page.goto(DOCUMENT)
    before = page.locator(".section p").first.evaluate("e => getComputedStyle(e).fontSize")
    page.locator("[data-settings] summary").click()
    page.get_by_label("特大").check()
    page.get_by_label("宋体").check()
    page.reload()

    text = page.locator(".section p").first
    assert text.evaluate("e => getComputedStyle(e).fontSize") != before
    assert "Serif" in text.evaluate("e => getComputedStyle(e).fontFamily").split(",")[0]
    page.locator("[data-settings] summary").click()
    expect(page.get_by_label("特大")).to_be_checked()


def test_the_text_is_set_as_promised(page: Page) -> None:
    page.goto(DOCUMENT)
    text = page.locator(".section p").first
    size, leading, width = text.evaluate(
        "e => { const s = getComputedStyle(e);"
        " return [s.fontSize, s.lineHeight, s.width].map(parseFloat) }"
    )

    assert 17 <= size <= 18
    assert leading / size == pytest.approx(1.75, abs=0.01)
    assert 32 <= width / size <= 40


def test_no_page_asks_anybody_else(page: Page, portal: Portal) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in PAGES.values():
        page.goto(address)

    assert asked
    assert not [url for url in asked if not url.startswith((portal.url, "data:"))]


def test_the_first_page_weighs_little(page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda done: sizes.append(_transferred(done.sizes())))
    page.goto("/", wait_until="networkidle")

    assert 0 < sum(sizes) < HOME_BUDGET


def _transferred(sizes: Any) -> int:
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


@pytest.mark.parametrize(("kind", "budget"), [("css", CSS_BUDGET), ("js", JS_BUDGET)])
def test_style_and_script_stay_small(kind: str, budget: int) -> None:
    files = sorted((ROOT / "portal" / "static" / kind).glob(f"*.{kind}"))
    files = [file for file in files if file.stem != "styleguide"]

    assert files
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) < budget


def test_a_reader_signs_up_keeps_and_notes_a_passage_without_a_mouse(page: Page) -> None:
    page.goto("/")
    tab_to(page, "a[href^='/accounts/signup']")
    enter(page)
    tab_to(page, "input[name=username]")
    page.keyboard.type("keyboard")
    for _ in range(2):
        tab_to(page, "main input[type=password]")
        page.keyboard.type("staple battery horse")
    enter(page)
    expect(page.get_by_role("button", name="退出")).to_be_visible()

    page.goto(f"{DOCUMENT}#p1-1-2")
    tab_to(page, "[id='p1-1-2'] > .at")
    tab_to(page, "[id='p1-1-2'] .tool[name=anchor]", 6)
    enter(page)
    expect(page.locator("[id='p1-1-2'] > .kept")).to_be_visible()
    tab_to(page, "[id='p1-1-2'] > .kept")
    enter(page)
    expect(page).to_have_url(re.compile("/bookmarks/"))
    tab_to(page, "details.edit > summary")
    page.keyboard.press("Enter")
    tab_to(page, "textarea")
    page.keyboard.type("keyed in")
    tab_to(page, "details.edit button[type=submit]")
    enter(page)
    expect(page.locator(".bookmark .note")).to_have_text("keyed in")


def test_what_was_typed_is_still_there_after_going_away_and_back(page: Page) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("用户名").fill("half-done")
    page.goto("/")
    page.go_back()

    expect(page.get_by_label("用户名")).to_have_value("half-done")


def test_a_form_sent_after_the_session_ended_is_offered_again(page: Page, portal: Portal) -> None:
    def sign_in() -> None:
        page.goto(f"/accounts/login/?next={DOCUMENT}review/")
        page.get_by_label("用户名").fill("editor")
        page.get_by_label("密码").fill("correct horse battery")
        with page.expect_navigation():
            page.locator("main").get_by_role("button").first.click()

    sign_in()
    title = page.locator("[name=title]")
    title.fill("改过而未存的标题")
    district = page.locator("[name=district]")
    before = district.input_value()
    district.select_option(label="嘉定区")
    chosen = district.input_value()
    assert chosen != before
    page.context.clear_cookies()
    with page.expect_navigation():
        title.evaluate("field => field.form.requestSubmit()")
    expect(page.locator("h1")).to_have_text("表单已过期")

    sign_in()
    expect(title).not_to_have_value("改过而未存的标题")
    expect(district).to_have_value(before)
    page.get_by_role("button", name="填回来").click()
    expect(title).to_have_value("改过而未存的标题")
    expect(district).to_have_value(chosen)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


def test_marks_differ_when_the_system_chooses_the_colours(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(f"{DOCUMENT}?q={WORDS}&hit=2#h2")
    colour = "e => getComputedStyle(e).backgroundColor"

    here, other = page.locator("mark.here"), page.locator("mark:not(.here)").first
    assert here.evaluate(colour) != other.evaluate(colour)


def test_nothing_moves_for_whoever_asked_for_stillness(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(DOCUMENT)

    moving = "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
    moving += " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0;"
    moving += " }).length + document.getAnimations().length"
    assert page.evaluate(moving) == 0
