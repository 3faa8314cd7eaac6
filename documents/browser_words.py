"""Words marked by people who have not signed in: in a signed cookie, carried over at sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from django.contrib.auth.models import User
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from documents import word_marks
from documents.bookmarks import NoSuchSection
from documents.browser_marks import DAYS, SHORT, BrowserFull
from documents.models import Bookmark, Document, Section
from documents.word_marks import Marked, Wanted, WordsRefused

COOKIE = "words"
SALT = "words in this browser"
LONGEST = 2200
"""Characters of the cookie's value; all cookies together must fit into one header of 8 kB."""


@dataclass(frozen=True, slots=True)
class BrowserWords:
    """Words in the section at an anchor of a document, where they begin, and the note at them."""

    document: int
    anchor: str
    fingerprint: str
    start: int
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownWords:
    """Words with what can be shown of them; ``marked`` is None when they stand there no more."""

    number: int
    kept: BrowserWords
    document: Document
    marked: Marked | None


def read(request: HttpRequest) -> tuple[BrowserWords, ...]:
    """The words in the browser that sent *request*; a cookie that was tampered with has none."""
    value = request.COOKIES.get(COOKIE, "")
    try:
        rows = signing.loads(value, salt=SALT, max_age=DAYS * 86400) if value else []
        return tuple(BrowserWords(*row) for row in rows)
    except (signing.BadSignature, TypeError, ValueError):
        return ()


def add(kept: Sequence[BrowserWords], marked: Marked, note: str) -> tuple[BrowserWords, ...]:
    """*kept* with one more at the end; words kept already get the new note. Raises BrowserFull."""
    section, quote = marked.section, marked.quote
    assert quote is not None  # noqa: S101 - the caller has had the reader choose
    mark = section.fingerprint[:SHORT]
    new = BrowserWords(section.document_id, section.anchor, mark, quote.start, quote.exact, note)
    others = tuple(each for each in kept if _where(each) != _where(new))
    old = next((each for each in kept if _where(each) == _where(new)), None)
    if old is not None and not note:
        return tuple(kept)
    return _fitting((*others, new))


def _where(words: BrowserWords) -> BrowserWords:
    return replace(words, note="")


def with_note(kept: Sequence[BrowserWords], number: int, note: str) -> tuple[BrowserWords, ...]:
    """*kept* with another note at the words of that number, from 1. Raises BrowserFull."""
    rows = list(kept)
    rows[number - 1] = replace(rows[number - 1], note=note)
    return _fitting(tuple(rows))


def _fitting(rows: tuple[BrowserWords, ...]) -> tuple[BrowserWords, ...]:
    if len(_written(rows)) > LONGEST:
        raise BrowserFull("浏览器里放不下更多笔记了。登录或注册后不限数量，并会带上这些。")
    return rows


def write(response: HttpResponse, kept: Sequence[BrowserWords], *, secure: bool) -> None:
    """Leaves *kept* in the browser that gets *response*; none deletes the cookie."""
    if not kept:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        _written(kept),
        max_age=DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _written(kept: Sequence[BrowserWords]) -> str:
    return signing.dumps([astuple(each) for each in kept], salt=SALT, compress=True)


def shown(kept: Sequence[BrowserWords], only: Document | None = None) -> tuple[ShownWords, ...]:
    """*kept* with their documents and places as far as readers may see them, or *only* of one."""
    numbered = [(n, each) for n, each in enumerate(kept, start=1)]
    if only is not None:
        numbered = [(n, each) for n, each in numbered if each.document == only.pk]
        documents = {only.pk: only}
    else:
        documents = Document.objects.published().in_bulk({each.document for each in kept})
    there = [(n, each) for n, each in numbered if each.document in documents]
    places = _places([each for _, each in there])
    return tuple(ShownWords(n, each, documents[each.document], places[each]) for n, each in there)


def _places(kept: Sequence[BrowserWords]) -> dict[BrowserWords, Marked | None]:
    """The words where they stood, or in the one section that reads as theirs did; one query."""
    reading = Q(pk__in=())
    for each in kept:
        reading |= Q(document=each.document, fingerprint__startswith=each.fingerprint)
    sections = list(Section.objects.filter(reading).select_related("document")) if kept else []
    return {each: _place(each, sections) for each in kept}


def _place(kept: BrowserWords, sections: Sequence[Section]) -> Marked | None:
    same = [
        section
        for section in sections
        if section.document_id == kept.document and section.fingerprint.startswith(kept.fingerprint)
    ]
    there = [section for section in same if section.anchor == kept.anchor] or same
    if len(there) != 1:
        return None
    wanted = Wanted(there[0].anchor, kept.words, start=kept.start)
    try:
        marked = word_marks.find_in(there[0], wanted)
    except WordsRefused:
        return None
    return marked if marked.quote else None


def carry_over(request: HttpRequest, user: User, response: HttpResponse) -> int:
    """Makes the browser's words the account's; gives how many.

    Those that stand there no more come along as bookmarks that say so, with what was noted.
    """
    kept = read(request)
    documents = Document.objects.in_bulk({each.document for each in kept})
    places = _places(kept)
    carried = 0
    for each in kept:
        document = documents.get(each.document)
        if document is None:
            continue
        if (marked := places[each]) is None or not _take(user, marked, each.note):
            _take_as_it_was(user, document, each)
        carried += 1
    if kept:
        write(response, (), secure=False)
    return carried


def _take(user: User, marked: Marked, note: str) -> bool:
    try:
        word_marks.add(user, marked, note)
    except WordsRefused:  # both notes together are too long: the account's stays
        word_marks.add(user, marked)
    except NoSuchSection:  # revised at this very moment
        return False
    return True


def _take_as_it_was(user: User, document: Document, kept: BrowserWords) -> None:
    Bookmark.objects.get_or_create(
        user=user,
        document=document,
        anchor=kept.anchor,
        fingerprint=kept.fingerprint,
        words_start=kept.start,
        words_end=kept.start + len(kept.words),
        defaults={
            "quote": kept.words, "wording": f"\n{kept.words}", "words": kept.words,
            "note": kept.note, "context": {"words": {"alone": False}},
        },
    )  # fmt: skip
