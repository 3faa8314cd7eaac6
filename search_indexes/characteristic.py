"""The words that tell a document from others, by its title and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from search_indexes.analysis import words

MOST_WORDS = 20
"""Every one costs the index a look at its postings."""
TITLE_WORTH = 3
"""How many headings a word of the title is worth."""
MOST_HEADINGS = 3
"""A word of every heading (推进、加强) is no more telling than one of three."""
NOT_COUNTED = 20
"""Sections a word is taken to be in when the index did not count it, as one in Latin letters."""

_TELLING = re.compile(r"[\u3400-\u9fff]{2,}|[a-z][a-z0-9+]+")


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much words tell, by *counts*: the sections that hold each, the most frequent first."""

    counts: Mapping[str, int]

    def of(self, word: str) -> float:
        """The squared logarithm of how many times rarer it is than the most frequent word."""
        most = next(iter(self.counts.values()), NOT_COUNTED)
        return log(1 + most / self.counts.get(word, NOT_COUNTED)) ** 2

    def of_words(self, text: str, names: Iterable[str]) -> dict[str, float]:
        """The words of *text* that tell anything, with how much.

        Words of form are left out, and those of *names* (the issuers', the place's): they say
        who speaks, not of what.
        """
        without = _form_words().union(word for name in names for word in words(name))
        return {
            word: self.of(word)
            for word in words(text)
            if _TELLING.fullmatch(word) and word not in without
        }


def characteristic(
    title: str, headings: Iterable[str], names: Iterable[str], rarity: Rarity
) -> tuple[str, ...]:
    """At most MOST_WORDS words of *title* and *headings* without those of *names*.

    The most telling come first: by how often a word stands there, times how much it tells.
    """
    told = rarity.of_words("\n".join((title, *headings)), names)
    worth = Counter(word for heading in headings for word in words(heading))
    in_title = set(words(title))
    weight = {
        word: (min(worth[word], MOST_HEADINGS) + TITLE_WORTH * (word in in_title)) * tells
        for word, tells in told.items()
    }
    return tuple(sorted(weight, key=lambda word: (-weight[word], word))[:MOST_WORDS])


def title_likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much of what two titles tell is told by both, from 0 to 1 (weighted Dice)."""
    both = sum(tells for word, tells in one.items() if word in other)
    every = sum(one.values()) + sum(other.values())
    return 2 * both / every if every else 0.0


@cache
def _form_words() -> frozenset[str]:
    file = files("search_indexes").joinpath("reference", "form_words.txt")
    lines = file.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
