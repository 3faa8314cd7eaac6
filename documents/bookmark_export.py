"""Writes bookmarks as Word, Markdown, CSV and BibTeX files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from documents import bookmarks, folders
from documents.bookmark_notes import notes_in
from documents.models import Bookmark, Document, Folder
from documents.page import chinese_date

CSV_COLUMNS = (
    "文件", "发文机关", "发文字号", "成文日期", "章节", "摘录", "笔记", "标签", "书签夹",
    "收藏时间", "地址", "文件编号", "锚点", "指纹", "词句起点", "脚注",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""Beginnings of a cell that a spreadsheet would run, or that mark an escaped one (OWASP)."""

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "bib": "application/x-bibtex; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """One bookmark with all that a file says of it; ``changed`` as on the list page.

    ``footnotes`` are the document's notes, mark and text, whose marks stand in what is kept.
    """

    bookmark: Bookmark
    document: Document
    url: str
    changed: bool
    tags: tuple[str, ...]
    folders: tuple[str, ...]
    footnotes: tuple[tuple[str, str], ...] = ()

    @property
    def start(self) -> str:
        """Where words inside a section begin in it, in characters; empty for a whole section."""
        return str(self.bookmark.words_start) if self.bookmark.words else ""

    @property
    def heading(self) -> str:
        """Number and heading, or that it is the whole text."""
        return self.bookmark.heading or "全文"

    @property
    def source(self) -> str:
        """发文机关《标题》（文号），成文日期."""
        day = chinese_date(self.document.written_date)
        number = f"（{self.document.ref_no}）" if self.document.ref_no else ""
        issuers = "、".join(self.document.issuer_names)
        return f"{issuers}《{self.document.title}》{number}{'，' if day else ''}{day}"


def collect(user: User, folder: Folder | None, base: str) -> list[Exported]:
    """All bookmarks of *user*, or a folder's in its order; *base* is scheme and host.

    Withdrawn documents are left out: their text is not for handing on.
    """
    if folder is None:
        rows = bookmarks.chosen(user, bookmarks.Wanted())
        keys = bookmarks.in_reading_order(rows)
    else:
        keys = folders.keys_in_order(folder)
    names = {row.pk: row.name for row in folders.own(user)}
    marks = bookmarks.kept(keys)
    documents = Document.objects.published().for_listing()
    notes = notes_in(marks)
    held = documents.in_bulk({mark.bookmark.document_id for mark in marks})
    found = []
    for mark in marks:
        document = held.get(mark.bookmark.document_id)
        if document is None:
            continue
        place = f"#{mark.anchor}" if mark.anchor else ""
        found.append(
            Exported(
                mark.bookmark,
                document,
                f"{base}{document.get_absolute_url()}{place}",
                mark.changed,
                mark.tags,
                tuple(sorted(names[key] for key in mark.folders if key in names)),
                notes.get(mark.bookmark.pk, ()),
            )
        )
    return found


def write(form: str, rows: Sequence[Exported], title: str) -> bytes:
    """The text file in one of WRITERS; raises KeyError for another."""
    return WRITERS[form](rows, title)


def as_csv(rows: Sequence[Exported], title: str) -> bytes:
    """RFC 4180 with a byte order mark, for spreadsheets; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        mark, document = row.bookmark, row.document
        cells = (
            document.title, "、".join(document.issuer_names), document.ref_no,
            document.written_date.isoformat() if document.written_date else "",
            row.heading, mark.quote, mark.note, "、".join(row.tags), "、".join(row.folders),
            mark.created_at.isoformat(timespec="seconds"), row.url, document.public_id,
            mark.anchor, mark.fingerprint, row.start,
            "\n".join(f"{sign} {text}" for sign, text in row.footnotes),
        )  # fmt: skip
        writer.writerow([escaped(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def escaped(cell: str) -> str:
    """*cell* so that no spreadsheet runs it: an apostrophe in front of what could begin one."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_markdown(rows: Sequence[Exported], title: str) -> bytes:
    """CommonMark; a comment after each heading lets the portal read the file back."""
    out = [f"# {plain(title)}", ""]
    document = None
    for row in rows:
        if row.document != document:
            document = row.document
            out += [f"## {plain(row.source)}", ""]
        mark = row.bookmark
        out += [
            f"### [{plain(row.heading)}](<{row.url}>)",
            f"<!-- bookmark {document.public_id} {mark.anchor} {mark.fingerprint}"
            f" {mark.created_at.isoformat(timespec='seconds')}"
            f"{f' words {row.start}' if row.start else ''} -->",
            "",
        ]
        if row.changed:
            out += ["**原文已变动**，下面是收藏时的摘录。", ""]
        if mark.quote:
            out += [f"> {plain(mark.quote)}", ""]
        for sign, text in row.footnotes:
            out += [f"原注{plain(sign)}：{plain(text)}", ""]
        if mark.note:
            lines = [plain(line) for line in mark.note.splitlines()]
            out += ["笔记：" + "\\\n".join(lines), ""]
        for label, names in (("标签", row.tags), ("书签夹", row.folders)):
            if names:
                out += [f"{label}：{'、'.join(map(plain, names))}", ""]
    return "\n".join(out).encode()


def plain(text: str) -> str:
    """*text* as CommonMark that shows the very same characters on one line."""
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~&$^=:\"'])", r"\\\1", " ".join(text.splitlines()))


def as_bibtex(rows: Sequence[Exported], title: str) -> bytes:
    """One entry a document; the marked sections stand in its note."""
    entries: dict[int, list[Exported]] = {}
    for row in rows:
        entries.setdefault(row.document.pk, []).append(row)
    return "\n".join(_entry(group) for group in entries.values()).encode()


def _entry(group: list[Exported]) -> str:
    document = group[0].document
    fields = {
        "title": f"{{{tex(document.title)}}}",
        "institution": "{" + tex("、".join(document.issuer_names)) + "}",
        "number": tex(document.ref_no),
        "date": document.written_date.isoformat() if document.written_date else "",
        "year": str(document.written_date.year) if document.written_date else "",
        "url": group[0].url.partition("#")[0],
        "note": tex("；".join(map(_place, group))),
        "langid": "chinese",
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@techreport{{{document.slug},\n{body}}}\n"


def _place(row: Exported) -> str:
    return f"{row.heading}“{row.bookmark.words}”" if row.bookmark.words else row.heading


def tex(text: str) -> str:
    """*text* with TeX's own characters escaped."""
    named = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    pieces = (named.get(c, f"\\{c}" if c in "{}%&$#_" else c) for c in " ".join(text.split()))
    return "".join(pieces)


WRITERS = {"csv": as_csv, "md": as_markdown, "bib": as_bibtex}
