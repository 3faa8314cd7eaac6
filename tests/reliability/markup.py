"""Reads a page as strictly as the HTML standard is written, and says what it does not allow.

A browser repairs whatever it is given, so a mistake shows elsewhere or nowhere. The parser of
html5lib names every parse error of the standard (WHATWG HTML, 13.2.2); it knows nothing of what
may stand inside what (the content models of chapter 4), so the rules that templates break are here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import html5lib
from lxml.etree import _Element

# ruff: noqa: SIM905 - a list of words is easier to hold against the standard
PHRASING = frozenset(
    """a abbr area audio b bdi bdo br button canvas cite code data datalist del dfn em embed i
    iframe img input ins kbd label link map mark math meta meter noscript object output picture
    progress q ruby s samp script select slot small span strong sub sup svg template textarea time
    u var video wbr option optgroup source track param rt rp""".split()
)
ELEMENTS = PHRASING | frozenset(
    """address article aside blockquote body details dialog dd div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p pre search
    section summary table caption colgroup col tbody tfoot thead td th tr ul title style base
    """.split()
)
"""Every element the standard has, except those it calls obsolete."""
TRANSPARENT = frozenset({"a", "ins", "del", "map", "noscript", "video", "audio", "object", "slot"})
PHRASING_ONLY = frozenset(
    """p h1 h2 h3 h4 h5 h6 pre span em strong small s cite q dfn abbr code var samp kbd sub sup i b
    u mark bdi bdo time label button output data progress meter legend summary ruby""".split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "hgroup"})
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
}
REFERENCES = (
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "headers",
    "list",
)


def faults(page: str) -> list[str]:
    """What the standard does not allow on this page, in words; an empty list for a good one."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    tree = parser.parse(page.replace("\f", " "))  # white space too, but not to lxml
    found = [f"{code} at line {where[0]}" for where, code, _ in parser.errors]
    names = Counter(each.get("id") for each in tree.iter() if each.get("id") is not None)
    found += [f"id {name!r} twice" for name, count in names.items() if count > 1]
    found += [f"id {name!r} is none" for name in names if not name or set(name) & set(" \t\n")]
    for element in tree.iter():
        if isinstance(element.tag, str) and not _foreign(element):
            found += [f"{_shown(element)}: {fault}" for fault in _misplaced(element, set(names))]
    return found


def _foreign(element: _Element) -> bool:
    return any("svg" in str(each.tag) for each in (element, *element.iterancestors()))


def _misplaced(element: _Element, names: set[str]) -> Iterator[str]:
    tag, parent = str(element.tag), element.getparent()
    if tag not in ELEMENTS:
        yield "no such element"
    if parent is not None:
        above = str(parent.tag)
        if above in CHILDREN and tag not in CHILDREN[above]:
            yield f"stands in a {above}"
        holder = _holder(element)
        allowed = PHRASING | HEADINGS if holder in ("legend", "summary") else PHRASING
        if holder in PHRASING_ONLY and tag not in allowed:
            yield f"a block in a {holder}"
    if _interactive(element):
        around = [str(each.tag) for each in element.iterancestors() if _active(each)]
        if around:
            yield f"a control in a {around[0]}"
    if tag == "label" and len(list(element.iter("input", "select", "textarea"))) > 1:
        yield "a label of several controls"
    if tag == "img" and element.get("alt") is None:
        yield "no alt"
    for attribute in REFERENCES:
        for name in (element.get(attribute) or "").split():
            if name not in names:
                yield f"{attribute} names {name}, which is not there"


def _holder(element: _Element) -> str:
    """The element whose content model rules here: what is transparent hands on its parent's."""
    for each in element.iterancestors():
        if str(each.tag) not in TRANSPARENT:
            return str(each.tag)
    return ""


def _active(element: _Element) -> bool:
    return element.tag == "button" or (element.tag == "a" and element.get("href") is not None)


def _interactive(element: _Element) -> bool:
    tag = str(element.tag)
    if tag == "input":
        return element.get("type") != "hidden"
    return _active(element) or tag in {"select", "textarea", "label", "details", "iframe"}


def _shown(element: _Element) -> str:
    named = element.get("id") or element.get("class") or element.xpath("string()")
    return f"<{element.tag}> {str(named).strip()[:20]}"
