"""Measures the reading of a collection of real documents against what its source says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.text.characters import fold, skeleton
from documents.text.reading import read_text
from documents.text.values import Reading, Record

# In the order of the table; what a collector took from the text himself counts apart.
MEASURES = (
    "outline", "title", "date", "issuer", "number",
    "title-derived", "date-derived", "issuer-derived", "number-derived", "effective",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the source says, and whether the reading says the same."""

    measure: str
    right: bool
    wanted: str
    read: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A document with all its checks."""

    id: str
    title: str
    checks: tuple[Check, ...]

    @property
    def missed(self) -> tuple[Check, ...]:
        """What differs."""
        return tuple(check for check in self.checks if not check.right)


def judge(document: Mapping[str, Any]) -> Judged:
    """Reads ``document["text"]`` and compares it with the other fields.

    Fields: ``id``, ``title``, ``text``; ``outline`` (pairs of level and heading), ``date``,
    ``issuer``, ``ref_no``, ``effective_date``; ``derived`` names those fields that the collector
    took from the text. A title or a date counts only where the text prints it, a date of
    effect where the text states it.
    """
    return Judged(document["id"], document["title"], tuple(_checks(document)))


def figures(judged: Iterable[Judged]) -> dict[str, tuple[int, int]]:
    """(right, asked) a measure, in the order of :data:`MEASURES`."""
    right = dict.fromkeys(MEASURES, 0)
    asked = dict.fromkeys(MEASURES, 0)
    for document in judged:
        for check in document.checks:
            asked[check.measure] += 1
            right[check.measure] += check.right
    return {name: (right[name], asked[name]) for name in MEASURES if asked[name]}


def table(found: Mapping[str, tuple[int, int]]) -> str:
    """The figures as lines of text."""
    return "\n".join(
        f"{name:16} {good:6} of {asked:6} = {good / asked:.1%}"
        for name, (good, asked) in found.items()
    )


def _checks(document: Mapping[str, Any]) -> Iterator[Check]:
    text = document["text"]
    reading = read_text(text)
    record, derived = reading.record, document.get("derived") or ()
    headings = _headings(reading)
    for _, heading in document.get("outline") or ():
        yield Check("outline", skeleton(heading) in headings, heading, "")
    title = document["title"]
    if skeleton(title) in skeleton(text[:1500]):
        right = _same(record.title, title)
        yield Check(_named("title", "title", derived), right, title, record.title or "")
    given = document.get("date")
    if given and _prints(text, given):
        read = str(record.written_date or "")
        yield Check(_named("date", "date", derived), read == given, given, read)
    if document.get("issuer"):
        yield _issuer_check(document["issuer"], record, derived)
    if document.get("ref_no"):
        right = _same(record.ref_no, document["ref_no"])
        measure = _named("number", "ref_no", derived)
        yield Check(measure, right, document["ref_no"], record.ref_no or "")
    given = document.get("effective_date")
    if given and _states_effect(text, given):
        read = str(record.effective_date or "")
        yield Check("effective", read == given, given, read)


def _named(measure: str, field: str, derived: Iterable[str]) -> str:
    return f"{measure}-derived" if field in derived else measure


def _issuer_check(given: str, record: Record, derived: Iterable[str]) -> Check:
    right = set(given.split("、")) <= set(record.issuers)
    return Check(_named("issuer", "issuer", derived), right, given, "、".join(record.issuers))


def _headings(reading: Reading) -> set[str]:
    found: set[str] = set()
    for section in reading.sections:
        if section.heading:
            found |= {skeleton(section.heading), skeleton((section.number or "") + section.heading)}
        elif section.number:
            found |= {
                skeleton(section.number + section.text),
                skeleton(section.text.split("\n")[0]),
            }
    return found


def _same(read: str | None, given: str) -> bool:
    """Equal wording; the site of the State Council shortens the printed name of its orders."""
    given = given.replace("国令第", "中华人民共和国国务院令第")
    return read is not None and skeleton(fold(read)) == skeleton(fold(given))


def _prints(text: str, given: str) -> bool:
    """Whether ``text`` prints the date ``given`` (ISO): otherwise only the source's record has it.

    In Chinese figures the year alone is looked for: its months have several forms.
    """
    year, month, day = (int(piece) for piece in given.split("-"))
    compact = re.sub(r"\s", "", text)
    chinese = "".join("〇一二三四五六七八九"[int(figure)] for figure in str(year))
    plain = compact.translate({ord("○"): "〇", ord("Ｏ"): "〇"})
    return f"{year}年{month}月{day}日" in compact or chinese in plain


def _states_effect(text: str, given: str) -> bool:
    """Whether ``text`` says that something comes into force on the date ``given``.

    The source gives the day of the latest amendment, which an amended text seldom states.
    """
    year, month, day = (int(piece) for piece in given.split("-"))
    pattern = rf"{year}\s*年\s*{month}\s*月\s*{day}\s*日\s*(?:起)?\s*(?:施行|实施|执行|生效)"
    return re.search(pattern, text) is not None
