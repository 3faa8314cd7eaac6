"""The living page shows every token and is there for developers alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from portal.views.styleguide import TOKENS, styleguide


@pytest.mark.django_db
def test_readers_do_not_see_it(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.django_db
def test_every_colour_has_its_swatch() -> None:
    sheet = TOKENS.with_name("styleguide.css").read_text("utf-8")
    page = styleguide(RequestFactory().get("/styleguide/")).content.decode()
    colours = set(re.findall(r"^  --([a-z-]+): #", TOKENS.read_text("utf-8"), re.MULTILINE))

    assert colours
    for colour in colours:
        assert f"swatch-{colour}" in page
        assert f".swatch-{colour} {{\n  background: var(--{colour});" in sheet
