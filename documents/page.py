"""Arranges one document for reading: record, outline, parts with their elements and sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.timezone import localdate

from documents.citations import paths_of
from documents.document_themes import MAIN, DocumentTheme, counted
from documents.models import Document, DocumentElement
from documents.opened import repeals
from documents.page_notes import set_notes
from documents.page_rows import PageRows, SectionRow, sections_of
from documents.page_values import (
    DocumentPage,
    OwnWords,
    PartView,
    RecordRow,
    RecordValue,
    SectionView,
)
from documents.page_words import set_words
from documents.standing import offers_of, standing_of
from documents.text.values import ElementKind, Footnote, Reading, SectionKind

HEAD = frozenset({ElementKind.LETTERHEAD, ElementKind.REF_NO})
"""Elements printed above a part's title (GB/T 9704, 版头)."""
TITLE = frozenset({ElementKind.TITLE})
OPENING = frozenset({ElementKind.RECIPIENTS})
"""Elements printed between a part's title and its text."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of sections by anchor: the reader's bookmark, former anchors, the path."""

    bookmarks: Mapping[str, int] = field(default_factory=dict)
    former: Mapping[str, list[str]] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)


def arrange(
    document: Document,
    rows: PageRows,
    bookmarks: Mapping[str, int],
    words: Sequence[OwnWords] = (),
) -> DocumentPage:
    """The page of *document*; *bookmarks* gives the reader's own by anchor, *words* marked words.

    One query, for the sections, whatever their number.
    """
    sections = sections_of(document.pk)
    return _arranged(
        record=record_of(document, rows.issuers, counted(rows.themes), rows.other_names),
        parts=_parts(
            document.title,
            sections,
            rows.elements,
            Kept(bookmarks, _former(rows.former, sections), paths_of(sections, document.title)),
        ),
        footnotes=rows.footnotes,
        words=words,
    )


def arrange_reading(reading: Reading) -> DocumentPage:
    """The page of a version that readers can no longer bookmark, from its frozen content."""
    record = reading.record
    sections = [
        SectionRow(
            anchor=section.anchor, level=section.level, kind=section.kind,
            number=section.number or "", heading=section.heading or "", text=section.text,
            page=section.page, ending=section.ending or "",
        )
        for section in reading.sections
    ]  # fmt: skip
    elements = [DocumentElement(kind=e.kind, text=e.text, part=e.part) for e in reading.elements]
    rows = (
        RecordRow("标题", _values(record.title or ""), wide=True),
        RecordRow("发文机关", _values(*record.issuers)),
        RecordRow("发文字号", _values(record.ref_no or "")),
        RecordRow("成文日期", _values(chinese_date(record.written_date))),
        RecordRow("印发日期", _values(chinese_date(record.printed_date))),
        *(
            RecordRow(label, _values(chinese_date(day)))
            for label, day in (
                ("施行日期", record.effective_date),
                ("有效期至", record.expiry_date),
            )
            if day
        ),
    )
    return _arranged(
        record=rows,
        parts=_parts(record.title or "", sections, elements, Kept()),
        footnotes=reading.footnotes,
    )


def _arranged(
    record: tuple[RecordRow, ...],
    parts: tuple[PartView, ...],
    footnotes: Sequence[Footnote],
    words: Sequence[OwnWords] = (),
) -> DocumentPage:
    notes, marks = set_notes(footnotes, parts)
    in_order, own = set_words(words, parts)
    return DocumentPage(
        record=record,
        parts=parts,
        outline=tuple(
            section
            for part in parts
            for section in part.sections
            if section.kind in {SectionKind.PART, SectionKind.HEADING} and section.label
        ),
        footnotes=notes,
        marks=marks,
        words=in_order,
        own=own,
        first_anchor=parts[0].sections[0].anchor if parts else None,
    )


def _former(
    former: Iterable[tuple[str, str]], sections: Sequence[SectionRow]
) -> dict[str, list[str]]:
    """Former anchors by the anchor of the section at which their links land."""
    held = {section.anchor for section in sections}
    first = sections[0].anchor if sections else ""
    landing: dict[str, list[str]] = {}
    for anchor, now_at in former:
        landing.setdefault(now_at if now_at in held else first, []).append(anchor)
    return landing


