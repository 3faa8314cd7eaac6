"""Draws sections that have a heading, beside their source, for a person to judge."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from documents.text.characters import skeleton
from documents.text.reading import read_text
from documents.text.values import Reading, Section

_GROUPS = {
    "law": "laws", "judicial-interpretation": "laws",
    "administrative-regulation": "rules", "departmental-rule": "rules",
    "local-regulation": "local", "work-report": "reports", "official-document": "documents",
}  # fmt: skip
_AROUND = 2  # source lines shown before and after the heading's own
_SHOWN = 90  # characters shown of a line


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section to be judged: is this a heading, with this number, at this level?

    ``above`` are the headings it lies below, outermost first, ``siblings`` the headings before
    and after it under the same parent; ``source`` are the lines around it in the source, its own
    begins with ``>``.
    """

    id: str
    title: str
    section: Section
    above: tuple[str, ...]
    siblings: tuple[str, ...]
    source: tuple[str, ...]


def draw(documents: Iterable[Mapping[str, Any]], size: int, seed: int) -> list[Drawn]:
    """``size`` sections with a heading, the same for the same collection, size and seed.

    The five groups of kinds of documents (laws and judicial interpretations, administrative
    rules, local regulations, work reports, official documents and anything else) share alike;
    within a group every section has the same chance. Parts, whose heading is a title, are not
    drawn.
    """
    texts: dict[str, tuple[str, str]] = {}
    headed: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for document in documents:
        group = _GROUPS.get(document.get("kind") or "", "documents")
        texts[document["id"]] = document["title"], document["text"]
        headed[group].extend(
            (document["id"], index)
            for index, section in enumerate(read_text(document["text"]).sections)
            if section.heading and section.parent is not None
        )
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    picked: list[tuple[str, int]] = []
    for left, group in zip(range(len(headed), 0, -1), sorted(headed), strict=True):
        share = (size - len(picked)) // left
        picked.extend(sorted(chance.sample(headed[group], min(share, len(headed[group])))))
    return [_drawn(name, *texts[name], index) for name, index in picked]


def _drawn(name: str, title: str, text: str, index: int) -> Drawn:
    reading = read_text(text)
    section = reading.sections[index]
    beside = [each for each in reading.sections if each.parent == section.parent]
    at = beside.index(section)
    near = (*beside[max(at - 1, 0) : at], *beside[at + 1 : at + 2])
    return Drawn(
        name, title, section, _above(reading, section),
        tuple(heading(each) for each in near), _lines(reading, index, text),
    )  # fmt: skip


def heading(section: Section) -> str:
    """Number and heading of a section, or the beginning of its text in round brackets."""
    words = section.heading or f"（{section.text[:20]}）"
    return f"{section.number or ''} {words}".strip()


def _above(reading: Reading, section: Section) -> tuple[str, ...]:
    named = {each.anchor: each for each in reading.sections}
    found: list[str] = []
    while section.parent is not None:
        section = named[section.parent]
        found.append(heading(section))
    return tuple(reversed(found))


def _lines(reading: Reading, index: int, text: str) -> tuple[str, ...]:
    """The source lines around the section's heading: those with its words, counted from above."""
    words = _words(reading.sections[index])
    before = sum(1 for each in reading.sections[:index] if words in _words(each))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    places = [at for at, line in enumerate(lines) if words in skeleton(line)]
    if not places:
        return ()
    place = places[min(before, len(places) - 1)]
    shown = range(max(place - _AROUND, 0), min(place + _AROUND + 1, len(lines)))
    return tuple(f"{'>' if at == place else ' '} {lines[at][:_SHOWN]}" for at in shown)


def _words(section: Section) -> str:
    return skeleton((section.number or "") + (section.heading or ""))
