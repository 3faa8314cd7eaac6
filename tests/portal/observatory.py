"""Scores an answer by the rules of Mozilla's HTTP Observatory.

The modifiers are those of https://github.com/mozilla/http-observatory/blob/main/httpobs/docs/
scoring.md for what an answer itself shows: cookies, CORS, CSP, HSTS, subresources, nosniff,
framing and the referrer policy. 100 to begin with; bonuses count from 90 on.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.http import HttpResponseBase

SIX_MONTHS = 15_768_000


def score(response: HttpResponseBase) -> tuple[int, list[str]]:
    """The points of *response*, and each rule that added or took some."""
    found = [
        *_cookies(response),
        *_policy(response),
        *_transport(response),
        *_framing(response),
        *_scripts(response),
    ]
    if response.get("Access-Control-Allow-Origin"):
        found.append((-50, "cross-origin-resource-sharing-implemented-with-universal-access"))
    if response.get("X-Content-Type-Options") != "nosniff":
        found.append((-5, "x-content-type-options-not-implemented"))
    if response.get("Referrer-Policy") in ("same-origin", "no-referrer", "strict-origin"):
        found.append((5, "referrer-policy-private"))
    else:
        found.append((-5, "referrer-policy-unsafe-or-missing"))
    points = 100 + sum(worth for worth, _ in found if worth < 0)
    if points >= 90:
        points += sum(worth for worth, _ in found if worth > 0)
    return points, [f"{worth:+d} {rule}" for worth, rule in found]


def directives(response: HttpResponseBase) -> dict[str, list[str]]:
    """The content security policy as directives with their values."""
    parts = [part.split() for part in response.get("Content-Security-Policy", "").split(";")]
    return {words[0]: words[1:] for words in parts if words}


def _cookies(response: HttpResponseBase) -> list[tuple[int, str]]:
    found = []
    for name, morsel in response.cookies.items():
        if not morsel["max-age"] and morsel["max-age"] != "" and not morsel.value:
            continue  # a cookie taken back
        if not morsel["secure"]:
            found.append((-20, f"cookies-without-secure-flag {name}"))
        if name != "csrftoken" and not morsel["httponly"]:
            found.append((-30, f"cookies-session-without-httponly-flag {name}"))
        if morsel["samesite"] not in ("Lax", "Strict"):
            found.append((-20, f"cookies-without-samesite {name}"))
    return found


def _policy(response: HttpResponseBase) -> list[tuple[int, str]]:
    policy = directives(response)
    if not policy:
        return [(-25, "csp-not-implemented")]
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    styles = policy.get("style-src", policy.get("default-src", ["*"]))
    every = {word for words in policy.values() for word in words}
    rules = [
        (
            bool({"'unsafe-inline'", "*", "data:", "https:"} & set(scripts)),
            (-20, "csp-implemented-with-unsafe-inline"),
        ),
        (
            "http:" in every or any(word.startswith("http://") for word in every),
            (-20, "csp-implemented-with-insecure-scheme"),
        ),
        ("'unsafe-eval'" in every, (-10, "csp-implemented-with-unsafe-eval")),
        (
            "'unsafe-inline'" in styles,
            (0, "csp-implemented-with-unsafe-inline-in-style-src-only"),
        ),
        (
            policy.get("default-src") == ["'none'"],
            (10, "csp-implemented-with-no-unsafe-default-src-none"),
        ),
        (True, (5, "csp-implemented-with-no-unsafe")),
    ]
    return [next(worth for holds, worth in rules if holds)]


def _transport(response: HttpResponseBase) -> list[tuple[int, str]]:
    age = re.search(r"max-age=(\d+)", response.get("Strict-Transport-Security", ""))
    if not age:
        return [(-20, "hsts-not-implemented")]
    if int(age[1]) < SIX_MONTHS:
        return [(-10, "hsts-implemented-max-age-less-than-six-months")]
    return []


def _framing(response: HttpResponseBase) -> list[tuple[int, str]]:
    if directives(response).get("frame-ancestors") in (["'none'"], ["'self'"]):
        return [(5, "x-frame-options-implemented-via-csp")]
    if response.get("X-Frame-Options") in ("DENY", "SAMEORIGIN"):
        return []
    return [(-20, "x-frame-options-not-implemented")]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("src") or ""
        if tag == "script" and urlsplit(source).netloc:
            self.foreign.append(source)


def _scripts(response: HttpResponseBase) -> list[tuple[int, str]]:
    if "html" not in response.get("Content-Type", ""):
        return []
    page = _Page()
    page.feed(getattr(response, "content", b"").decode("utf-8", "replace"))
    return [(-5, f"sri-not-implemented-for {source}") for source in page.foreign]
