"""Sets the words a reader marked on a page: which characters they take, and the way to the note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from documents.page_values import OwnWords, PartView, SectionView, WordsSpan

Place = tuple[str, int]


def set_words(
    words: Sequence[OwnWords], parts: Iterable[PartView]
) -> tuple[tuple[OwnWords, ...], dict[Place, tuple[WordsSpan, ...]]]:
    """*words* in reading order, and where they stand by the text of the page that holds them."""
    if not words:
        return (), {}
    sections = {s.anchor: (n, s) for n, s in enumerate(s for p in parts for s in p.sections)}
    found: dict[Place, list[WordsSpan]] = {}
    for each in words:
        if each.anchor not in sections:
            continue
        spans = list(_spans(each, sections[each.anchor][1]))
        for number, (place, start, end) in enumerate(spans, start=1):
            found.setdefault(place, []).append(
                WordsSpan(start, end, each.key, number == len(spans))
            )
    last = len(sections)
    order = {anchor: number for anchor, (number, _) in sections.items()}
    in_order = sorted(words, key=lambda each: (order.get(each.anchor, last), each.start))
    spans_by_place = {at: tuple(sorted(here, key=_begins)) for at, here in found.items()}
    return tuple(in_order), spans_by_place


def _begins(span: WordsSpan) -> tuple[int, int]:
    return span.start, span.end


def _spans(words: OwnWords, section: SectionView) -> Iterator[tuple[Place, int, int]]:
    """The texts that the words take, as templates ask for them; a hidden heading has none."""
    for number, start, end in words.lines:
        if number == 0:
            if not section.hidden:
                yield (section.anchor, 0), start, end
        elif number <= len(section.paragraphs):
            yield from _in_paragraph(section.anchor, number, section.paragraphs, start, end)


def _in_paragraph(
    anchor: str, number: int, paragraphs: Sequence[str], start: int, end: int
) -> Iterator[tuple[Place, int, int]]:
    text = paragraphs[number - 1]
    if "\t" not in text:
        yield (anchor, number), start, end
        return
    at = 0
    for cell, printed in enumerate(text.split("\t"), start=1):
        first, last = max(start, at), min(end, at + len(printed))
        if first < last:
            yield (f"{anchor}-t{number}", cell), first - at, last - at
        at += len(printed) + 1
