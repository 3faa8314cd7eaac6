"""Whole questions: what a question is about, and what its best answers say beside it.

Feedback after Lavrenko and Croft, "Relevance-based language models" (SIGIR 2001), in the RM3 form:
words of the best answers, weighed by how much of an answer they make up and how rare they are,
are asked for beside the question's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from search_indexes.analysis import characters, index_words, words

ANSWERS = 10
"""Best answers that are read for more words."""
MORE_WORDS = 20
OWN_SHARE = 0.6
"""How much the first search says of the final score; the rest is the feedback's."""
PAIRS_SHARE = 0.5
"""How much pairs of characters say beside words."""
K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer of the first search: its id, its text with its title, and its score."""

    id: str
    text: str
    score: float


def about(question: str) -> tuple[str, ...]:
    """The words of *question* that say what it is about; all of them when none do."""
    every = words(question)
    return tuple(word for word in every if word not in _question_words()) or every


def more_words(found: Sequence[Candidate], asked: Iterable[str]) -> tuple[str, ...]:
    """Words that the best of *found* share and the others do not, the most telling first."""
    best = found[:ANSWERS]
    total = sum(each.score for each in best) or 1.0
    frequency = Counter(word for each in found for word in set(index_words(each.text)))
    weights: Counter[str] = Counter()
    for each in best:
        counts = Counter(index_words(each.text))
        length = sum(counts.values()) or 1
        for word, count in counts.items():
            if len(word) > 1 and word not in _question_words():
                rarity = log(1 + len(found) / frequency[word])
                weights[word] += each.score / total * count / length * rarity  # type: ignore[assignment]
    known = set(asked)
    return tuple(word for word, _ in weights.most_common(MORE_WORDS) if word not in known)


def ranked(
    question: str, first: Sequence[Candidate], fed: dict[str, float]
) -> list[tuple[str, float]]:
    """The candidates by the first search, by pairs of characters, and by the feedback's search.

    Every score is divided by its best, so that the three can be added.
    """
    pairs = _by_pairs(question, first)
    own = {each.id: each.score for each in first}
    together = {
        key: OWN_SHARE * (own.get(key, 0.0) / _most(own) + PAIRS_SHARE * pairs.get(key, 0.0))
        + (1 - OWN_SHARE) * fed.get(key, 0.0) / _most(fed)
        for key in own.keys() | fed.keys()
    }
    return sorted(together.items(), key=lambda item: (-item[1], item[0]))


def _by_pairs(question: str, found: Sequence[Candidate]) -> dict[str, float]:
    """BM25 over pairs of characters, with the candidates as the collection; at most 1."""
    asked = set(_pairs(question))
    counted = [Counter(pair for pair in _pairs(each.text) if pair in asked) for each in found]
    frequency = Counter(pair for counts in counted for pair in counts)
    mean = sum(len(each.text) for each in found) / (len(found) or 1) or 1.0
    scores = {}
    for each, counts in zip(found, counted, strict=True):
        norm = K1 * (1 - B + B * len(each.text) / mean)
        scores[each.id] = sum(
            log(1 + (len(found) - frequency[pair] + 0.5) / (frequency[pair] + 0.5))
            * count
            * (K1 + 1)
            / (count + norm)
            for pair, count in counts.items()
        )
    most = _most(scores)
    return {key: score / most for key, score in scores.items()}


def _pairs(text: str) -> list[str]:
    bare = characters(text)
    return [bare[place : place + 2] for place in range(len(bare) - 1)]


def _most(scores: dict[str, float]) -> float:
    return max(scores.values(), default=0.0) or 1.0


@cache
def _question_words() -> frozenset[str]:
    file = files("search_indexes").joinpath("reference", "question_words.txt")
    lines = file.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
