"""The living page shows every token and is there for developers alone; the tokens can be read."""

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


GROUNDS = ("paper", "sheet", "wash", "red-wash", "good-wash")
TEXTS = [(text, ground) for text in ("ink", "ink-soft", "red", "good") for ground in GROUNDS]
TEXTS += [("on-seal", "seal"), ("on-seal", "seal-strong")]
TEXTS += [("mark-ink", "mark"), ("mark-here-ink", "mark-here")]
DARK, MORE = "@media (prefers-color-scheme: dark)", "@media (prefers-contrast: more) {"
BOTH = "@media (prefers-contrast: more) and (prefers-color-scheme: dark)"


def colours(*queries: str) -> dict[str, str]:
    """The colours that hold where the media of *queries* apply, later ones over earlier ones."""
    sheet = TOKENS.read_text("utf-8")
    found: dict[str, str] = {}
    for query in ("", *queries):
        _, _, after = sheet.partition(query) if query else ("", "", sheet)
        rules = after[after.index(":root {") :].partition("}")[0]
        found |= re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", rules)
    return found


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2, "relative luminance")."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("queries", "least"),
    [((), 4.5), ((DARK,), 4.5), ((MORE,), 7), ((DARK, MORE, BOTH), 7)],
    ids=["light", "dark", "more contrast", "more contrast in the dark"],
)
def test_every_text_can_be_read_on_every_ground(queries: tuple[str, ...], least: float) -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    held = colours(*queries)

    faint = {pair: contrast(held[pair[0]], held[pair[1]]) for pair in TEXTS}
    assert not {pair: ratio for pair, ratio in faint.items() if ratio < least}
