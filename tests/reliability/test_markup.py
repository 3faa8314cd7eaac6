"""The strict reader of pages notices what templates get wrong."""

from __future__ import annotations

import pytest

from tests.reliability.markup import faults

PAGE = "<!DOCTYPE html><html lang=zh><head><title>x</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("<p><div>x</div></p>", "unexpected-end-tag"),
        ("<span><div>x</div></span>", "a block in a span"),
        ("<h2><a href=x><p>y</p></a></h2>", "a block in a h2"),
        ("<ul><div></div></ul>", "stands in a ul"),
        ("<a href=x>y <a href=z>z</a></a>", "unexpected-start-tag-implies-end-tag"),
        ("<a href=x><button>y</button></a>", "a control in a a"),
        ("<p class=a class=b>x</p>", "duplicate-attribute"),
        ("<b><i>x</b></i>", "adoption-agency"),
        ("<div/>x", "trailing-solidus"),
        ("x &nosuch; y", "expected-named-entity"),
        ("<font>x</font>", "no such element"),
        ("<p id=a></p><p id=a></p>", "twice"),
        ("<input aria-describedby=gone>", "which is not there"),
        ("<img src=x>", "no alt"),
    ],
)
def test_a_mistake_is_named(piece: str, said: str) -> None:
    assert any(said in fault for fault in faults(PAGE.format(piece)))


def test_what_the_standard_allows_is_let_pass() -> None:
    good = (
        "<h1>题</h1><a href=x><div>整块的链接</div></a><details><summary><h2>目录</h2></summary>"
        "<ul><li><p>一</p></li></ul></details><dl><div><dt>机关</dt><dd><p>某委</p></dd></div></dl>"
        "<svg viewBox='0 0 1 1'><g><rect/></g></svg><label>名 <input id=a></label>"
    )
    assert faults(PAGE.format(good)) == []
