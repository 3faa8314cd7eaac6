"""Whole questions: what a question is about, and its answers weighed again.

Words rank the sections. Pairs of characters and single ones weigh the best of them again: jieba
cuts a layman's question otherwise than an official text, and they do not depend on the cutting.
So does the work an answer is part of: a law that answers in several places is likelier right.
Relevance feedback (RM3), words of titles and latent factors were measured beside these and gave
nothing on STARD's questions; docs/search.md has the figures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log, log1p

from search_indexes.analysis import characters, words

WORDS_SHARE, PAIRS_SHARE, SINGLES_SHARE = 0.5, 0.3, 0.2
"""How much words, pairs of characters and single characters say of an answer's own score."""
K1 = 1.2
B = 0.75

WORK_SHARE = 0.4
"""What the other answers of the same work add at most."""
WEAK = 0.2
"""Answers below this share of the best say nothing of their work."""

_ARTICLE = re.compile(r"\s*第[〇零一二三四五六七八九十百千\d]+条(之[一二三四五六七八九十]+)?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer of the words' search: its id, its title, its title and text, and its score."""

    id: str
    title: str
    text: str
    score: float

    @property
    def work(self) -> str:
        """What the answer is part of: its document, or the law whose article it is."""
        bare = _ARTICLE.sub("", self.title)
        return bare if bare != self.title else self.id


def about(question: str) -> tuple[str, ...]:
    """The words of *question* that say what it is about; all of them when none do."""
    every = words(question)
    return tuple(word for word in every if word not in _question_words()) or every


def ranked(question: str, found: Sequence[Candidate]) -> list[tuple[str, float]]:
    """The candidates by their words, their characters and their work, the best first.

    Each is divided by its best, so that they can be added.
    """
    singles, pairs = (_by_grams(question, found, size) for size in (1, 2))
    most = _most(each.score for each in found)
    own = [
        WORDS_SHARE * each.score / most
        + PAIRS_SHARE * pairs[each.id]
        + SINGLES_SHARE * singles[each.id]
        for each in found
    ]
    works: dict[str, float] = defaultdict(float)
    for each, score in zip(found, own, strict=True):
        works[each.work] += max(score - WEAK, 0.0)
    most = log1p(_most(works.values()))
    together = {
        each.id: score + WORK_SHARE * log1p(works[each.work]) / most
        for each, score in zip(found, own, strict=True)
    }
    return sorted(together.items(), key=lambda item: (-item[1], item[0]))


def _by_grams(question: str, found: Sequence[Candidate], size: int) -> dict[str, float]:
    """BM25 over *size* characters in a row, with the candidates as the collection; at most 1."""
    asked = set(_grams(question, size))
    counted = [Counter(gram for gram in _grams(each.text, size) if gram in asked) for each in found]
    frequency = Counter(gram for counts in counted for gram in counts)
    mean = sum(len(each.text) for each in found) / (len(found) or 1) or 1.0
    scores = {}
    for each, counts in zip(found, counted, strict=True):
        norm = K1 * (1 - B + B * len(each.text) / mean)
        scores[each.id] = sum(
            log(1 + (len(found) - frequency[gram] + 0.5) / (frequency[gram] + 0.5))
            * count
            * (K1 + 1)
            / (count + norm)
            for gram, count in counts.items()
        )
    most = _most(scores.values())
    return {key: score / most for key, score in scores.items()}


def _grams(text: str, size: int) -> list[str]:
    bare = characters(text)
    return [bare[place : place + size] for place in range(len(bare) - size + 1)]


def _most(scores: Iterable[float]) -> float:
    return max(scores, default=0.0) or 1.0


@cache
def _question_words() -> frozenset[str]:
    file = files("search_indexes").joinpath("reference", "question_words.txt")
    lines = file.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
