"""A reader marks words inside a section and notes something at them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction

from documents import bookmarks
from documents.landings import mark_fields, wording_of
from documents.models import Bookmark, Document, Section
from documents.quotes import (
    MOST_WORDS,
    Quote,
    Span,
    fitting,
    occurrences,
    quote_at,
    stands_once,
)
from documents.text.characters import repair, skeleton

ACROSS = 12
"""Characters shown on either side of a place that is offered."""
MOST_CHOICES = 30
"""Places of the same words in a section among which a reader can choose."""
GONE = "这份文件里没有这一节，可能刚刚修订过。请刷新页面后再选。"


class WordsRefused(Exception):
    """The words cannot be marked; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader sent: words of the section at ``anchor`` and perhaps what surrounds them.

    ``start`` is the place chosen among several, in characters of the section's wording.
    """

    anchor: str
    words: str
    before: str = ""
    after: str = ""
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places of the same words, with some of what stands around it."""

    start: int
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Words found: their section, and the quote, or the places among which a reader chooses."""

    section: Section
    quote: Quote | None
    choices: tuple[Choice, ...] = ()


def find(document: Document, wanted: Wanted) -> Marked:
    """The words that *wanted* names. Raises NoSuchSection and WordsRefused."""
    section = document.sections.filter(anchor=wanted.anchor).first()
    if section is None:
        raise bookmarks.NoSuchSection(GONE)
    section.document = document
    return find_in(section, wanted)


def find_in(section: Section, wanted: Wanted) -> Marked:
    """The words that *wanted* names in *section*. Raises WordsRefused."""
    words = repair(wanted.words).strip()
    if len(words) > MOST_WORDS:
        raise WordsRefused(f"一次最多记 {MOST_WORDS} 个字，请少选一些，或者收藏整节。")
    wording = wording_of(section)
    places = occurrences(wording, words, section.number)
    if not places:
        raise WordsRefused(_why_not(words, section))
    if wanted.start is not None:
        places = tuple(each for each in places if each[0] == wanted.start) or places
    places = fitting(wording, places, wanted.before, wanted.after)
    if len(places) > MOST_CHOICES:
        raise WordsRefused(f"这几个字在这一节里有 {len(places)} 处，请连同前后的字多选一些。")
    if len(places) > 1:
        return Marked(section, None, tuple(_choice(wording, place) for place in places))
    return Marked(section, quote_at(wording, places[0]))


def _why_not(words: str, section: Section) -> str:
    if not words:
        return "请先选中或填写这一节里的几个字。"
    if occurrences(section.number, words):
        return "请连同序号后面的文字一起选取。"
    sections = section.document.sections.order_by("order")
    whole = "\n".join(f"{each.number}{wording_of(each)}" for each in sections)
    if skeleton(words) and skeleton(words) in skeleton(whole):
        return "这些文字跨了两节或在别的一节里。请在一节之内选取；跨节的内容可以分别记下。"
    return "这一节里没有这些文字。请照原文填写，或在文中选中后再记。"


def _choice(wording: str, place: Span) -> Choice:
    start, end = place
    return Choice(
        start,
        wording[max(start - ACROSS, 0) : start].replace("\n", " "),
        wording[start:end],
        wording[end : end + ACROSS].replace("\n", " "),
    )


@transaction.atomic
def add(user: User, marked: Marked, note: str = "") -> Bookmark:
    """Keeps the words for *user* with *note*; marked again they keep what was noted before.

    Raises NoSuchSection when the section was revised meanwhile, and WordsRefused when both notes
    together are too long.
    """
    document, section, quote = marked.section.document, marked.section, marked.quote
    assert quote is not None  # noqa: S101 - the caller has had the reader choose
    sections = {each.pk: each for each in document.sections.all()}
    now = sections.get(section.pk)
    if now is None or wording_of(now) != wording_of(section):
        raise bookmarks.NoSuchSection(GONE)
    for row, found in bookmarks.own_found(user, document):
        same = found.quote and (found.quote.start, found.quote.end) == (quote.start, quote.end)
        if same and found.section == section:
            return _noted(row, note)
    quote = replace(quote, alone=stands_once(quote.exact, map(wording_of, sections.values())))
    fields = mark_fields(document, section.anchor, quote)
    place = {name: fields.pop(name) for name in ("fingerprint", "words_start", "words_end")}
    said = {"heading": section.label, "quote": quote.exact, "note": note, **fields}
    bookmark, new = Bookmark.objects.get_or_create(
        user=user, document=document, anchor=section.anchor, **place, defaults=said
    )
    return bookmark if new else _noted(bookmark, note)


def _noted(bookmark: Bookmark, note: str) -> Bookmark:
    if not note or f"\n{note}\n" in f"\n{bookmark.note}\n":
        return bookmark
    both = "\n".join(filter(None, (bookmark.note, note)))
    if len(both) > bookmarks.LONGEST_NOTE:
        raise WordsRefused(
            f"这些文字已经记过，两条笔记合起来超过 {bookmarks.LONGEST_NOTE} 个字，请先改短原来的。"
        )
    bookmarks.annotate(bookmark, both)
    return bookmark
