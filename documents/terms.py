"""Finds the words that a document defines for itself, and the short names it gives.

By the form that statutes and measures keep to (立法技术规范（试行）（一）, 法工委发〔2009〕62号):
本办法所称甲，是指…; and by （以下简称甲）, which any official document uses. What is put in another
way is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST = 80
"""Words listed for one document."""
LONGEST = 90
"""Characters shown of what a word means; the rest stands where it is defined."""

_DEFINED = re.compile(
    r"本(?:法|条例|办法|规定|规则|细则|规程|章程|通知|意见|方案|措施|政策|要点|规划|决定|解释)中?所称的?"
    r"[“\"]?([^“”\"，,。；;：:、（）()\s]{2,24})[”\"]?\s*[，,]?\s*是?(?:指|包括)"
)
_SHORT = re.compile(
    r"[（(]\s*以下(?:统称|简称|合称)为?[：:]?\s*[“\"《]{0,2}([^（）()“”\"《》\n，。]{2,20})[”\"》]{0,2}\s*[）)]"
)
_SENTENCE = re.compile(r"[。；;\n]")
_CLAUSE = re.compile(r"[。；;，,：:\n]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word with what it means here, in the document's own words; ``anchor`` is where it says so.

    ``short`` tells a short name from a defined word; ``meaning`` ends in … where it goes on.
    """

    name: str
    meaning: str
    anchor: str
    short: bool


def terms_of(texts: Iterable[tuple[str, str]]) -> tuple[Term, ...]:
    """The words that *texts* (anchor, text) define, in order, each where it is defined first."""
    found: dict[str, Term] = {}
    for anchor, text in texts:
        for term in _terms(anchor, text):
            found.setdefault(term.name, term)
            if len(found) == MOST:
                return tuple(found.values())
    return tuple(found.values())


def _terms(anchor: str, text: str) -> Iterator[Term]:
    if "所称" in text:
        for match in _DEFINED.finditer(text):
            meaning = _cut(_SENTENCE.split(text[match.end() :].lstrip("：:"), maxsplit=1)[0])
            yield Term(match.group(1), meaning, anchor, short=False)
    if "以下" in text:
        for match in _SHORT.finditer(text):
            whole = _CLAUSE.split(text[: match.start()])[-1].strip()
            yield Term(match.group(1).strip(), _end(whole), anchor, short=True)


def _cut(meaning: str) -> str:
    bare = meaning.strip()
    return bare if len(bare) <= LONGEST else f"{bare[: LONGEST - 1]}…"


def _end(whole: str) -> str:
    """The words before the bracket; the full name is at their end."""
    return whole if len(whole) <= LONGEST else f"…{whole[1 - LONGEST :]}"
