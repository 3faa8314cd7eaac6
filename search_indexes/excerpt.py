"""The best place of a section for a query, as fragments with the words marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from search_indexes.analysis import characters, folded, words
from search_indexes.chained import chain_of
from search_indexes.chained import standing as chain_standing
from search_indexes.engine.chains import Chain
from search_indexes.request import Query, QueryField, Term, TermKind
from search_indexes.results import Fragment

EXCERPT_CHARACTERS = 120
LEAD_CHARACTERS = 30
"""Shown before the first match of a sentence too long to be shown whole."""

_CLAUSE_END = re.compile(r"[，、,：:]")
_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[”’」』）)]*")

Range = tuple[int, int]

Run = str | Chain

Pattern = tuple[Run, ...]
"""The bare characters of a term, then its words: marked where the whole does not stand.

Of a chain there is nothing but itself.
"""


def patterns(query: Query, *fields: QueryField) -> tuple[Pattern, ...]:
    """What *query* asks for (in *fields* too), the longest first."""
    wanted = {QueryField.ANYWHERE, *fields}
    terms = {term for term in query.terms if not term.excluded and term.field in wanted}
    found = {_pattern(term) for term in terms if characters(term.text)}
    # Of a synonym only the whole is marked: 国家 says nothing where 国家高新技术企业 was asked.
    found |= {(characters(other),) for term in terms for other in term.also if characters(other)}
    return tuple(sorted(found, key=lambda each: (-_size(each[0]), str(each))))


def _size(run: Run) -> int:
    return len(run) if isinstance(run, str) else sum(map(len, run.pieces))


def _pattern(term: Term) -> Pattern:
    chain = chain_of(term)
    if chain:
        return (chain,)
    if term.kind is TermKind.EXACT:
        return (characters(term.text),)
    # A single character of a longer term would be marked all over the text.
    longer = (word for word in words(term.text) if len(word) > 1)
    return (characters(term.text), *sorted(longer, key=len, reverse=True))


def mark(text: str, query: Query) -> tuple[Fragment, ...]:
    """All of *text* with every hit of *query* marked; the fragments join to *text* again."""
    return marked(text, patterns(query))


def marked(text: str, wanted: Sequence[Pattern]) -> tuple[Fragment, ...]:
    """All of *text*, every run of *wanted* (see `patterns`) marked, the longest where they meet."""
    return tuple(_fragments(text, 0, len(text), _ranges(text, wanted)))


def excerpt(
    text: str, wanted: Sequence[Pattern], size: int = EXCERPT_CHARACTERS
) -> tuple[Fragment, ...]:
    """About *size* characters of *text* from the sentence that holds most of *wanted*.

    An ellipsis stands where something was left out before or after; line ends become blanks.
    """
    ranges = _ranges(text, wanted)
    start = _best_start(text, ranges, size)
    end = _end(text, start, size)
    pieces = list(_fragments(text, start, end, ranges))
    if start > 0:
        pieces = _joined([Fragment("…"), *pieces])
    if end < len(text.rstrip()):
        pieces = _joined([*pieces, Fragment("…")])
    return tuple(
        [
            Fragment(piece.text.replace("\n", " "), piece.match) if "\n" in piece.text else piece
            for piece in pieces
        ]
    )


def _ranges(text: str, wanted: Sequence[Pattern]) -> list[Range]:
    """Where *wanted* stands in *text*, in order and apart: earlier patterns win."""
    if not wanted:
        return []
    known = folded(text)
    if not any(stands(run, known.characters) for each in wanted for run in each):
        return []  # most titles; the way back to their characters takes longer than to look
    standing = [whole for whole, *_ in wanted if stands(whole, known.characters)]
    parts = [part for whole, *parts in wanted if whole not in standing for part in parts]
    runs = [run for run in dict.fromkeys(standing + parts) if stands(run, known.characters)]
    origins = known.origins()
    taken = bytearray(len(known.characters))
    spans: set[Range] = set()
    for run in runs:
        for start, end in _standing(known.characters, run):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                spans.add((origins[start], origins[end - 1] + 1))
    return sorted(spans)


def stands(run: Run, text: str) -> bool:
    """Whether *run* stands in the bare characters *text*."""
    return any(True for _ in _standing(text, run)) if isinstance(run, Chain) else run in text


def _standing(text: str, run: Run) -> Iterator[Range]:
    if isinstance(run, Chain):
        yield from chain_standing(text, run)
        return
    place = text.find(run)
    while place >= 0:
        yield place, place + len(run)
        place = text.find(run, place + len(run))


def _best_start(text: str, ranges: list[Range], size: int) -> int:
    """Where the excerpt begins: the sentence after which most different matches follow."""
    if not ranges:
        return 0
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    runs = [text[first:last] for first, last in ranges]
    inside: Counter[str] = Counter()
    best, best_worth, worth, end, sentence = 0, -1, 0, 0, 0
    for index, (first, last) in enumerate(ranges):
        while sentence + 1 < len(starts) and starts[sentence + 1] <= first:
            sentence += 1
        start = starts[sentence]
        if last - start > size:
            start = _clause_start(text, start, first)
        # Starts only rise, so that what follows within reach is a window that moves on.
        while end < len(ranges) and ranges[end][1] <= start + size:
            worth += 0 if inside[runs[end]] else len(runs[end])
            inside[runs[end]] += 1
            end += 1
        if worth > best_worth:
            best, best_worth = start, worth
        if end > index:
            inside[runs[index]] -= 1
            worth -= 0 if inside[runs[index]] else len(runs[index])
        else:
            end = index + 1  # longer than the excerpt
    return best


def _clause_start(text: str, start: int, first: int) -> int:
    """Where to begin in a sentence too long to be shown whole, to come to the match at *first*."""
    lead = max(start, first - LEAD_CHARACTERS)
    clauses = [match.end() for match in _CLAUSE_END.finditer(text, lead, first)]
    return clauses[0] if clauses else lead


def _end(text: str, start: int, size: int) -> int:
    """The end of the last sentence that fits, else that of a clause, else the plain limit."""
    limit = start + size
    if limit >= len(text):
        return len(text)
    for rule in (_SENTENCE_END, _CLAUSE_END):
        ends = [match.end() for match in rule.finditer(text, start, limit)]
        if ends and ends[-1] - start >= size // 2:
            return ends[-1]
    return limit


def _fragments(text: str, start: int, end: int, ranges: Iterable[Range]) -> Iterable[Fragment]:
    place = start
    for first, last in ranges:
        first, last = max(first, place), min(last, end)  # noqa: PLW2901 - clipped to the excerpt
        if first >= last:
            continue
        if first > place:
            yield Fragment(text[place:first])
        yield Fragment(text[first:last], match=True)
        place = last
    if place < end:
        yield Fragment(text[place:end])


def _joined(pieces: list[Fragment]) -> list[Fragment]:
    joined: list[Fragment] = []
    for piece in pieces:
        if joined and not joined[-1].match and not piece.match:
            joined[-1] = Fragment(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
