"""Reads bookmarks back from the CSV and Markdown files that documents.bookmark_export writes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from documents import bookmarks, folders, word_marks
from documents.models import Bookmark, Document, Section
from documents.word_marks import Wanted, WordsRefused

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
LONGEST_NOTE = 2000

COMMENT = re.compile(
    r"<!-- bookmark (\S{1,100}) (\S{1,100}) ([0-9a-f]{12,64})(?: ([0-9T:+-]{19,25}))?"
    r"(?: words (\d{1,9}))? -->"
)
ESCAPED = re.compile(r"\\(.)")


class ImportRefused(Exception):
    """The whole file cannot be read; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bookmark of a file; ``line`` is where it stands there, from 1.

    ``words`` are those marked inside the section, ``start`` is where they begin in it.
    """

    line: int
    document: str
    anchor: str
    fingerprint: str
    heading: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    kept_at: datetime | None = None
    words: str = ""
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out, and why."""

    line: int
    what: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What an import did."""

    added: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


def rows_of(name: str, content: bytes) -> list[Row]:
    """The bookmarks in a file called *name*. Raises ImportRefused."""
    if len(content) > MOST_BYTES:
        raise ImportRefused(f"文件超过 {MOST_BYTES >> 20} MB，请分成几份再导入。")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            "文件不是 UTF-8 编码。请用从这里导出的文件，或另存为 UTF-8。"
        ) from error
    text = text.replace("\0", "")
    read = _from_markdown if name.lower().endswith((".md", ".markdown")) else _from_csv
    rows = []
    for row in read(text):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise ImportRefused(f"超过 {MOST_ROWS} 行，请分成几份再导入。")
    if not rows:
        raise ImportRefused("没有读到书签。请用从这里导出的 CSV 或 Markdown 文件。")
    return rows


def _from_csv(text: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"文件编号", "锚点"} <= set(reader.fieldnames or ()):
        raise ImportRefused("缺少“文件编号”和“锚点”两列。请用从这里导出的 CSV 文件。")
    try:
        for cells in reader:
            values = {
                name: unescaped(cell) if isinstance(cell, str) else ""
                for name, cell in cells.items()
                if name
            }
            start = values.get("词句起点", "").strip()
            at = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else None
            yield Row(
                words=values.get("摘录", "") if at is not None else "",
                start=at,
                line=reader.line_num,
                document=values["文件编号"].strip(),
                anchor=values["锚点"].strip(),
                fingerprint=values.get("指纹", "").strip().lower(),
                heading=values.get("章节", ""),
                note=values.get("笔记", ""),
                tags=_names(values.get("标签", "")),
                folders=_names(values.get("书签夹", "")),
                kept_at=_moment(values.get("收藏时间", "")),
            )
    except csv.Error as error:
        raise ImportRefused(f"第 {reader.line_num} 行不是规范的 CSV：{error}。") from error


def unescaped(cell: str) -> str:
    """The cell without the apostrophe that kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") else cell


def _from_markdown(text: str) -> Iterator[Row]:
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if COMMENT.fullmatch(line.strip())]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        match = COMMENT.fullmatch(lines[start].strip())
        if match is None:
            continue
        heading = re.match(r"### \[((?:\\.|[^\\\]])*)\]", lines[start - 1]) if start else None
        parts = {"笔记": "", "标签": "", "书签夹": ""}
        words = ""
        for block in re.split(r"\n{2,}", "\n".join(lines[start + 1 : end])):
            if match[5] and not words and block.lstrip().startswith("> "):
                words = _shown(block.lstrip()[2:])
            label, colon, rest = block.strip().partition("：")
            if colon and label in parts and not parts[label]:
                parts[label] = _shown(rest)
        yield Row(
            words=words,
            start=int(match[5]) if match[5] else None,
            line=start + 1,
            document=match[1],
            anchor=match[2],
            fingerprint=match[3],
            heading=_shown(heading[1]) if heading else "",
            note=parts["笔记"],
            tags=_names(parts["标签"]),
            folders=_names(parts["书签夹"]),
            kept_at=_moment(match[4] or ""),
        )


def _shown(text: str) -> str:
    """What CommonMark shows: hard line ends as ends of line, escaped characters as themselves."""
    return "\n".join(ESCAPED.sub(r"\1", line) for line in text.split("\\\n"))


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip()[:30] for name in text.split("、"))))


def _moment(text: str) -> datetime | None:
    """A moment of this century that is past, with its offset; anything else is none at all."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    known = moment.tzinfo is not None and moment.year > 2000
    return moment if known and moment <= timezone.now() else None


@transaction.atomic
def take_in_rows(user: User, rows: list[Row]) -> ImportReport:
    """Adds the bookmarks of *rows* to the user's; doing it twice adds nothing.

    A passage is found by its fingerprint, so that none is put on other words. A note never
    replaces one that is there.
    """
    report = ImportReport()
    published = Document.objects.published()
    documents = {row.public_id: row for row in published.filter(public_id__in=_ids(rows))}
    for row in rows:
        document = documents.get(row.document)
        what = (row.heading or f"{row.document} {row.anchor}")[:80]
        if document is None:
            report.refused.append(Refused(row.line, what, "这里没有这份文件，或已撤下。"))
            continue
        section = _section(document, row)
        if section is None:
            reason = "原文已变动，对不上收藏时的文字。"
            report.refused.append(Refused(row.line, what, reason))
            continue
        try:
            bookmark, known = _added(user, section, row)
        except WordsRefused as refusal:
            report.refused.append(Refused(row.line, what, str(refusal)))
            continue
        report.known += known
        report.added += not known
        if not known and row.kept_at:
            Bookmark.objects.filter(pk=bookmark.pk).update(created_at=row.kept_at)
        _complete(user, bookmark, row)
    return report


def _added(user: User, section: Section, row: Row) -> tuple[Bookmark, bool]:
    """The bookmark of *row*, and whether the user had it before."""
    document = section.document
    if row.start is None:
        known = section.anchor in bookmarks.own(user, document)
        return bookmarks.add(user, document, section.anchor), known
    wanted = Wanted(section.anchor, row.words, start=row.start)
    marked = word_marks.find(document, wanted)
    if marked.quote is None:
        raise WordsRefused("这一节里有几处同样的文字，分不清是哪一处。")
    keys = {each.pk for each, _ in bookmarks.own_found(user, document)}
    bookmark = word_marks.add(user, marked)
    return bookmark, bookmark.pk in keys


def _ids(rows: list[Row]) -> set[str]:
    return {row.document for row in rows}


def _section(document: Document, row: Row) -> Section | None:
    there = document.sections.filter(anchor=row.anchor).first()
    if not row.fingerprint:
        return there
    if there is not None and there.fingerprint.startswith(row.fingerprint):
        return there
    same = list(document.sections.filter(fingerprint__startswith=row.fingerprint)[:2])
    return same[0] if len(same) == 1 else None


def _complete(user: User, bookmark: Bookmark, row: Row) -> None:
    if row.note and not bookmark.note:
        bookmarks.annotate(bookmark, row.note[:LONGEST_NOTE])
    if row.tags:
        bookmarks.tag(bookmark, [*(tag.name for tag in bookmark.tags.all()), *row.tags])
    if row.folders:
        wanted = [folders.create(user, name) for name in row.folders]
        folders.put(bookmark, [*bookmark.folders.all(), *wanted])
