"""An editor's journey in a real browser: upload, look, correct, publish, withdraw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents.samples import NOTICE
from tests.journeys.conftest import Portal, manage, shoot

pytestmark = pytest.mark.journey


UNIQUE = '"松江区科技创新券"'
"""Characters that only the uploaded document holds."""

MANY = {
    "通知1": "上海市金山区科学技术委员会\n关于开展金山区科普基地申报的通知\n\n各高校院所：\n\n"
    "一、申报对象\n\n面向公众开放的科普场馆均可申报，每年开放不少于二百天。\n\n2024年3月1日\n",
    "通知2": "上海市崇明区科学技术委员会\n关于征集生态农业技术需求的通知\n\n各涉农企业：\n\n"
    "一、征集范围\n\n水稻育种、循环养殖、土壤改良等环节的技术难题，按月汇总。\n\n2024年6月3日\n",
}
"""Two notices with nothing in common, so that no other journey's document finds a twin here."""


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("editor")
    page.get_by_label("密码").fill("correct horse battery")
    page.locator("main").get_by_role("button", name="登录").click()


def upload(page: Page, file: Path) -> None:
    page.goto("/upload/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()


def hits(page: Page, text: str) -> int:
    page.goto(f"/search/?q={text}")
    return page.locator(".hit").count()


def test_a_sixth_document_goes_in_is_found_and_goes_away_again(
    page: Page, portal: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "松江创新券.txt"
    file.write_text(NOTICE, "utf-8")
    sign_in(page)
    upload(page, file)

    expect(page.locator("h1")).to_contain_text("松江区科技创新券管理办法")
    expect(page.get_by_label("发文字号")).to_have_value("松科委〔2024〕7号")
    expect(page.locator(".source")).to_contain_text("请遵照执行")
    expect(page.locator(".tree").first).to_contain_text("申领条件")
    assert hits(page, UNIQUE) == 0, "a draft must not be found"
    page.go_back()
    shoot(page, "review")

    page.get_by_label("公开属性").fill("主动公开")
    page.get_by_role("button", name="保存著录信息").click()
    expect(page.get_by_label("公开属性")).to_have_value("主动公开")
    page.get_by_role("link", name=re.compile("申领条件")).click()
    page.get_by_label("标题").fill("申领的条件")
    shoot(page, "review-section")
    page.get_by_role("button", name="保存章节").click()
    expect(page.locator(".tree").first).to_contain_text("申领的条件")
    page.get_by_role("button", name="核对无误，发布").click()

    expect(page.locator(".record")).to_contain_text("主动公开")
    address = page.url
    assert hits(page, UNIQUE) == 1
    expect(page.locator("label.choice input[value='松江区']")).to_have_count(1)

    page.goto(address)
    page.get_by_role("link", name=re.compile("核对或撤下")).click()
    page.get_by_role("button", name="撤下").click()
    assert hits(page, UNIQUE) == 0

    page.context.clear_cookies()
    gone = page.goto(address)
    assert gone is not None
    assert gone.status == 410
    expect(page.locator("main")).to_contain_text("已撤下")
    shoot(page, "withdrawn")
    assert manage(portal.data, "reindex", "--check")


def test_a_refused_upload_says_why_on_its_page(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "扫描件.pdf"
    file.write_bytes(b"%PDF-1.7 broken")
    sign_in(page)
    upload(page, file)

    expect(page.locator(".step-failed")).to_have_count(1, timeout=15_000)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("link", name="上传另一份")).to_be_visible()
    shoot(page, "upload-refused")


def test_several_files_and_a_table_go_in_at_once(page: Page, tmp_path: Path) -> None:
    files = []
    for name, text in MANY.items():
        file = tmp_path / f"{name}.txt"
        file.write_text(text, "utf-8")
        files.append(file)
    table = tmp_path / "清单.csv"
    table.write_text("文件名,标题\n通知1.txt,表里给的标题\n没有的.txt,甲\n", "utf-8")
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"no pdf")
    sign_in(page)
    page.goto("/upload/")
    page.get_by_text("一次上传许多文件").click()
    shoot(page, "upload")
    page.locator("input[type=file]").set_input_files([*files, table, broken])
    page.get_by_role("button", name="上传并读取").click()

    expect(page.locator("tbody .tag-good")).to_have_count(2, timeout=30_000)
    expect(page.get_by_role("link", name="表里给的标题")).to_be_visible()
    expect(page.locator(".warnings")).to_contain_text("没有找到文件“没有的.txt”")
    expect(page.locator("tbody .tag-strong")).to_have_count(1)
    shoot(page, "batch")


def test_what_an_editor_did_can_be_seen_in_the_admin(page: Page) -> None:
    sign_in(page)
    page.goto("/admin/documents/document/")

    expect(page.locator("#result_list tbody tr").first).to_be_visible()
    expect(page.locator("#result_list")).to_contain_text("青科委〔2025〕1号")
