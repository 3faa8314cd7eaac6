"""What a Word style gives its paragraphs and runs, through the chain of styles it is based on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from documents.extraction.docx.names import W, child, number, switch, value
from documents.extraction.markup import Element

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_CENTRED = {"center", "centre"}


@dataclass(frozen=True, slots=True)
class Style:
    """One style with everything it inherits; ``None`` where no style of the chain says."""

    name: str | None = None
    outline: int | None = None  # as Word counts: 0 is the highest, 9 is body text
    centred: bool | None = None
    bold: bool | None = None
    hidden: bool | None = None
    num_id: int | None = None
    num_level: int | None = None
    num_style: str | None = None  # the style of the chain that brought the number in


_NOTHING = Style()


class Styles:
    """The styles of one document, from ``word/styles.xml``."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default_paragraph: str | None = None
        self.default_bold = False
        if root is None:
            return
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}b")
        self.default_bold = bool(switch(defaults))
        for element in root.iterfind(f"{W}style"):
            style_id = value(element, "styleId")
            if style_id is None:
                continue
            self._elements.setdefault(style_id, element)
            is_default = value(element, "default") in {"1", "true", "on"}
            if is_default and value(element, "type") == "paragraph":
                self.default_paragraph = style_id

    def resolve(self, style_id: str | None) -> Style:
        """The style ``style_id`` with its inheritance; an unknown one says nothing."""
        if style_id is None or style_id not in self._elements:
            return _NOTHING
        if style_id not in self._resolved:
            chain: list[str] = []
            at: str | None = style_id
            while at is not None and at in self._elements and at not in chain:
                chain.append(at)
                at = value(child(self._elements[at], "basedOn"))
            style = _NOTHING
            for link in reversed(chain):
                style = _over(style, link, self._elements[link])
            self._resolved[style_id] = style
        return self._resolved[style_id]


def _over(base: Style, style_id: str, element: Element) -> Style:
    """``base`` with what ``element`` itself says laid over it."""
    paragraph, run = child(element, "pPr"), child(element, "rPr")
    name = value(child(element, "name"))
    outline = number(child(paragraph, "outlineLvl"))
    if outline is None and name and (match := _HEADING.match(name)):
        outline = int(match[1]) - 1
    align = value(child(paragraph, "jc"))
    numbering = child(paragraph, "numPr")
    num_id, level = number(child(numbering, "numId")), number(child(numbering, "ilvl"))
    bold, hidden = switch(child(run, "b")), switch(child(run, "vanish"))
    return Style(
        name=name,
        outline=base.outline if outline is None else outline,
        centred=base.centred if align is None else align in _CENTRED,
        bold=base.bold if bold is None else bold,
        hidden=base.hidden if hidden is None else hidden,
        num_id=base.num_id if num_id is None else num_id,
        num_level=base.num_level if level is None else level,
        num_style=base.num_style if numbering is None else style_id,
    )
