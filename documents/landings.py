"""Finds marked passages in the documents as the database has them now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from documents.landing_values import Context, Landing, Mark, Passage, State
from documents.models import Bookmark, Document, Section
from documents.quotes import Quote
from documents.quotes import land as land_words
from documents.reanchoring import PresentText

COMPARED = 1500
"""Characters of a passage set side by side; more than a reader compares at a glance."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``differs`` says that the other side does not have it."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Where a bookmark's passage is now: the landing and the section there, if there is one.

    ``quote`` are words marked inside the section where they certainly stand now.
    """

    landing: Landing
    section: Section | None
    candidates: tuple[Section, ...] = ()
    quote: Quote | None = None


def present_text(sections: Sequence[Section]) -> PresentText:
    """*sections* of one document in reading order, ready to be asked."""
    above = {section.pk: section for section in sections}
    return PresentText([_passage(section, above) for section in sections])


def _passage(section: Section, above: Mapping[int, Section]) -> Passage:
    path, parent = [], section.parent_id
    while parent is not None and parent in above:
        path.append(above[parent].heading or above[parent].text[:24])
        parent = above[parent].parent_id
    return Passage(
        section.anchor,
        section.fingerprint,
        section.heading,
        section.text,
        "\n".join(reversed(path)),
    )


def wording_of(section: Section) -> str:
    """What words are looked for in: the section's heading, an end of line, its text."""
    return f"{section.heading}\n{section.text}"


def mark_fields(document: Document, anchor: str, words: Quote | None = None) -> dict[str, object]:
    """What a bookmark keeps of the section at *anchor*, or of *words* in it.

    Raises KeyError when there is no such section.
    """
    mark = present_text(list(document.sections.order_by("order"))).mark(anchor)
    context: dict[str, object] = {**asdict(mark.context), "version": document.version_hash}
    if words is not None:
        around = {"prefix": words.prefix, "suffix": words.suffix, "alone": words.alone}
        context["words"] = around
    return {
        "fingerprint": mark.fingerprint,
        "wording": mark.wording,
        "context": context,
        "words": words.exact if words else "",
        "words_start": words.start if words else 0,
        "words_end": words.end if words else 0,
    }


def words_of(bookmark: Bookmark) -> Quote | None:
    """The words that *bookmark* marks inside its section, if it does not mark all of it."""
    if not bookmark.words:
        return None
    around = bookmark.context.get("words", {})
    return Quote(
        exact=bookmark.words,
        prefix=str(around.get("prefix", "")),
        suffix=str(around.get("suffix", "")),
        start=bookmark.words_start,
        end=bookmark.words_end,
        alone=bool(around.get("alone", True)),
    )


def find_all(bookmarks: Iterable[Bookmark]) -> dict[int, Found]:
    """Where the passage of each of *bookmarks* is now, by primary key, in at most two queries.

    A document is read whole only when it has changed since a passage in it was marked.
    """
    rows = list(bookmarks)
    there = _at_their_anchors(rows)
    unread: dict[int, list[Bookmark]] = defaultdict(list)
    found: dict[int, Found] = {}
    for row in rows:
        section = there.get((row.document_id, row.anchor))
        if section is not None and _as_it_was(row, section):
            landing = Landing(State.EXACT, section.anchor, 1.0)
            found[row.pk] = Found(landing, section, quote=words_of(row))
        else:
            unread[row.document_id].append(row)
    for document, sections in _whole(unread).items():
        text = present_text(sections)
        by_anchor = {section.anchor: section for section in sections}
        for row in unread[document]:
            landing, quote = text.land(mark_of(row)), words_of(row)
            if quote is not None:
                wordings = {anchor: wording_of(section) for anchor, section in by_anchor.items()}
                landed = land_words(quote, row.anchor, landing, wordings)
                landing, quote = landed.landing, landed.quote
            found[row.pk] = Found(
                landing,
                by_anchor.get(landing.anchor or ""),
                tuple(by_anchor[anchor] for anchor in landing.others),
                quote,
            )
    return found


def mark_of(bookmark: Bookmark) -> Mark:
    """What *bookmark* remembers; an old one without surroundings is taken at its word."""
    kept = bookmark.context
    context = Context(
        before=str(kept.get("before", "")),
        after=str(kept.get("after", "")),
        path=str(kept.get("path", "")),
        alone=bool(kept.get("alone", True)),
        twins=int(kept.get("twins", 1)),
        rival=float(kept.get("rival", 0.0)),
    )
    wording = bookmark.wording or f"\n{bookmark.quote}"
    return Mark(bookmark.anchor, bookmark.fingerprint, wording, context)


def _as_it_was(bookmark: Bookmark, section: Section) -> bool:
    version = bookmark.context.get("version")
    return (
        section.fingerprint == bookmark.fingerprint
        and version is not None
        and version == bookmark.document.version_hash
    )


def _at_their_anchors(rows: list[Bookmark]) -> dict[tuple[int, str], Section]:
    sections = Section.objects.filter(
        document__in={row.document_id for row in rows}, anchor__in={row.anchor for row in rows}
    )
    return {(section.document_id, section.anchor): section for section in sections}


def _whole(documents: Iterable[int]) -> dict[int, list[Section]]:
    wanted = list(documents)
    texts: dict[int, list[Section]] = {document: [] for document in wanted}
    if wanted:
        for section in Section.objects.filter(document__in=wanted).order_by("document", "order"):
            texts[section.document_id].append(section)
    return texts


def side_by_side(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two wordings with what differs marked on either side; long ones are cut."""
    old, new = old.strip()[:COMPARED], new.strip()[:COMPARED]
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if b > a:
            left.append(Piece(old[a:b], kind != "equal"))
        if d > c:
            right.append(Piece(new[c:d], kind != "equal"))
    return tuple(left), tuple(right)
