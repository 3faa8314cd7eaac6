"""Sets two passages side by side: which sentences answer each other, what is shared, what not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MAX_CHARACTERS = 12_000
"""Of each passage; the comparison of pairs grows with their product."""
ALIKE = 0.3
"""Shared character pairs over all pairs (Jaccard) from which two sentences answer each other."""
SHORTEST_SHARED = 2
SHORTEST_PHRASE = 6
"""Shared runs that count within a pair of sentences, and anywhere else."""

_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；][”’」』）)]*|\n|$)")


class Share(StrEnum):
    """Whether a stretch of text stands in the other passage too."""

    SHARED = "shared"
    OWN = "own"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one kind; PLAIN is text of a sentence that nothing on the other side answers."""

    text: str
    share: Share


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both passages as paragraphs of stretches; ``shared`` is the part of all characters, 0 to 1.

    ``cut`` says that a passage was longer than MAX_CHARACTERS and only its beginning compared.
    """

    left: tuple[tuple[Stretch, ...], ...]
    right: tuple[tuple[Stretch, ...], ...]
    shared: float
    cut: bool


def compare(left: str, right: str) -> Comparison:
    """Compares two passages, paragraphs apart by ``\\n``; the same ones always give the same."""
    cut = max(len(left), len(right)) > MAX_CHARACTERS
    ours, theirs = sentences_of(left[:MAX_CHARACTERS]), sentences_of(right[:MAX_CHARACTERS])
    pairs = _pairs(ours, theirs)
    back = {b: a for a, b in pairs.items()}
    phrases_left, phrases_right = _grams("".join(ours)), _grams("".join(theirs))
    left_side = [
        _against(text, theirs[pairs[at]] if at in pairs else None, phrases_right)
        for at, text in enumerate(ours)
    ]
    right_side = [
        _against(text, ours[back[at]] if at in back else None, phrases_left)
        for at, text in enumerate(theirs)
    ]
    total = sum(map(len, ours)) + sum(map(len, theirs))
    same = sum(
        len(stretch.text)
        for sentence in (*left_side, *right_side)
        for stretch in sentence
        if stretch.share is Share.SHARED
    )
    return Comparison(
        tuple(_paragraphs(left_side)),
        tuple(_paragraphs(right_side)),
        same / total if total else 0.0,
        cut,
    )


def sentences_of(text: str) -> list[str]:
    """*text* cut behind its sentences and line ends; the pieces join to *text* again."""
    return [match.group() for match in _SENTENCE.finditer(text) if match.group()]


def _pairs(ours: Sequence[str], theirs: Sequence[str]) -> dict[int, int]:
    """Which sentence answers which, the most alike first, each once."""
    ours_grams, theirs_grams = [_bigrams(s) for s in ours], [_bigrams(s) for s in theirs]
    holders: dict[str, list[int]] = defaultdict(list)
    for at, grams in enumerate(theirs_grams):
        for gram in grams:
            holders[gram].append(at)
    alike = []
    for a, grams in enumerate(ours_grams):
        met = Counter(b for gram in grams for b in holders.get(gram, ()))
        for b, common in met.items():
            likeness = common / (len(grams) + len(theirs_grams[b]) - common)
            if likeness >= ALIKE:
                alike.append((-likeness, abs(a - b), a, b))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, a, b in sorted(alike):
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs


def _bigrams(text: str) -> frozenset[str]:
    bare = "".join(text.split())
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + SHORTEST_PHRASE] for at in range(len(text)))


def _against(text: str, answer: str | None, phrases: frozenset[str]) -> list[Stretch]:
    if answer is None:
        return list(_stretches(text, _phrases(text, phrases), Share.PLAIN))
    matcher = SequenceMatcher(None, text, answer, autojunk=False)
    same = [
        (block.a, block.a + block.size)
        for block in matcher.get_matching_blocks()
        if block.size >= SHORTEST_SHARED
    ]
    return list(_stretches(text, same, Share.OWN))


def _phrases(text: str, phrases: frozenset[str]) -> list[tuple[int, int]]:
    """Runs of *text* every piece of which stands on the other side."""
    found: list[tuple[int, int]] = []
    for at in range(len(text) - SHORTEST_PHRASE + 1):
        if text[at : at + SHORTEST_PHRASE] in phrases:
            end = at + SHORTEST_PHRASE
            if found and at <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((at, end))
    return found


def _stretches(text: str, same: Iterable[tuple[int, int]], rest: Share) -> Iterator[Stretch]:
    place = 0
    for start, end in same:
        if start > place:
            yield Stretch(text[place:start], rest)
        yield Stretch(text[start:end], Share.SHARED)
        place = end
    if place < len(text):
        yield Stretch(text[place:], rest)


def _paragraphs(sentences: Iterable[list[Stretch]]) -> Iterator[tuple[Stretch, ...]]:
    paragraph: list[Stretch] = []
    for sentence in sentences:
        for stretch in sentence:
            text = stretch.text.rstrip("\n")
            if text and paragraph and paragraph[-1].share is stretch.share:
                paragraph[-1] = Stretch(paragraph[-1].text + text, stretch.share)
            elif text:
                paragraph.append(Stretch(text, stretch.share))
        if sentence and sentence[-1].text.endswith("\n"):
            if paragraph:
                yield tuple(paragraph)
            paragraph = []
    if paragraph:
        yield tuple(paragraph)
