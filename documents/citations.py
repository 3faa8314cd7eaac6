"""Cites a document or one passage of it in the forms that writers of papers and memos need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from documents.text.values import SectionKind

MOST_AUTHORS = 3
"""GB/T 7714-2015, 8.1.2: beyond three responsible bodies the rest is 等."""

FINGERPRINT_LENGTH = 12
"""Hex digits of a section's fingerprint in a citation: 48 bits tell any two wordings apart."""

_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#",
        "_": r"\_", "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip
_OPEN_END = re.compile(r"[、．.,，]$")


class Sectioned(Protocol):
    """What a path needs of a section; sections come in reading order with their levels."""

    @property
    def anchor(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def heading(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: the document's record, where in it (``path``), and an address that lasts.

    ``key`` is the entry's name in BibTeX; unknown elements are empty and then left out.
    """

    title: str
    url: str
    key: str
    issuers: tuple[str, ...] = ()
    ref_no: str = ""
    written: date | None = None
    path: str = ""


def paths_of(sections: Iterable[Sectioned], title: str) -> dict[str, str]:
    """Where every section stands, by anchor: ``一、（二）二是``, ``《附件名》第五条``.

    Sections come in reading order. A part is named when its heading is not *title*; a section
    without number by its heading; 一、 at the end takes its heading along, since a number with
    an open mark behind it reads as cut off. The document itself has an empty path.
    """
    paths: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for section in sections:
        while above and above[-1][0] >= section.level:
            above.pop()
        before = above[-1][1] if above else ""
        paths[section.anchor] = before + _last_step(section, title)
        above.append((section.level, before + _step(section, title)))
    return paths


def with_paragraph(path: str, paragraph: int) -> str:
    """*path* with the paragraph counted from 1 within its section; 0 is the whole section."""
    words = f"第{paragraph}段" if paragraph else ""
    return "，".join(piece for piece in (path, words) if piece)


def official(cited: Cited) -> str:
    """发文机关《标题》（文号），成文日期，一、（二）二是.

    The title comes first and the number behind it, as official documents cite one another
    (《国家行政机关公文处理办法》第二十五条).
    """
    number = f"（{cited.ref_no}）" if cited.ref_no else ""
    head = f"{'、'.join(cited.issuers)}《{_inner(cited.title)}》{number}"
    pieces = [head, _chinese(cited.written), cited.path]
    return "，".join(piece for piece in pieces if piece)


def gb7714(cited: Cited, opened: date) -> str:
    """By GB/T 7714-2015, 4.6 (electronic resource); *opened* is the day it was consulted.

    Z (其他) is the type that annex B leaves to documents no other letter fits; the passage
    stands where the page numbers would.
    """
    authors = "，".join(cited.issuers[:MOST_AUTHORS])
    if len(cited.issuers) > MOST_AUTHORS:
        authors += "，等"
    title = f"{cited.title}：{cited.ref_no}" if cited.ref_no else cited.title
    day = f"({cited.written.isoformat()})" if cited.written else ""
    front = f"{authors}. " if authors else ""
    return f"{front}{title}[Z/OL]. {cited.path}{day}[{opened.isoformat()}]. {cited.url}."


def bibtex(cited: Cited, opened: date) -> str:
    """A BibTeX entry; TeX's own characters are escaped, braces keep bodies' names whole."""
    bodies = " and ".join(f"{{{body.translate(_BIBTEX)}}}" for body in cited.issuers)
    fields = {
        "author": bodies,
        "title": f"{{{cited.title.translate(_BIBTEX)}}}",
        "number": cited.ref_no.translate(_BIBTEX),
        "year": str(cited.written.year) if cited.written else "",
        "date": cited.written.isoformat() if cited.written else "",
        "note": cited.path.translate(_BIBTEX),
        "url": cited.url,
        "urldate": opened.isoformat(),
        "langid": "chinese",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}"])


def with_source(text: str, cited: Cited) -> str:
    """The words with where they stand, for pasting into a memo."""
    return f"{text.strip()}\n——{official(cited)}\n{cited.url}"


def _step(section: Sectioned, title: str) -> str:
    """How the section is named inside a longer path."""
    if section.kind == SectionKind.PART:
        name = f"{section.number}{section.heading}"
        same = "".join(name.split()) == "".join(title.split())
        return "" if same or not name else f"《{_inner(name)}》"
    if section.number:
        return section.number.strip()
    return f"“{section.heading}”" if section.heading else ""


def _last_step(section: Sectioned, title: str) -> str:
    """How the section is named where the path ends with it."""
    step = _step(section, title)
    if section.kind == SectionKind.PART or not _OPEN_END.search(step):
        return step
    return f"{step}{section.heading}" if section.heading else _OPEN_END.sub("", step)


def _inner(title: str) -> str:
    """Inside 《》 the inner title marks are 〈〉 (GB/T 15834-2011, 4.15.3.2)."""
    return title.replace("《", "〈").replace("》", "〉")


def _chinese(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
