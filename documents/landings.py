"""Finds marked passages in the documents as the database has them now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from documents.models import Bookmark, Document, Section
from documents.reanchoring import Context, Landing, Mark, Passage, PresentText, State

COMPARED = 1500
"""Characters of a passage set side by side; more than a reader compares at a glance."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``differs`` says that the other side does not have it."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Where a bookmark's passage is now: the landing and the section there, if there is one."""

    landing: Landing
    section: Section | None
    candidates: tuple[Section, ...] = ()


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


def mark_fields(document: Document, anchor: str) -> dict[str, object]:
    """What a bookmark keeps of the section at *anchor*; raises KeyError when there is none."""
    mark = present_text(list(document.sections.order_by("order"))).mark(anchor)
    context = {**asdict(mark.context), "version": document.version_hash}
    return {"fingerprint": mark.fingerprint, "wording": mark.wording, "context": context}


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
            found[row.pk] = Found(Landing(State.EXACT, section.anchor, 1.0), section)
        else:
            unread[row.document_id].append(row)
    for document, sections in _whole(unread).items():
        text = present_text(sections)
        by_anchor = {section.anchor: section for section in sections}
        for row in unread[document]:
            landing = text.land(mark_of(row))
            found[row.pk] = Found(
                landing,
                by_anchor.get(landing.anchor or ""),
                tuple(by_anchor[anchor] for anchor in landing.others),
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
