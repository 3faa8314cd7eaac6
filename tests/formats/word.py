"""Writes a manuscript as Word does: numbers typed or automatic, real footnotes, page breaks."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.extraction.build import NAMESPACES, level, package, run
from tests.formats.manuscript import Block, Kind, Manuscript, Run

_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_LEVELS = (
    level(0, "chineseCounting", "%1、", '<w:suff w:val="nothing"/>'),
    level(1, "chineseCounting", "（%2）", '<w:suff w:val="nothing"/>'),
    level(2, "decimal", "%3.", '<w:suff w:val="nothing"/>'),
    level(3, "decimal", "（%4）", '<w:suff w:val="nothing"/>'),
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SEPARATORS = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
    for kind, number, mark in (
        ("separator", -1, "separator"),
        ("continuationSeparator", 0, "continuationSeparator"),
    )
)
_ALIGNED = {
    Kind.LETTERHEAD: "center",
    Kind.REF_NO: "center",
    Kind.TITLE: "center",
    Kind.SIGNATURE: "right",
    Kind.DATE: "right",
}


def word(manuscript: Manuscript, *, automatic: bool) -> bytes:
    """A .docx; with ``automatic`` the numbers are Word's own and not part of the text."""
    part = 1
    body = ""
    for block in manuscript.blocks:
        if block.kind is Kind.PAGE:
            part += 1
            body += _PAGE
        else:
            body += _paragraph(block, part if automatic else 0)
    notes = "".join(
        f'<w:footnote w:id="{mark}"><w:p><w:r><w:footnoteRef/></w:r>{run(text)}</w:p></w:footnote>'
        for mark, text in manuscript.notes.items()
    )
    # Each part's list starts anew. (An override of the start would do in Word, but LibreOffice
    # loses it on the way to Word 97.)
    parts = range(1, part + 1)
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">{"".join(_LEVELS)}</w:abstractNum>'
        for number in parts
    ) + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in parts
    )
    return _package(body, {"numbering": lists, "footnotes": _SEPARATORS + notes})


def _package(body: str, parts: dict[str, str]) -> bytes:
    """A package with the relationships and types that office suites insist on."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}document.main+xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}{name}+xml"/>'
            for name in parts
        )
        + "</Types>",
        "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
        "word/_rels/document.xml.rels": _relationships({name: f"{name}.xml" for name in parts}),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    for name, inside in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name} {NAMESPACES}>{inside}</w:{name}>"
    return package(members)


def _relationships(targets: dict[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _paragraph(block: Block, part: int) -> str:
    properties = ""
    if block.number and part:
        properties = f'<w:numPr><w:ilvl w:val="{block.depth}"/><w:numId w:val="{part}"/></w:numPr>'
    elif block.kind in {Kind.BODY, Kind.IMPRINT}:
        properties = '<w:ind w:firstLineChars="200"/>'
    if block.kind in _ALIGNED:
        properties += f'<w:jc w:val="{_ALIGNED[block.kind]}"/>'
    number = block.number if not part else ""
    runs = [Run(number, black=block.runs[0].black), *block.runs]
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(_run(one) for one in runs)}</w:p>"


def _run(one: Run) -> str:
    made = run(one.text, "<w:b/>" if one.bold else "") if one.text else ""
    if one.note:
        made += f'<w:r><w:footnoteReference w:id="{escape(one.note)}"/></w:r>'
    return made
