"""Finds words that were marked inside a section, by what they say and what stands around them.

A ``Quote`` is the text quote selector (exact, prefix, suffix) beside the text position selector
(start, end) of the W3C Web Annotation Data Model, over the wording of one section: heading, end
of line, text. Compared as fingerprints are, without punctuation, spaces and width. Knows neither
models nor pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from documents.bigrams import likeness
from documents.landing_values import Landing, State
from documents.reanchoring import AT_HOME, AT_HOME_ELSEWHERE, CLEARLY, TELLING
from documents.text.characters import skeleton

AROUND = 32
"""Letters kept on either side of the words."""
MOST_WORDS = 500
"""Characters of words that can be marked."""
MOST_OFFERED = 20
"""Sections among which a reader is asked to choose; those with the likest surroundings."""

Span = tuple[int, int]
"""First character of words in a wording, and the one behind their last."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one section: ``exact`` as printed, letters before and after, and their place.

    ``alone`` says that nowhere else in the document the same words stood.
    """

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    alone: bool = True


class _Letters:
    """A wording without punctuation, each letter with its place in it."""

    def __init__(self, wording: str) -> None:
        folded = {sign: skeleton(sign) for sign in set(wording)}
        found = [(letter, at) for at, sign in enumerate(wording) for letter in folded[sign]]
        self.text = "".join(letter for letter, _ in found)
        self.places = [at for _, at in found]

    def find(self, words: str) -> Iterator[int]:
        """Where *words* (letters alone) begin, counted in letters."""
        return _found(self.text, words)

    def span(self, first: int, count: int) -> Span:
        """The stretch of the wording that letters *first* and the following take."""
        return self.places[first], self.places[first + count - 1] + 1


def _found(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def occurrences(wording: str, words: str, number: str = "") -> tuple[Span, ...]:
    """Every place of *wording* at which *words* stand; none when they hold no letter.

    *number* is what is printed before the wording: words that begin in it are cut to what
    follows. Punctuation at either end belongs to the words where it stands there as well.
    """
    before = f"{number}\n" if number else ""
    whole = before + wording
    letters, wanted = _Letters(whole), skeleton(words)
    found = []
    for first in letters.find(wanted):
        start, end = _with_ends(whole, words.strip(), *letters.span(first, len(wanted)))
        if end > len(before):
            found.append((max(start - len(before), 0), end - len(before)))
    return tuple(found)


def _with_ends(wording: str, words: str, start: int, end: int) -> Span:
    first = next((at for at, sign in enumerate(words) if skeleton(sign)), 0)
    last = next((at for at, sign in enumerate(reversed(words)) if skeleton(sign)), 0)
    head, tail = words[:first], words[len(words) - last :]
    if head and wording.endswith(head, 0, start):
        start -= len(head)
    if tail and wording.startswith(tail, end):
        end += len(tail)
    return start, end


def fitting(wording: str, places: tuple[Span, ...], before: str, after: str) -> tuple[Span, ...]:
    """Those of *places* that stand best between *before* and *after*; several when alike."""
    if len(places) < 2:
        return places
    left, right = skeleton(before), skeleton(after)
    scores = [
        _common(left[::-1], _letters_before(wording, start, len(left))[::-1])
        + _common(right, _letters_after(wording, end, len(right)))
        for start, end in places
    ]
    best = max(scores)
    return tuple(each for each, score in zip(places, scores, strict=True) if score == best)


def _common(one: str, other: str) -> int:
    alike = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        alike += 1
    return alike


def _letters_before(wording: str, at: int, count: int) -> str:
    """The *count* letters before *at*, or all there are: words may stand in a text a thousand
    times, and each of them is looked around."""
    size = count
    while True:
        first = max(at - size, 0)
        letters = skeleton(wording[first:at])
        if len(letters) >= count or first == 0:
            return letters[-count:] if count else ""
        size *= 2


def _letters_after(wording: str, at: int, count: int) -> str:
    size = count
    while True:
        letters = skeleton(wording[at : at + size])
        if len(letters) >= count or at + size >= len(wording):
            return letters[:count]
        size *= 2


def quote_at(wording: str, span: Span, *, alone: bool = True) -> Quote:
    """The words at *span* with what stands around them in their section."""
    start, end = span
    return Quote(
        exact=wording[start:end],
        prefix=_letters_before(wording, start, AROUND),
        suffix=_letters_after(wording, end, AROUND),
        start=start,
        end=end,
        alone=alone,
    )


def stands_once(words: str, wordings: Iterable[str]) -> bool:
    """Whether *words* stand in one place alone of all of *wordings*."""
    wanted = skeleton(words)
    places = (place for wording in wordings for place in _found(skeleton(wording), wanted))
    return len(list(islice(places, 2))) == 1


def _holding(wanted: str, wordings: Mapping[str, str]) -> dict[str, str]:
    """Those of *wordings* that have the letters; folding each sign is dear."""
    return {at: wording for at, wording in wordings.items() if wanted in skeleton(wording)}


@dataclass(frozen=True, slots=True)
class Landed:
    """Where words are now: the landing of their section or their own, and the words themselves.

    ``quote`` is None where they are not certain to stand.
    """

    landing: Landing
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    anchor: str
    span: Span
    around: float


def land(quote: Quote, marked_at: str, section: Landing, wordings: Mapping[str, str]) -> Landed:
    """Where the words of *quote* are, when the section they stood in has landed at *section*.

    *wordings* are those of the whole document by anchor, *marked_at* is the anchor of the mark.
    In an untouched section they are where they were. In one that reads otherwise they are where
    they stand word for word, if nothing but one place fits; otherwise it stays with what is said
    of the section, and several places are left to the reader.
    """
    if section.untouched and section.anchor is not None:
        span = _same_letters(quote, wordings[section.anchor])
        return (
            Landed(section, _again(quote, wordings[section.anchor], span))
            if span
            else Landed(Landing(State.CHANGED, section.anchor, section.confidence))
        )
    found = sorted(_places(quote, wordings), key=lambda place: -place.around)
    if not found:
        return Landed(section)
    best = found[0]
    if len(found) == 1 and quote.alone and len(skeleton(quote.exact)) >= TELLING:
        return _landed(quote, marked_at, best, wordings, 1.0)
    needed = AT_HOME if best.anchor in (marked_at, section.anchor) else AT_HOME_ELSEWHERE
    second = found[1].around if len(found) > 1 else 0.0
    if best.around >= needed and best.around - second >= CLEARLY:
        return _landed(quote, marked_at, best, wordings, round(0.9 + best.around / 10, 2))
    if section.anchor is not None:
        return Landed(section)
    anchors = tuple(dict.fromkeys((*section.others, *(place.anchor for place in found))))
    return Landed(Landing(State.AMBIGUOUS, None, 0.0, anchors[:MOST_OFFERED]))


def _landed(
    quote: Quote, marked_at: str, place: _Place, wordings: Mapping[str, str], confidence: float
) -> Landed:
    state = State.EXACT if place.anchor == marked_at else State.MOVED
    return Landed(
        Landing(state, place.anchor, min(confidence, 1.0)),
        _again(quote, wordings[place.anchor], place.span),
    )


def _again(quote: Quote, wording: str, span: Span) -> Quote:
    return replace(quote_at(wording, span), alone=quote.alone)


def _places(quote: Quote, wordings: Mapping[str, str]) -> Iterator[_Place]:
    for anchor, wording in _holding(skeleton(quote.exact), wordings).items():
        for span in occurrences(wording, quote.exact):
            here = quote_at(wording, span)
            around = (likeness(quote.prefix, here.prefix) + likeness(quote.suffix, here.suffix)) / 2
            yield _Place(anchor, span, around)


def _same_letters(quote: Quote, wording: str) -> Span | None:
    """The words in a section with the same letters: the place that has the same around it.

    Where punctuation alone changed, the count of characters may be another.
    """
    if wording[quote.start : quote.end] == quote.exact:
        here = quote_at(wording, (quote.start, quote.end))
        if (here.prefix, here.suffix) == (quote.prefix, quote.suffix):
            return quote.start, quote.end
    same = [
        span
        for span in occurrences(wording, quote.exact)
        if (here := quote_at(wording, span)).prefix == quote.prefix and here.suffix == quote.suffix
    ]
    return same[0] if len(same) == 1 else None


def lines_of(wording: str, span: Span) -> Iterator[tuple[int, int, int]]:
    """*span* line by line: the line's number (0 is the heading), its first and last character.

    Lines are counted as pages set them, without those that are blank.
    """
    at, number = 0, 0
    for place, line in enumerate(wording.split("\n")):
        if place and line.strip():
            number += 1
        if place == 0 or line.strip():
            first, last = max(span[0], at), min(span[1], at + len(line))
            if first < last:
                yield number, first - at, last - at
        at += len(line) + 1
