"""Opens the package of a Word document and puts its text together."""

from __future__ import annotations

import posixpath

from documents.extraction.archive import Archive
from documents.extraction.docx.body import BodyReader
from documents.extraction.docx.names import RELATIONSHIP, STRICT, TRANSITIONAL, W, child, value
from documents.extraction.docx.notes import Ignored, References, bodies, script_of
from documents.extraction.docx.numbering import Numbering
from documents.extraction.docx.runs import Pages
from documents.extraction.docx.styles import Styles
from documents.extraction.errors import Damaged, UnsupportedFormat
from documents.extraction.markup import Element, parse_xml
from documents.extraction.note_marks import Block, counted_anew
from documents.text.values import Footnote, Source, Warning

_MACROS = "文件含有宏，出于安全不予接受。请用 Word 或 WPS 另存为“.docx（不含宏）”后再上传。"


def read_docx(data: bytes) -> Source:
    """The blocks and notes of a Word document, numbers printed, tracked deletions left out.

    Pages are those that Word marked when it last laid the document out; without these marks
    the breaks that its author set are counted, and the number of pages is ``None``. Raises
    ``Damaged``, ``Encrypted``, ``LimitExceeded``, and ``UnsupportedFormat`` for macros.
    """
    package = _Package(Archive(data))
    body = child(package.part("document"), "body")
    if body is None:
        raise Damaged
    styles = Styles(package.part("styles"))
    numbering = Numbering(package.part("numbering"), styles)
    rendered = next(body.iter(f"{W}lastRenderedPageBreak"), None) is not None
    pages = Pages(known=rendered or _has_breaks(body), rendered=rendered)
    references = References()
    blocks: list[Block] = list(BodyReader(styles, numbering, references, pages).read(body))
    footnotes, numbers = _footnotes(package, styles, numbering, references)
    return Source(
        format="docx",
        blocks=counted_anew(blocks, numbers),
        footnotes=footnotes,
        pages=pages.current if rendered else None,
        warnings=_warnings(body),
    )


def _has_breaks(body: Element) -> bool:
    marks = ("pageBreakBefore", "sectPr")
    breaks = (value(mark, "type") == "page" for mark in body.iter(f"{W}br"))
    return any(breaks) or any(body.find(f".//{W}pPr/{W}{mark}") is not None for mark in marks)


class _Package:
    """The parts of the main document by the last word of their relationship's type."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        if any(name.lower().endswith("vbaproject.bin") for name in archive.names):
            raise UnsupportedFormat(_MACROS)
        main = self._targets("").get("officeDocument", "word/document.xml")
        if main not in archive:
            raise Damaged
        self._parts = self._targets(main) | {"document": main}

    def part(self, kind: str) -> Element | None:
        """The root of the part of ``kind`` (``styles``, ``footnotes`` …) where there is one."""
        name = self._parts.get(kind, f"word/{kind}.xml")
        if name not in self._archive:
            return None
        # Word's "Strict Open XML" is the same vocabulary under another name.
        return parse_xml(self._archive.read(name).replace(STRICT.encode(), TRANSITIONAL.encode()))

    def _targets(self, part: str) -> dict[str, str]:
        folder, name = posixpath.split(part)
        relationships = posixpath.join(folder, "_rels", f"{name}.rels")
        if relationships not in self._archive:
            return {}
        targets: dict[str, str] = {}
        for element in parse_xml(self._archive.read(relationships)).iterfind(RELATIONSHIP):
            if element.get("TargetMode") == "External":
                continue  # nothing outside the file is ever fetched
            kind = (element.get("Type") or "").rsplit("/", 1)[-1]
            target = posixpath.join("/", folder, element.get("Target") or "")
            targets.setdefault(kind, posixpath.normpath(target).lstrip("/"))
        return targets


def _footnotes(
    package: _Package, styles: Styles, numbering: Numbering, references: References
) -> tuple[tuple[Footnote, ...], dict[int, int]]:
    """The notes, and for each number that ``references`` gave the number of its note."""
    reader = BodyReader(styles, numbering, Ignored(), Pages(known=False))
    settings = package.part("settings") if references.seen else None
    notes: list[Footnote] = []
    numbers: dict[int, int] = {}
    for kind in ("footnote", "endnote"):
        wanted = [note_id for seen, note_id in references.seen if seen == kind]
        if not wanted:
            continue
        found = bodies(package.part(f"{kind}s"), kind)
        script = script_of(settings, kind)
        for position, note_id in enumerate(wanted):
            if note_id in found:
                text = reader.text(found[note_id]).strip()
                numbers[references.seen[kind, note_id]] = len(notes)
                notes.append(Footnote(script.mark(position), text))
    return tuple(notes), numbers


def _warnings(body: Element) -> tuple[Warning, ...]:
    """What an editor should know that the text does not show."""
    changes = sum(
        1 for name in ("ins", "del", "moveFrom", "moveTo") for _ in body.iter(f"{W}{name}")
    )
    if not changes:
        return ()
    message = f"文件里有 {changes} 处未接受的修订，已按“全部接受”读取。请核对后发布。"
    return (Warning("tracked-changes", message),)
