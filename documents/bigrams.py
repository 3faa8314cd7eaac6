"""How alike two wordings are, by their pairs of characters (Dice's coefficient over bigrams)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise


def likeness(one: str, other: str) -> float:
    """Dice's coefficient over the bigrams of two strings, from 0 to 1; two empty ones are equal."""
    if one == other:
        return 1.0
    left, right = pairs(one), pairs(other)
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def pairs(text: str) -> Counter[str]:
    """The bigrams of *text* with how often each occurs."""
    return Counter(first + second for first, second in pairwise(text))


def held(wording: str, longer: str) -> float:
    """The share of *wording*'s runs of four characters that *longer* has too."""
    runs = {wording[start : start + 4] for start in range(len(wording) - 3)}
    return sum(run in longer for run in runs) / len(runs) if runs else 0.0
