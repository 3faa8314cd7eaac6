"""Finds which themes of a controlled vocabulary a text earns, and by which terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from documents.text.characters import fold

Vocabulary = Sequence[tuple[str, Sequence[str]]]
_SURE = 4  # a term this long is a term of art; a shorter one also occurs by chance


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that a text earned: its terms with the number of times each occurs, and their sum."""

    name: str
    terms: tuple[tuple[str, int], ...]
    count: int


def themes_of(text: str, vocabulary: Vocabulary) -> tuple[Theme, ...]:
    """The themes of ``vocabulary`` that ``text`` earns, most occurrences first.

    ``vocabulary`` gives (theme, terms). Matching is on folded text, left to right, the longest
    term first, so that 高新技术企业 is not also counted for a theme with 企业. A theme is earned
    by one term of four characters or more, which hardly occurs by chance (高新技术企业), or by
    two occurrences of shorter ones: 科普 once, in passing, makes no section about popular science.
    """
    pattern, owners, printed = _compiled(tuple((name, tuple(terms)) for name, terms in vocabulary))
    if pattern is None:
        return ()
    counted = Counter(pattern.findall(fold(text)))
    earned: list[tuple[int, int, Theme]] = []
    for order, (name, _) in enumerate(vocabulary):
        hits = [(printed[term], times) for term, times in counted.items() if name in owners[term]]
        total = sum(times for _, times in hits)
        if total >= 2 or any(len(term) >= _SURE for term, _ in hits):
            hits.sort(key=lambda hit: (-hit[1], hit[0]))
            earned.append((-total, order, Theme(name, tuple(hits), total)))
    return tuple(theme for _, _, theme in sorted(earned, key=lambda entry: entry[:2]))


@lru_cache(maxsize=8)
def _compiled(
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str] | None, dict[str, set[str]], dict[str, str]]:
    owners: dict[str, set[str]] = {}
    printed: dict[str, str] = {}
    for name, terms in vocabulary:
        for term in terms:
            folded = fold(term).strip()
            if folded:
                owners.setdefault(folded, set()).add(name)
                printed.setdefault(folded, term)
    if not owners:
        return None, owners, printed
    longest_first = sorted(owners, key=lambda term: (-len(term), term))
    firsts = "".join(sorted({re.escape(term[0]) for term in longest_first}))
    alternatives = "|".join(re.escape(term) for term in longest_first)
    return re.compile(f"(?=[{firsts}])(?:{alternatives})"), owners, printed
