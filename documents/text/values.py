"""The values that reading a policy document takes in and gives back; every one is frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters ``[start, end)`` within one block's text."""

    start: int
    end: int


class NoteMark(NamedTuple):
    """A note's mark that was taken out of a text: it stood before character ``at``.

    ``note`` is the 0-based place of its note among the footnotes of the source.
    """

    at: int
    note: int


class Line(NamedTuple):
    """One printed line of a paged or hard-wrapped source; lines still need reflow.

    Positions are in points from the page's top left corner, ``size`` is relative to other
    lines of the same source only. A text file knows its pages by form feeds and page-number
    lines at best, so that everything but ``text`` may be ``None``.
    """

    text: str
    page: int | None = None
    x0: float | None = None
    x1: float | None = None
    y: float | None = None
    size: float | None = None
    font: str | None = None
    bold: bool = False
    page_width: float | None = None
    page_height: float | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One whole paragraph, as a word processor or Markdown gives it: nothing to reflow.

    ``style`` is the source's own word for the paragraph (``Heading 2``, ``Title``), ``outline``
    its depth where the source marks headings (Markdown ``##`` and Word's outline levels; 1 is
    the highest), ``bold`` the bold ranges of ``text``. An automatic number is part of ``text``.
    ``notes`` are the marks that the format itself sets, and that ``text`` goes without.
    """

    text: str
    page: int | None = None
    style: str | None = None
    outline: int | None = None
    bold: tuple[Span, ...] = ()
    centred: bool = False
    notes: tuple[NoteMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``columns`` and ``rows`` are how many it spans."""

    text: str
    columns: int = 1
    rows: int = 1
    notes: tuple[NoteMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table in reading order, row by row."""

    rows: tuple[tuple[Cell, ...], ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class NotePlace:
    """Where a mark of a note stands: before character ``offset`` of a text of section ``anchor``.

    ``paragraph`` counts the section's paragraphs that are not blank from 1; 0 is its heading.
    """

    anchor: str
    paragraph: int
    offset: int


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note taken out of the running text; ``mark`` is as printed, without brackets.

    ``places`` are where its mark stood, in reading order; none where no mark was found.
    """

    mark: str
    text: str
    places: tuple[NotePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Warning:
    """Something an editor should look at.

    ``code`` is stable and hyphenated (``numbering-gap``), ``message`` is Chinese for people,
    ``anchor`` names the section, and ``line`` the 1-based source line where that is known.
    """

    code: str
    message: str
    anchor: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What extraction hands to reading: blocks in reading order, before any interpretation.

    ``footnotes`` are those that the format itself marks (Word, Markdown); notes that are only
    printed at the foot of a page are still among the lines. ``pages`` counts pages where the
    format has them.
    """

    format: str
    blocks: tuple[Line | Paragraph | Table, ...]
    footnotes: tuple[Footnote, ...] = ()
    pages: int | None = None
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceNumber:
    """A 发文字号 in its three pieces, 青科委〔2025〕1号 = code 青科委, year 2025, serial 1."""

    code: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.serial}号"


@dataclass(frozen=True, slots=True)
class Repeal:
    """A document repealed by name (without 《》), by number, or by both."""

    title: str | None = None
    ref_no: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The elements of an official document that its own text gives (GB/T 9704, GB/T 33480).

    ``None`` (or an empty tuple) says that the text does not give the element; nothing is
    guessed. ``ref_no`` keeps the number as printed, ``ref`` its pieces. ``document_type`` is the
    文种 (one of the 15 kinds), ``content_type`` what it carries (工作总结, 工作要点, 规划 …).
    ``expiry_date`` is the last day in force; ``repeals`` the documents it repeals by name.
    """

    title: str | None = None
    issuers: tuple[str, ...] = ()
    ref_no: str | None = None
    ref: ReferenceNumber | None = None
    written_date: date | None = None
    printed_date: date | None = None
    district: str | None = None
    document_type: str | None = None
    content_type: str | None = None
    recipients: str | None = None
    cc: str | None = None
    disclosure: str | None = None
    effective_date: date | None = None
    expiry_date: date | None = None
    repeals: tuple[Repeal, ...] = ()


class How(StrEnum):
    """How the value of a record's field was come by."""

    PRINTED = "printed"  # it stands there in so many words
    TITLE = "title"  # read off the title: kinds of documents
    ISSUER = "issuer"  # read off the issuer's name: the district
    NUMBER = "number"  # read off the reference number's code
    DERIVED = "derived"  # worked out from other dates in the text
    REGISTER = "register"  # taken from the register of issuers, not from the text


@dataclass(frozen=True, slots=True)
class Found:
    """Where a field of the record was found: 1-based source lines (blocks), in order, and how."""

    field: str
    how: How
    lines: tuple[int, ...] = ()


class SectionKind(StrEnum):
    """What made a section: see ``docs/reading.md``."""

    PART = "part"
    HEADING = "heading"
    LEAD = "lead"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Section:
    """One section in reading order; ``text`` is its own, without its children's.

    ``level`` 1 is a part; ``parent`` is the parent's anchor, ``None`` for a part. Paragraphs of
    ``text`` are separated by one ``\\n``. ``number`` is as printed (``（二）``, ``1.``, ``一是``),
    ``heading`` comes without it. ``page`` is the page the section starts on. ``ending`` is the
    sign that ended the heading and is in neither ``heading`` nor ``text`` (``。``, ``：``): number,
    heading, ending and text together are the author's characters.
    """

    anchor: str
    level: int
    kind: SectionKind
    number: str | None
    heading: str | None
    text: str
    page: int | None = None
    parent: str | None = None
    ending: str | None = None


class ElementKind(StrEnum):
    """Elements of the printed form that stand outside the sections' text."""

    LETTERHEAD = "letterhead"
    REF_NO = "ref_no"
    TITLE = "title"
    RECIPIENTS = "recipients"
    SIGNATURE = "signature"
    WRITTEN_DATE = "written_date"
    ATTACHMENTS = "attachments"
    DISCLOSURE = "disclosure"
    CC = "cc"
    IMPRINT = "imprint"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Element:
    """An official element as printed, kept so that nothing of the source is lost.

    ``part`` is the 1-based part it belongs to, ``line`` the 1-based source block it was found at.
    """

    kind: ElementKind
    text: str
    part: int = 1
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole document as read: its record, sections in reading order, notes and warnings.

    ``found`` says for each field that the record gives where it was found; the same field may
    come twice (an issuer in the letterhead and in the signature).
    """

    record: Record
    sections: tuple[Section, ...]
    elements: tuple[Element, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    warnings: tuple[Warning, ...] = ()
    found: tuple[Found, ...] = ()
