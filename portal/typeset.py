"""Sets the text of one page as runs: hits of a query numbered, citations linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from documents.named import Named
from documents.page_values import DocumentPage, NoteRef, WordsSpan
from documents.places import Place, Text, texts_of
from search_indexes import excerpt
from search_indexes.analysis import characters

Range = tuple[int, int]
MAP_HEIGHT = 1000
MAP_STEP = 4
"""Ticks of the map lie this far apart at least, so that a common word gives no thousand links."""


@dataclass(frozen=True, slots=True)
class Link:
    """Characters ``start`` to ``end`` of a text lead to ``url``; ``title`` says where that is."""

    start: int
    end: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Piece(Named):
    """A stretch of text; ``hit`` numbers the hit that begins here, 0 for one that goes on.

    ``own`` is the key of the words it belongs to, if the reader marked them.
    """

    text: str
    match: bool = False
    hit: int = 0
    own: int = 0


@dataclass(frozen=True, slots=True)
class Run(Named):
    """Pieces that share a link, or have none; or the mark of a note, which is no text.

    ``own`` is the key of words the reader marked that end here.
    """

    pieces: tuple[Piece, ...]
    url: str = ""
    title: str = ""
    note: NoteRef | None = None
    own: int = 0


@dataclass(frozen=True, slots=True)
class Stop(Named):
    """A section that holds hits: its name, its first hit and how many it has."""

    label: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Tick(Named):
    """A mark of the map at ``y`` of MAP_HEIGHT that leads to hit number ``hit``."""

    hit: int
    y: int


@dataclass(frozen=True, slots=True)
class Typeset(Named):
    """Every text of a page as runs, and what the reader needs to go from hit to hit."""

    total: int = 0
    current: int = 0
    stops: tuple[Stop, ...] = ()
    ticks: tuple[Tick, ...] = ()
    runs: Mapping[Place, tuple[Run, ...]] = field(default_factory=dict)

    @property
    def previous(self) -> int:
        """The hit before the current one; before the first comes the last."""
        return self.current - 1 if self.current > 1 else self.total

    @property
    def next(self) -> int:
        """The hit after the current one; after the last comes the first."""
        return self.current % self.total + 1 if self.total else 0

    @property
    def anchors(self) -> frozenset[str]:
        """The sections in which anything is marked or linked, by a note's mark too."""
        return frozenset(anchor.rpartition("-t")[0] or anchor for anchor, _ in self.runs)

    def runs_at(self, place: Place) -> tuple[Run, ...]:
        """The runs of the text at *place*; none where nothing of it is marked or linked."""
        return self.runs.get(place, ())


def typeset(
    title: str,
    page: DocumentPage,
    wanted: Sequence[excerpt.Pattern],
    links: Mapping[Place, Sequence[Link]],
    current: int = 0,
) -> Typeset:
    """*page* with every run of *wanted* (see ``excerpt.patterns``), link of *links* and note.

    *current* is the number of the hit the reader is at; anything out of range is none.
    """
    hung = [each for each in (links, page.marks, page.own) if each]
    if not wanted and not hung:
        return Typeset()
    texts = list(texts_of(title, page))
    whole = _whole(wanted, texts)
    total, length = 0, 0
    if not whole:  # no hits to be counted: only what is linked or marked has runs
        texts = [text for text in texts if any(text.place in each for each in hung)]
    runs: dict[Place, tuple[Run, ...]] = {}
    hits: list[tuple[str, str, int]] = []
    for text in texts:
        ranges = _hits(text.text, whole) if whole else []
        led, notes = links.get(text.place, ()), page.marks.get(text.place, ())
        words = page.own.get(text.place, ())
        if ranges or led or notes or words:
            whole_runs = _runs(text.text, ranges, led, _stops_at(notes, words), total)
            runs[text.place] = tuple(_with_words(whole_runs, words) if words else whole_runs)
        hits += [(text.place[0], text.label, length + start) for start, _ in ranges]
        total += len(ranges)
        length += len(text.text)
    return Typeset(
        total=total,
        current=current if 0 < current <= total else 0,
        stops=tuple(_stops(hits)),
        ticks=tuple(_ticks([at for _, _, at in hits], length)),
        runs=runs,
    )


