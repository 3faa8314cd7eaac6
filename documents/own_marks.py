"""What whoever asks has marked in one document: sections, and words with notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.http import HttpRequest

from documents import bookmarks, browser_marks, browser_words
from documents.landings import wording_of
from documents.models import Document, Section
from documents.page_values import OwnWords
from documents.quotes import Quote, lines_of


@dataclass(frozen=True, slots=True)
class Own:
    """One reader's marks in one document: keys of marked sections by anchor, and words."""

    sections: dict[str, int] = field(default_factory=dict)
    words: tuple[OwnWords, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sections or self.words)


def own_marks(request: HttpRequest, document: Document) -> Own:
    """The marks of an account, else of the browser; nobody else's."""
    if isinstance(request.user, User):
        found = bookmarks.own_found(request.user, document)
        words = (
            _placed(
                OwnWords(row.pk, row.anchor, "", row.words, row.note, row.heading),
                place.section,
                place.quote,
            )
            for row, place in reversed(found)
            if row.words
        )
        return Own(bookmarks.certain(found), tuple(words))
    return Own(browser_marks.own(request, document), tuple(_in_browser(request, document)))


def _in_browser(request: HttpRequest, document: Document) -> Iterator[OwnWords]:
    for each in browser_words.shown(browser_words.read(request), document):
        words = OwnWords(each.number, each.kept.anchor, "", each.kept.words, each.kept.note, "")
        yield _placed(words, *((each.marked.section, each.marked.quote) if each.marked else ()))


def _placed(
    words: OwnWords, section: Section | None = None, quote: Quote | None = None
) -> OwnWords:
    if section is None or quote is None:
        return words
    lines = tuple(lines_of(wording_of(section), (quote.start, quote.end)))
    return replace(
        words, anchor=section.anchor, heading=section.label, start=quote.start, lines=lines
    )
