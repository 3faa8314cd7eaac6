"""Where in the source each value of a record was found, for people who check it."""

from __future__ import annotations

from collections.abc import Iterator

from documents.text.characters import skeleton
from documents.text.dates import find_dates, parse_date
from documents.text.validity import Stated, Validity
from documents.text.values import Element, ElementKind, Found, How, Record

_DATED = (ElementKind.WRITTEN_DATE, ElementKind.SIGNATURE, ElementKind.NOTE)
_NAMING = (ElementKind.LETTERHEAD, ElementKind.SIGNATURE, ElementKind.IMPRINT,
           ElementKind.TITLE, ElementKind.NOTE)  # fmt: skip
_OWN = {
    "recipients": ElementKind.RECIPIENTS,
    "cc": ElementKind.CC,
    "disclosure": ElementKind.DISCLOSURE,
}


def line_of(elements: list[Element], text: str) -> int | None:
    """The source line of the element with these words."""
    return next((element.line for element in elements if element.text == text), None)


def found_in(record: Record, elements: list[Element], stated: Validity) -> tuple[Found, ...]:
    """One entry a field that the record gives, in the record's order of fields."""
    found: list[Found] = []
    if record.title:
        found.append(Found("title", How.PRINTED, _title_lines(record.title, elements)))
    if record.issuers:
        found.append(Found("issuers", How.PRINTED, _issuer_lines(record.issuers, elements)))
    if record.ref_no:
        words = skeleton(record.ref_no)
        lines = _lines(e for e in elements if e.kind is ElementKind.REF_NO)
        lines = lines or _lines(e for e in elements if words in skeleton(e.text))
        found.append(Found("ref_no", How.PRINTED, lines))
    if record.written_date:
        found.append(Found("written_date", How.PRINTED, _dated(record, elements)))
    if record.printed_date:
        imprints = (e for e in elements if e.kind is ElementKind.IMPRINT and find_dates(e.text))
        found.append(Found("printed_date", How.PRINTED, _lines(imprints)))
    found.extend(_read_off(record))
    for field, kind in _OWN.items():
        if getattr(record, field):
            found.append(Found(field, How.PRINTED, _lines(e for e in elements if e.kind is kind)))
    found.extend(_force(stated))
    return tuple(found)


def _lines(elements: Iterator[Element]) -> tuple[int, ...]:
    return tuple(sorted({element.line for element in elements if element.line is not None}))


def _title_lines(title: str, elements: list[Element]) -> tuple[int, ...]:
    whole = skeleton(title)
    first = next((e.part for e in elements if e.kind is ElementKind.TITLE), 1)
    lines = _lines(
        e for e in elements
        if e.kind is ElementKind.TITLE and e.part == first and skeleton(e.text) in whole
    )  # fmt: skip
    # Where the document shows no title, the site's record gave it.
    notes = (e for e in elements if e.kind is ElementKind.NOTE and whole in skeleton(e.text))
    return lines or _lines(notes)[:1]


def _issuer_lines(issuers: tuple[str, ...], elements: list[Element]) -> tuple[int, ...]:
    """Lines of the form that name an issuer or an ending of its full name (区科委 for 市区科委)."""
    names = [skeleton(name) for name in issuers]

    def names_one(text: str) -> bool:
        words = skeleton(text)
        return any(name in words or (len(words) > 3 and name.endswith(words)) for name in names)

    return _lines(e for e in elements if e.kind in _NAMING and names_one(e.text))


def _dated(record: Record, elements: list[Element]) -> tuple[int, ...]:
    """The line that gives the date: the document's own before its history or a site's record."""
    for kind in _DATED:
        lines = _lines(e for e in elements if e.kind is kind and _gives(e.text, record))
        if lines:
            return lines[:1]
    return ()


def _gives(text: str, record: Record) -> bool:
    days = {day for _, _, day in find_dates(text)}
    return record.written_date in days if days else record.written_date == parse_date(text)


def _read_off(record: Record) -> Iterator[Found]:
    if record.district:
        yield Found("district", How.ISSUER if record.issuers else How.NUMBER)
    for field in ("document_type", "content_type"):
        if getattr(record, field):
            yield Found(field, How.TITLE)


def _force(stated: Validity) -> Iterator[Found]:
    for field, value in (("effective_date", stated.effective), ("expiry_date", stated.expiry)):
        if value is not None:
            yield Found(field, How.DERIVED if value.derived else How.PRINTED, _line(value))
    if stated.repeals:
        line = stated.repeal_line
        yield Found("repeals", How.PRINTED, (line,) if line is not None else ())


def _line(stated: Stated) -> tuple[int, ...]:
    return (stated.line,) if stated.line is not None else ()