def _whole(wanted: Sequence[excerpt.Pattern], texts: Iterable[Text]) -> tuple[excerpt.Pattern, ...]:
    """*wanted* without the words of a term that stands in the document as it was typed.

    Whoever looks for 高新技术企业 does not want to be led to every 企业 between two of them.
    """
    if not wanted:
        return ()
    bare = "\n".join(characters(text.text) for text in texts)
    return tuple(each[:1] if excerpt.stands(each[0], bare) else each for each in wanted)


def _hits(text: str, wanted: Sequence[excerpt.Pattern]) -> list[Range]:
    """Where *wanted* stands; runs that touch are one hit (高新 and 技术 in 高新技术)."""
    found: list[Range] = []
    place = 0
    for fragment in excerpt.marked(text, wanted):
        end = place + len(fragment.text)
        if fragment.match and found and found[-1][1] == place:
            found[-1] = (found[-1][0], end)
        elif fragment.match:
            found.append((place, end))
        place = end
    return found


def _runs(
    text: str,
    hits: Sequence[Range],
    links: Sequence[Link],
    marks: Sequence[tuple[int, Run]],
    before: int,
) -> Iterator[Run]:
    """A mark inside a link parts it: links hold no links."""
    for link in _stretches(text, links):
        place = link.start
        for at, mark in marks:
            if not link.start <= at < link.end:
                continue
            if at > place:
                yield Run(tuple(_pieces(text, place, at, hits, before)), link.url, link.title)
            yield mark
            place = at
        yield Run(tuple(_pieces(text, place, link.end, hits, before)), link.url, link.title)
    yield from (mark for at, mark in marks if at >= len(text))


def _stops_at(notes: Sequence[NoteRef], words: Sequence[WordsSpan]) -> Sequence[tuple[int, Run]]:
    """The marks of notes and the ends of the reader's words with their places, in order."""
    ends = [(span.end, Run((), own=span.key)) for span in words if span.last]
    return sorted([*((note.at, Run((), note=note)) for note in notes), *ends], key=lambda m: m[0])


def _with_words(runs: Iterable[Run], words: Sequence[WordsSpan]) -> Iterator[Run]:
    """*runs* of a whole text with their pieces cut where the reader's words begin and end."""
    place = 0
    for run in runs:
        cut: list[Piece] = []
        for piece in run.pieces:
            cut += _cut(piece, place, words)
            place += len(piece.text)
        yield replace(run, pieces=tuple(cut))


def _cut(piece: Piece, place: int, words: Sequence[WordsSpan]) -> Iterator[Piece]:
    """Where words overlap, a stretch belongs to those that began last."""
    end = place + len(piece.text)
    edges = {at for span in words for at in (span.start, span.end) if place < at < end}
    bounds = [place, *sorted(edges), end]
    for first, last in pairwise(bounds):
        own = [span.key for span in words if span.start <= first and last <= span.end]
        yield replace(
            piece,
            text=piece.text[first - place : last - place],
            hit=piece.hit if first == place else 0,
            own=own[-1] if own else 0,
        )


def _stretches(text: str, links: Sequence[Link]) -> Iterator[Link]:
    """The whole text as links and what stands between them, which leads nowhere."""
    place = 0
    for link in links:
        if link.start > place:
            yield Link(place, link.start, "", "")
        yield link
        place = link.end
    if place < len(text):
        yield Link(place, len(text), "", "")


def _pieces(text: str, start: int, end: int, hits: Sequence[Range], before: int) -> Iterator[Piece]:
    """The pieces of ``text[start:end]``; a hit that began before *start* has its number already."""
    place = start
    for number, (first, last) in enumerate(hits, start=before + 1):
        if last <= start or first >= end:
            continue
        if first > place:
            yield Piece(text[place:first])
        begin, stop = max(first, start), min(last, end)
        yield Piece(text[begin:stop], match=True, hit=number if first >= start else 0)
        place = stop
    if place < end:
        yield Piece(text[place:end])


def _stops(hits: Iterable[tuple[str, str, int]]) -> Iterator[Stop]:
    numbered = list(enumerate(hits, start=1))
    for _, group in groupby(numbered, key=lambda row: row[1][0]):
        rows = list(group)
        yield Stop(rows[0][1][1], rows[0][0], len(rows))


def _ticks(offsets: Sequence[int], length: int) -> Iterator[Tick]:
    last = -MAP_STEP
    for number, offset in enumerate(offsets, start=1):
        y = round(offset * MAP_HEIGHT / max(length, 1))
        if y - last >= MAP_STEP:
            yield Tick(number, min(y, MAP_HEIGHT - MAP_STEP))
            last = y
