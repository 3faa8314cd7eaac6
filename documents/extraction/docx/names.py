"""The names of WordprocessingML (ECMA-376 Part 1, §17) that the reader looks at."""

from __future__ import annotations

from documents.extraction.markup import Element

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

W = f"{{{TRANSITIONAL}}}"


def child(element: Element | None, name: str) -> Element | None:
    """The first child ``w:name``, or ``None``; ``None`` has no children."""
    return None if element is None else element.find(f"{W}{name}")


def value(element: Element | None, name: str = "val") -> str | None:
    """The attribute ``w:name``; ``None`` has none."""
    return None if element is None else element.get(f"{W}{name}")


def number(element: Element | None, name: str = "val") -> int | None:
    """The attribute ``w:name`` as a whole number, ``None`` when it is no such thing."""
    text = value(element, name)
    try:
        return None if text is None else int(text[:9])
    except ValueError:
        return None


def switch(element: Element | None) -> bool | None:
    """An on/off property (§17.17.4): ``None`` when absent, on unless it says otherwise."""
    if element is None:
        return None
    return value(element) not in {"0", "false", "off", "none"}