def record_of(
    document: Document,
    issuers: Sequence[str],
    themes: Sequence[DocumentTheme],
    other_names: Sequence[str] = (),
) -> tuple[RecordRow, ...]:
    """The record: eight elements always, those after them only when the document has them."""
    place = document.district.name if document.district else ""
    main = (
        RecordRow("标题", _values(document.title), wide=True),
        RecordRow("发文机关", _values(*issuers, facet="issuer")),
        RecordRow("发文字号", _values(document.ref_no)),
        RecordRow("成文日期", _values(chinese_date(document.written_date))),
        RecordRow("印发日期", _values(chinese_date(document.printed_date))),
        RecordRow("区", _values(place, facet="district")),
        _themes(themes),
        RecordRow("公开属性", _values(document.disclosure)),
    )
    more = (
        RecordRow("又称", _values("、".join(other_names)), wide=True),
        RecordRow("有效性", _standing(document), wide=True),
        RecordRow("施行日期", _values(chinese_date(document.effective_date))),
        RecordRow("有效期至", _values(chinese_date(document.expiry_date))),
        RecordRow("废止", _repeals(document), wide=True),
        RecordRow("文种", _values(document.document_type)),
        RecordRow("内容类型", _values(document.content_type)),
        RecordRow("主送", _values(document.recipients), wide=True),
        RecordRow("抄送", _values(document.cc), wide=True),
    )
    return main + tuple(row for row in more if row.values)


def _themes(themes: Sequence[DocumentTheme]) -> RecordRow:
    """The strongest at once, the others when asked for."""
    values = tuple(RecordValue(theme.name, "theme", note=theme.extent) for theme in themes)
    return RecordRow("主题", values[:MAIN], wide=True, rest=values[MAIN:])


def _standing(document: Document) -> tuple[RecordValue, ...]:
    standing = standing_of(document, localdate())
    if standing is None:
        return ()
    url = standing.by.get_absolute_url() if standing.by else None
    return (RecordValue(standing.label, url=url, note=standing.basis),)


def _repeals(document: Document) -> tuple[RecordValue, ...]:
    """Each with a link where exactly one published document bears its name."""
    if not repeals(document):
        return ()
    return tuple(
        RecordValue(
            offer.named,
            url=offer.targets[0].get_absolute_url() if len(offer.targets) == 1 else None,
        )
        for offer in offers_of(document)
    )


def chinese_date(day: date | None) -> str:
    """2025-01-16 as 2025年1月16日, nothing for no date."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _values(*texts: str, facet: str | None = None) -> tuple[RecordValue, ...]:
    return tuple(RecordValue(text, facet) for text in texts if text)


def _parts(
    title: str,
    sections: list[SectionRow],
    elements: Sequence[DocumentElement],
    kept: Kept,
) -> tuple[PartView, ...]:
    groups = _by_part(sections)
    # A single part that only repeats the page's title leaves the second rank to its sections.
    shift = 0 if len(groups) == 1 and _repeats_title(groups[0][0], title) else 1
    parts, page = [], 0
    for number, group in enumerate(groups, start=1):
        views = []
        for section in group:
            new_page = section.page if section.page and section.page > page else None
            page = new_page or page
            views.append(_view(section, title, shift, new_page, kept))
        own = [element for element in elements if _place(element, len(groups)) == number]
        parts.append(
            PartView(
                head=tuple(e for e in own if e.kind in HEAD),
                opening=tuple(e for e in own if e.kind in OPENING),
                sections=tuple(views),
                closing=tuple(e for e in own if e.kind not in HEAD | TITLE | OPENING),
            )
        )
    return tuple(parts)


def _by_part(sections: list[SectionRow]) -> list[list[SectionRow]]:
    groups: list[list[SectionRow]] = []
    for starts, run in groupby(sections, key=lambda section: section.level == 1):
        if starts:
            groups.extend([section] for section in run)
        elif groups:
            groups[-1].extend(run)
        else:
            groups.append(list(run))
    return groups


def _place(element: DocumentElement, parts: int) -> int:
    """Elements of a part that has no section are shown with the nearest one that has."""
    return min(max(element.part, 1), max(parts, 1))


def _repeats_title(section: SectionRow, title: str) -> bool:
    if section.level != 1:
        return False
    label = f"{section.number}{section.heading}"
    return not label or "".join(label.split()) == "".join(title.split())


def _view(
    section: SectionRow,
    title: str,
    shift: int,
    new_page: int | None,
    kept: Kept,
) -> SectionView:
    headed = section.kind in {SectionKind.PART, SectionKind.HEADING} and bool(section.heading)
    paragraphs = tuple(line for line in section.text.split("\n") if line.strip())
    if not headed and not paragraphs and (section.number or section.heading or section.text):
        paragraphs = ("",)
    return SectionView(
        anchor=section.anchor,
        kind=section.kind,
        depth=section.level,
        rank=min(max(section.level + shift, 2), 6) if headed else None,
        number=section.number,
        heading=section.heading,
        paragraphs=paragraphs,
        page=new_page,
        bookmark=kept.bookmarks.get(section.anchor),
        ending=section.ending,
        hidden=headed and _repeats_title(section, title),
        former=tuple(kept.former.get(section.anchor, ())),
        path=kept.paths.get(section.anchor, ""),
        fingerprint=section.fingerprint,
    )
