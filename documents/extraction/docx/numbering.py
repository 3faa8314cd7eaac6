"""Counts Word's automatic numbers and prints them as Word does (ECMA-376 Part 1, §17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from documents.extraction.docx.names import W, child, number, switch, value
from documents.extraction.docx.numerals import numeral
from documents.extraction.docx.styles import Styles
from documents.extraction.markup import Element

_PLACE = re.compile(r"%([1-9])")
_NO_SPACE_AFTER = re.compile(r"[、，．。：；）】〕》」\u2460-\u24ff\u3220-\u32bf]$")
_MAX_LEVEL = 8


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list; ``restart`` is the 1-based level whose use restarts it, 0 for never."""

    start: int = 1
    script: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A ``w:num``: the counters it shares, its own levels, the starts it overrides."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """The lists of one document, counted in reading order.

    Counters belong to the abstract list, so that two ``w:num`` of one abstract list count on;
    a ``w:num`` that overrides a start restarts the counter the first time it is used.
    """

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._lists: dict[int, _List] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[int, int]] = set()
        if root is None:
            return
        abstracts = {
            key: element
            for element in root.iterfind(f"{W}abstractNum")
            if (key := value(element, "abstractNumId")) is not None
        }
        numbers = {
            num_id: element
            for element in root.iterfind(f"{W}num")
            if (num_id := number(element, "numId")) is not None
        }
        for num_id, element in numbers.items():
            self._lists[num_id] = _read_list(element, numbers, abstracts, styles)

    def level_of_style(self, num_id: int, style: str | None) -> int | None:
        """The level of list ``num_id`` that is linked to a paragraph style, if any is."""
        found = self._lists.get(num_id)
        if found is None or style is None:
            return None
        return next((depth for depth, level in found.levels.items() if level.style == style), None)

    def label(self, num_id: int, depth: int) -> str:
        """Count one paragraph of list ``num_id`` at ``depth`` and give its number as printed.

        A space that keeps the number apart from the text is part of it. Bullets, and lists
        that the document does not define, print nothing.
        """
        found = self._lists.get(num_id)
        depth = min(max(depth, 0), _MAX_LEVEL)
        if found is None or depth not in found.levels:
            return ""
        level = found.levels[depth]
        counters = self._count(num_id, found, depth)
        if level.script == "bullet":
            return ""
        text = _PLACE.sub(lambda place: _printed(place, found, counters, level), level.text)
        if not text.strip():
            return ""
        text = text.strip()
        return text if level.suffix == "nothing" or _NO_SPACE_AFTER.search(text) else f"{text} "

    def _count(self, num_id: int, found: _List, depth: int) -> dict[int, int]:
        counters = self._counters.setdefault(found.abstract, {})
        start = found.levels[depth].start
        if depth in found.starts and (num_id, depth) not in self._begun:
            counters[depth] = found.starts[depth]
        else:
            counters[depth] = counters.get(depth, start - 1) + 1
        self._begun.add((num_id, depth))
        for deeper in [at for at in counters if at > depth]:
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or 0 < depth + 1 <= restart:
                del counters[deeper]
        return counters


def _printed(place: re.Match[str], found: _List, counters: dict[int, int], of: Level) -> str:
    depth = int(place[1]) - 1
    level = found.levels.get(depth, Level())
    # A level above that has not been used yet shows its start.
    script = "decimal" if of.legal and level.script != "none" else level.script
    return numeral(counters.get(depth, level.start), script)


def _read_list(
    element: Element, numbers: dict[int, Element], abstracts: dict[str, Element], styles: Styles
) -> _List:
    abstract = value(child(element, "abstractNumId")) or ""
    definition = abstracts.get(abstract)
    # A list may only name the style whose list it is.
    link = value(child(definition, "numStyleLink"))
    if link is not None:
        linked = numbers.get(styles.resolve(link).num_id or 0)
        abstract = value(child(linked, "abstractNumId")) or abstract
        definition = abstracts.get(abstract)
    levels = {} if definition is None else _read_levels(definition)
    starts: dict[int, int] = {}
    for override in element.iterfind(f"{W}lvlOverride"):
        depth = number(override, "ilvl") or 0
        own = child(override, "lvl")
        if own is not None:
            levels[depth] = _read_level(own)
        start = number(child(override, "startOverride"))
        if start is not None:
            starts[depth] = start
    return _List(abstract, levels, starts)


def _read_levels(element: Element) -> dict[int, Level]:
    levels = {}
    for level in element.iterfind(f"{W}lvl"):
        levels[number(level, "ilvl") or 0] = _read_level(level)
    return levels


def _read_level(element: Element) -> Level:
    start = number(child(element, "start"))
    return Level(
        start=1 if start is None else start,
        script=_script(element),
        text=value(child(element, "lvlText")) or "",
        suffix=value(child(element, "suff")) or "tab",
        legal=bool(switch(child(element, "isLgl"))),
        restart=number(child(element, "lvlRestart")),
        style=value(child(element, "pStyle")),
    )


def _script(element: Element) -> str:
    """The level's number format; Word 2010 wraps newer ones in ``mc:AlternateContent``."""
    found = child(element, "numFmt")
    if found is None:
        found = next(element.iter(f"{W}numFmt"), None)
    return value(found) or "decimal"
