"""Marks of people who have not signed in: kept in a signed cookie, carried over at sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from documents import bookmarks
from documents.models import Document, Section

COOKIE = "marks"
SALT = "marks in this browser"
DAYS = 365
LONGEST = 3300
"""Characters of the cookie's value: with name, signature and attributes it stays under 4 kB."""
SHORT = 12
"""Hex digits of a fingerprint kept; enough to tell the passages of one document."""


class BrowserFull(Exception):
    """The cookie holds no more marks; the message names the cure."""


@dataclass(frozen=True, slots=True)
class BrowserMark:
    """One mark: the document's key, the section's anchor and the start of its fingerprint."""

    document: int
    anchor: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A mark with what can be shown of it; ``changed`` says that its passage reads otherwise."""

    number: int
    document: Document
    section: Section | None
    changed: bool


def read(request: HttpRequest) -> tuple[BrowserMark, ...]:
    """The marks in the browser that sent *request*; a cookie that was tampered with has none."""
    try:
        value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS * 86400)
    except BadSignature:
        return ()
    marks = []
    for item in (value or "").split("~"):
        document, _, rest = item.partition("!")
        anchor, _, fingerprint = rest.partition("!")
        if document.isascii() and document.isdigit() and anchor:
            marks.append(BrowserMark(int(document), anchor, fingerprint))
    return tuple(marks)


def add(marks: Sequence[BrowserMark], section: Section) -> tuple[BrowserMark, ...]:
    """*marks* with one more at the end. Raises BrowserFull."""
    mark = BrowserMark(section.document_id, section.anchor, section.fingerprint[:SHORT])
    if mark in marks:
        return tuple(marks)
    more = (*marks, mark)
    if len(_written(more)) > LONGEST:
        raise BrowserFull(
            f"浏览器里只能暂存 {len(marks)} 处书签。登录或注册后不限数量，并会带上这些。"
        )
    return more


def write(response: HttpResponse, marks: Sequence[BrowserMark], *, secure: bool) -> None:
    """Leaves *marks* in the browser that gets *response*; none deletes the cookie."""
    if not marks:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_signed_cookie(
        COOKIE,
        _written(marks),
        salt=SALT,
        max_age=DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _written(marks: Sequence[BrowserMark]) -> str:
    return "~".join(f"{mark.document}!{mark.anchor}!{mark.fingerprint}" for mark in marks)


def own(request: HttpRequest, document: Document) -> dict[str, int]:
    """The visitor's marks in *document* by anchor: an account's own, else the browser's."""
    if isinstance(request.user, User):
        return bookmarks.own(request.user, document)
    marks = enumerate(read(request), start=1)
    numbers = {m.anchor: (n, m.fingerprint) for n, m in marks if m.document == document.pk}
    if not numbers:
        return {}
    rows = document.sections.filter(anchor__in=numbers).values_list("anchor", "fingerprint")
    return {
        anchor: numbers[anchor][0]
        for anchor, fingerprint in rows
        if fingerprint.startswith(numbers[anchor][1])
    }


def shown(marks: Sequence[BrowserMark]) -> tuple[ShownMark, ...]:
    """*marks* with their documents and sections, as far as readers may see them."""
    documents = Document.objects.published().in_bulk({mark.document for mark in marks})
    sections = Section.objects.filter(
        document__in=documents, anchor__in={mark.anchor for mark in marks}
    )
    there = {(section.document_id, section.anchor): section for section in sections}
    found = []
    for number, mark in enumerate(marks, start=1):
        if mark.document in documents:
            section = there.get((mark.document, mark.anchor))
            same = section is not None and section.fingerprint.startswith(mark.fingerprint)
            found.append(ShownMark(number, documents[mark.document], section, not same))
    return tuple(found)


def carry_over(request: HttpRequest, user: User, response: HttpResponse) -> tuple[int, int]:
    """Makes the browser's marks the account's; gives how many were carried and how many not.

    A passage that reads otherwise than when it was marked is looked for under its fingerprint in
    the same document; one that is not found is left out rather than put on other words. Doing it
    twice changes nothing.
    """
    marks = read(request)
    if not marks:
        return 0, 0
    carried = 0
    documents = Document.objects.published().in_bulk({mark.document for mark in marks})
    for mark in marks:
        document = documents.get(mark.document)
        section = _passage(document, mark) if document else None
        if document is not None and section is not None:
            bookmarks.add(user, document, section.anchor)
            carried += 1
    write(response, (), secure=False)
    return carried, len(marks) - carried


def _passage(document: Document, mark: BrowserMark) -> Section | None:
    rows = document.sections.filter(fingerprint__startswith=mark.fingerprint)
    return rows.filter(anchor=mark.anchor).first() or (rows.first() if rows.count() == 1 else None)
