"""Arranges one document for reading: record, outline, parts with their elements and sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.utils.timezone import localdate

from documents.document_themes import MAIN, DocumentTheme, themes_of_document
from documents.models import Document, DocumentElement, DocumentFootnote, Section
from documents.standing import offers_of, standing_of
from documents.text.values import ElementKind, Reading, SectionKind

HEAD = frozenset({ElementKind.LETTERHEAD, ElementKind.REF_NO})
"""Elements printed above a part's title (GB/T 9704, 版头)."""
TITLE = frozenset({ElementKind.TITLE})
OPENING = frozenset({ElementKind.RECIPIENTS})
"""Elements printed between a part's title and its text."""


@dataclass(frozen=True, slots=True)
class RecordValue:
    """One value of the record; ``facet`` names the search filter that lists its like.

    ``url`` leads to another document, ``note`` is said beside the value in small letters.
    """

    text: str
    facet: str | None = None
    url: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One element of the record with its values; none means that it is not stated.

    ``wide`` says that it takes the whole width, because its values run long. ``rest`` are values
    that are shown when asked for.
    """

    label: str
    values: tuple[RecordValue, ...]
    wide: bool = False
    rest: tuple[RecordValue, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section as it is set.

    ``rank`` is the HTML heading rank, ``None`` for a section whose number and heading run into
    its first paragraph; ``hidden`` says that the heading only repeats the page's title.
    ``depth`` counts from 1 for a part. ``page`` is given where a new source page begins.
    ``former`` are anchors of sections that are gone, whose links land here.
    """

    anchor: str
    kind: str
    depth: int
    rank: int | None
    number: str
    heading: str
    paragraphs: tuple[str, ...]
    page: int | None
    bookmark: int | None
    hidden: bool = False
    former: tuple[str, ...] = ()
    ending: str = ""

    @property
    def level(self) -> int:
        """Its depth, under the name that stored sections give it."""
        return self.depth

    @property
    def label(self) -> str:
        """Number and heading as printed, without the sign between heading and text."""
        return f"{self.number}{self.heading}"

    @property
    def runs_in(self) -> bool:
        """Whether number and heading stand at the beginning of the first paragraph."""
        return self.rank is None and bool(self.label)

    @property
    def joint(self) -> str:
        """What stands between a run-in heading and its text: the sign printed there.

        An article (第一条) is set off by a space, as is a heading whose sign is not known: of
        sections written by hand, or read before signs were kept.
        """
        if self.heading and self.ending:
            return self.ending
        if not any(self.paragraphs) or (self.kind == SectionKind.ITEM and not self.heading):
            return ""
        return "。" if self.kind == SectionKind.ITEM else "\u3000"

    @property
    def called(self) -> str:
        """What links and buttons call it, also when it has neither number nor heading."""
        return self.label or (self.paragraphs[0][:24] if self.paragraphs else "本节")

    @property
    def blocks(self) -> tuple[BlockView, ...]:
        """Its paragraphs, with the rows of a table (cells apart by tabs) put together."""
        numbered = enumerate(self.paragraphs, start=1)
        rows = [Row(number, tuple(text.split("\t"))) for number, text in numbered]
        groups = groupby(rows, key=lambda row: len(row.cells) > 1)
        return tuple(
            block
            for is_table, group in groups
            for block in ([BlockView(tuple(group), True)] if is_table else map(_alone, group))
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph under its number in the section, from 1; the cells of a table's row."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return self.cells[0]

    @property
    def key(self) -> str:
        """Its number in figures, for the row's address."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class BlockView:
    """One paragraph, or the rows of a table."""

    rows: tuple[Row, ...]
    is_table: bool = False


def _alone(row: Row) -> BlockView:
    return BlockView((row,))


@dataclass(frozen=True, slots=True)
class PartView:
    """A part: what stands above its title, between title and text, its sections, its end."""

    head: tuple[DocumentElement, ...]
    opening: tuple[DocumentElement, ...]
    sections: tuple[SectionView, ...]
    closing: tuple[DocumentElement, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Everything the page of one document shows besides the document's own fields."""

    record: tuple[RecordRow, ...]
    parts: tuple[PartView, ...]
    outline: tuple[SectionView, ...]
    footnotes: tuple[DocumentFootnote, ...]
    first_anchor: str | None


def arrange(document: Document, bookmarks: Mapping[str, int]) -> DocumentPage:
    """The page of *document*; *bookmarks* gives the reader's own bookmarks by anchor.

    Takes a fixed number of queries whatever the number of sections.
    """
    sections = list(document.sections.order_by("order"))
    return _arranged(
        record=record_of(document, themes_of_document(document)),
        parts=_parts(
            document.title,
            sections,
            list(document.elements.order_by("order")),
            bookmarks,
            _former(document, sections),
        ),
        footnotes=tuple(document.footnotes.order_by("order")),
    )


def arrange_reading(reading: Reading) -> DocumentPage:
    """The page of a version that readers can no longer bookmark, from its frozen content."""
    record = reading.record
    sections = [
        Section(
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
        parts=_parts(record.title or "", sections, elements, {}, {}),
        footnotes=tuple(DocumentFootnote(mark=n.mark, text=n.text) for n in reading.footnotes),
    )


def _arranged(
    record: tuple[RecordRow, ...],
    parts: tuple[PartView, ...],
    footnotes: tuple[DocumentFootnote, ...],
) -> DocumentPage:
    return DocumentPage(
        record=record,
        parts=parts,
        outline=tuple(
            section
            for part in parts
            for section in part.sections
            if section.kind in {SectionKind.PART, SectionKind.HEADING} and section.label
        ),
        footnotes=footnotes,
        first_anchor=parts[0].sections[0].anchor if parts else None,
    )


def _former(document: Document, sections: list[Section]) -> dict[str, list[str]]:
    """Former anchors by the anchor of the section at which their links land."""
    held = {section.anchor for section in sections}
    first = sections[0].anchor if sections else ""
    landing: dict[str, list[str]] = {}
    for anchor, now_at in document.former_anchors.values_list("anchor", "now_at"):
        landing.setdefault(now_at if now_at in held else first, []).append(anchor)
    return landing


def record_of(document: Document, themes: Sequence[DocumentTheme]) -> tuple[RecordRow, ...]:
    """The record: eight elements always, those after them only when the document has them."""
    place = document.district.name if document.district else ""
    main = (
        RecordRow("标题", _values(document.title), wide=True),
        RecordRow("发文机关", _values(*document.issuer_names, facet="issuer")),
        RecordRow("发文字号", _values(document.ref_no)),
        RecordRow("成文日期", _values(chinese_date(document.written_date))),
        RecordRow("印发日期", _values(chinese_date(document.printed_date))),
        RecordRow("区", _values(place, facet="district")),
        _themes(themes),
        RecordRow("公开属性", _values(document.disclosure)),
    )
    more = (
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
    if not getattr(document, "repealing", True):
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
    sections: list[Section],
    elements: list[DocumentElement],
    bookmarks: Mapping[str, int],
    former: Mapping[str, list[str]],
) -> tuple[PartView, ...]:
    groups = _by_part(sections)
    # A single part that only repeats the page's title leaves the second rank to its sections.
    shift = 0 if len(groups) == 1 and _repeats_title(groups[0][0], title) else 1
    parts, page = [], None
    for number, group in enumerate(groups, start=1):
        views = []
        for section in group:
            new_page = section.page if section.page != page else None
            page = section.page or page
            view = _view(section, title, shift, new_page, bookmarks)
            views.append(replace(view, former=tuple(former.get(section.anchor, ()))))
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


def _by_part(sections: list[Section]) -> list[list[Section]]:
    groups: list[list[Section]] = []
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


def _repeats_title(section: Section, title: str) -> bool:
    if section.level != 1:
        return False
    label = f"{section.number}{section.heading}"
    return not label or "".join(label.split()) == "".join(title.split())


def _view(
    section: Section,
    title: str,
    shift: int,
    new_page: int | None,
    bookmarks: Mapping[str, int],
) -> SectionView:
    headed = section.kind in {SectionKind.PART, SectionKind.HEADING} and bool(section.heading)
    paragraphs = tuple(line for line in section.text.split("\n") if line.strip())
    if not headed and not paragraphs and section.label:
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
        bookmark=bookmarks.get(section.anchor),
        ending=section.ending,
        hidden=headed and _repeats_title(section, title),
    )
