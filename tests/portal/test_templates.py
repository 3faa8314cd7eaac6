"""No page brings style, script or trust of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from portal.views.errors import csrf_failure

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an event handler": r"\son[a-z]+\s*=",
    "unescaped text": r"\|\s*safe\b|autoescape off",
    "a third party": r"(?:src|href)=\"(?:https?:)?//",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    for file in TEMPLATES.rglob("*"):
        if file.is_file():
            found = re.search(FORBIDDEN[what], file.read_text("utf-8"))
            assert not found, f"{file.name}: {found and found.group()}"


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_stand_without_request_or_database(name: str) -> None:
    page = render_to_string(name)

    assert "<h1>" in page
    assert "回到首页" in page


@pytest.mark.django_db
def test_an_unknown_address_offers_the_way_on(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_grew_too_old_says_that_nothing_changed() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert answer.status_code == 403
    assert "没有作任何改动" in answer.content.decode()
    assert csrf_failure(RequestFactory().get("/")).status_code == 403


def test_no_rule_of_a_stylesheet_swallows_those_after_it() -> None:
    """A missing brace is no error to a browser: all that follows is nested and never applies."""
    sheets = sorted((Path(__file__).resolve().parents[2] / "portal/static/css").glob("*.css"))
    assert sheets
    for sheet in sheets:
        depth, text = 0, re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for number, line in enumerate(text.splitlines(), 1):
            outside = not line.startswith((" ", "}", "\t")) and line.strip()
            assert depth == 0 or not outside or line.startswith("@"), f"{sheet.name}, line {number}"
            depth += line.count("{") - line.count("}")
        assert depth == 0, sheet.name
