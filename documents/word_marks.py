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
    occurring,
    quote_at,
)
from documents.text.characters import repair

ACROSS = 12
"""Characters shown on either side of a place that is offered."""


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
    words = repair(wanted.words).strip()
    if len(words) > MOST_WORDS:
        raise WordsRefused(f"一次最多记 {MOST_WORDS} 个字，请少选一些，或者收藏整节。")
    sections = list(document.sections.order_by("order"))
    section = next((each for each in sections if each.anchor == wanted.anchor), None)
    if section is None:
        raise bookmarks.NoSuchSection("这份文件里没有这一节，可能刚刚修订过。请刷新页面后再选。")
    wording = wording_of(section)
    places = occurrences(wording, words, section.number)
    if not places:
        raise WordsRefused(_why_not(words, section, sections))
    if wanted.start is not None:
        places = tuple(each for each in places if each[0] == wanted.start) or places
    places = fitting(wording, places, wanted.before, wanted.after)
    if len(places) > 1:
        return Marked(section, None, tuple(_choice(wording, place) for place in places))
    quote = quote_at(wording, places[0])
    wordings = {each.anchor: wording_of(each) for each in sections}
    return Marked(section, replace(quote, alone=occurring(quote.exact, wordings) == 1))


def _why_not(words: str, section: Section, sections: list[Section]) -> str:
    if not words:
        return "请先选中或填写这一节里的几个字。"
    if occurrences(section.number, words):
        return "请连同序号后面的文字一起选取。"
    whole = "\n".join(f"{each.number}{wording_of(each)}" for each in sections)
    if occurrences(whole, words):
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

    Raises WordsRefused when both notes together are too long.
    """
    document, section, quote = marked.section.document, marked.section, marked.quote
    assert quote is not None  # noqa: S101 - the caller has had the reader choose
    for row, found in bookmarks.own_found(user, document):
        same = found.quote and (found.quote.start, found.quote.end) == (quote.start, quote.end)
        if same and found.section == section:
            return _noted(row, note)
    fields = mark_fields(document, section.anchor, quote)
    bookmark = Bookmark(user=user, document=document, anchor=section.anchor, note=note)
    bookmark.heading, bookmark.quote = section.label, quote.exact
    for name, value in fields.items():
        setattr(bookmark, name, value)
    bookmark.save()
    return bookmark


def _noted(bookmark: Bookmark, note: str) -> Bookmark:
    if not note or note in bookmark.note.split("\n"):
        return bookmark
    both = "\n".join(filter(None, (bookmark.note, note)))
    if len(both) > bookmarks.LONGEST_NOTE:
        raise WordsRefused(
            f"这些文字已经记过，两条笔记合起来超过 {bookmarks.LONGEST_NOTE} 个字，请先改短原来的。"
        )
    bookmarks.annotate(bookmark, both)
    return bookmark
