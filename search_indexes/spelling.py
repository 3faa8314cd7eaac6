"""Did you mean: words of the index that sound or look like what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from search_indexes.analysis import characters
from search_indexes.lexicon import LONGEST, SHORTEST_EDITED, Lexicon, without_one
from search_indexes.request import Query, TermKind
from search_indexes.sounds import blurred, sound

# What a change costs, in nats beside a word's own -log probability: the likelier slip is cheaper.
SAME_SOUND = 4.0
LIKE_SOUND = 5.5
LIKE_SHAPE = 5.0
ONE_CHARACTER = 7.0
UNKNOWN = 16.0
"""A character outside every word."""
LETTERS = 2.0
"""Pinyin typed for a word."""
GAIN = 0.5
"""How much likelier than what was typed a correction must be."""

MOST_CHARACTERS = 24
MOST_LETTERS = 60
CANDIDATES = 3
"""Words of one sound that are tried, the most frequent ones."""

Edge = tuple[int, str, float]


@dataclass(frozen=True, slots=True)
class _Path:
    cost: float
    text: str


def corrected(query: Query, lexicon: Lexicon) -> str | None:
    """What *query* more likely meant, as a reader would type it; ``None`` when nothing is likelier.

    Quoted pieces and excluded ones are left as they are.
    """
    text = query.text
    for term in query.terms:
        if term.kind is TermKind.WORDS and not term.excluded:
            better = _better(characters(term.text), lexicon)
            if better:
                text = text.replace(term.text, better)
    return text if text != query.text else None


def _better(typed: str, lexicon: Lexicon) -> str | None:
    if not lexicon.total:
        return None
    if typed.isascii():
        return _from_letters(typed, lexicon) if typed.isalpha() else None
    if not 2 <= len(typed) <= MOST_CHARACTERS:
        return None
    plain = _best(typed, lexicon, changed=False)
    likely = _best(typed, lexicon, changed=True)
    if likely.text == typed or likely.cost + GAIN > plain.cost:
        return None
    return likely.text


def _from_letters(typed: str, lexicon: Lexicon) -> str | None:
    """The words that pinyin stands for, when all of it does."""
    if not 4 <= len(typed) <= MOST_LETTERS:
        return None
    best: list[_Path | None] = [_Path(0.0, ""), *([None] * len(typed))]
    for start in range(len(typed)):
        here = best[start]
        if here is None:
            continue
        for end in range(start + 2, min(len(typed), start + 6 * LONGEST) + 1):
            for word in lexicon.by_sound.get(typed[start:end], ())[:1]:
                cost = here.cost + _rarity(word, lexicon) + LETTERS
                known = best[end]
                if known is None or cost < known.cost:
                    best[end] = _Path(cost, here.text + word)
    last = best[-1]
    return last.text if last else None


def _best(typed: str, lexicon: Lexicon, *, changed: bool) -> _Path:
    """The likeliest way to read *typed* as words, some of them changed if *changed*."""
    best = [_Path(0.0, "")] + [_Path(float("inf"), "")] * len(typed)
    for start in range(len(typed)):
        for end, text, cost in _edges(typed, start, lexicon, changed):
            total = best[start].cost + cost
            if total < best[end].cost:
                best[end] = _Path(total, best[start].text + text)
    return best[-1]


def _edges(typed: str, start: int, lexicon: Lexicon, changed: bool) -> Iterator[Edge]:
    yield start + 1, typed[start], UNKNOWN
    for end in range(start + 2, min(len(typed), start + LONGEST) + 1):
        span = typed[start:end]
        if span in lexicon.counts:
            yield end, span, _rarity(span, lexicon)
        if changed:
            for word, cost in _alike(span, lexicon):
                yield end, word, cost + _rarity(word, lexicon)


def _alike(span: str, lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    letters = sound(span)
    yield from _at(SAME_SOUND, lexicon.by_sound.get(letters, ()), span)
    yield from _at(LIKE_SOUND, lexicon.by_blur.get(blurred(letters), ()), span)
    yield from _at(LIKE_SHAPE, (w for w in _look_alikes(span) if w in lexicon.counts), span)
    if len(span) >= SHORTEST_EDITED - 1:
        yield from _at(ONE_CHARACTER, lexicon.by_rest.get(span, ()), span)
    if len(span) >= SHORTEST_EDITED:
        for rest in without_one(span):
            yield from _at(ONE_CHARACTER, lexicon.by_rest.get(rest, ()), span)
            if len(rest) >= SHORTEST_EDITED and rest in lexicon.counts:
                yield rest, ONE_CHARACTER


def _at(cost: float, words: Iterable[str], span: str) -> Iterator[tuple[str, float]]:
    found = 0
    for word in words:
        if word != span and found < CANDIDATES:
            found += 1
            yield word, cost


def _look_alikes(span: str) -> Iterator[str]:
    """*span* with one character replaced by one that looks like it."""
    table = _shapes()
    for place, character in enumerate(span):
        for other in sorted(table.get(character, ())):
            yield span[:place] + other + span[place + 1 :]


@cache
def _shapes() -> dict[str, frozenset[str]]:
    """Characters that are mistaken for one another, a group a line of look_alikes.txt."""
    table: dict[str, set[str]] = {}
    file = files("search_indexes").joinpath("reference", "look_alikes.txt")
    for group in file.read_text("utf-8").split():
        for character in group:
            table.setdefault(character, set()).update(set(group) - {character})
    return {character: frozenset(others) for character, others in table.items()}


def _rarity(word: str, lexicon: Lexicon) -> float:
    return log(lexicon.total + 1) - 0.5 * log(lexicon.counts[word])
