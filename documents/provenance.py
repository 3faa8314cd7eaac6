"""Where each value of the record comes from: what reading noted, held against what stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from documents.models import Document, IssuerCode, IssuerName
from documents.models.reference import called
from documents.source_view import Place, SourceText
from documents.text import How, Reading, Record, Source, Table

_DIGITS = "〇一二三四五六七八九"


class Confidence(Enum):
    """How sure a value of the record is, by where it comes from."""

    PRINTED = "原文照录"
    TITLE = "由标题推定"
    ISSUER = "由发文机关推定"
    NUMBER = "由文号推定"
    DERIVED = "由原文的日期推算"
    REGISTER = "由登记表推定"
    NOT_FOUND = "未找到"
    EMPTY = "未注明"

    @property
    def level(self) -> str:
        """``sure`` for what is printed, ``inferred``, ``unsure``, or ``none`` without a value."""
        return {"PRINTED": "sure", "NOT_FOUND": "unsure", "EMPTY": "none"}.get(
            self.name, "inferred"
        )


_BY_HOW = {
    How.PRINTED: Confidence.PRINTED,
    How.TITLE: Confidence.TITLE,
    How.ISSUER: Confidence.ISSUER,
    How.NUMBER: Confidence.NUMBER,
    How.DERIVED: Confidence.DERIVED,
    How.REGISTER: Confidence.REGISTER,
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a field's value comes from; ``read`` is what reading gave where that was another."""

    confidence: Confidence
    places: tuple[Place, ...] = ()
    read: str = ""


def with_text_lines(reading: Reading, source: Source) -> Reading:
    """The same reading, its places counted in lines of ``plain_text(source)``.

    Reading counts blocks; a table or a paragraph with breaks is one block and several lines.
    """
    first, line = [0], 1
    for block in source.blocks:
        first.append(line)
        line += len(block.rows) if isinstance(block, Table) else block.text.count("\n") + 1

    def moved(number: int) -> int:
        return first[number] if 0 < number < len(first) else number

    return replace(
        reading,
        found=tuple(replace(f, lines=tuple(map(moved, f.lines))) for f in reading.found),
        warnings=tuple(
            replace(w, line=moved(w.line)) if w.line is not None else w for w in reading.warnings
        ),
    )


def plain_text(source: Source) -> str:
    """The source's own text for comparing with the reading: a line a block, ``\f`` ends a page."""
    lines: list[str] = []
    page = 1
    for block in source.blocks:
        if block.page is not None and block.page > page:
            lines += ["\f"] * (block.page - page)
            page = block.page
        if isinstance(block, Table):
            lines += ["\t".join(_on_one_line(cell.text) for cell in row) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines).replace("\x00", "")


def _on_one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def found_rows(reading: Reading) -> list[dict[str, Any]]:
    """``Reading.found`` for the document's own column, each field with the value that was read."""
    return [
        {
            "field": found.field,
            "how": found.how.value,
            "lines": list(found.lines),
            "value": value_of(reading.record, found.field),
        }
        for found in reading.found
    ]


def value_of(record: Record, name: str) -> str:
    """One field of a record as text: names with 、 between them, days as ISO 8601."""
    value = getattr(record, name)
    if name == "repeals":
        return "、".join(called(repeal.title, repeal.ref_no) for repeal in record.repeals)
    return "、".join(value) if isinstance(value, tuple) else str(value or "")


def provenance_of(document: Document, source: SourceText) -> dict[str, Provenance]:
    """For each field of the record: how sure it is and where the source says it.

    What reading noted holds as long as the value is the one it read; a value that was corrected
    or given is searched in the whole source.
    """
    noted = {row["field"]: row for row in reversed(document.found)}
    return {
        name: _judged(present, noted.get(name), search, source)
        for name, (present, search) in _fields(document, source).items()
    }


Search = Callable[[Sequence[int]], Provenance]
"""Searches the printed forms of a value, in certain lines of the source if any are given."""


def _fields(document: Document, source: SourceText) -> dict[str, tuple[str, Search]]:
    """Each field's present value as text, and how it is looked for."""

    def printed(value: str) -> tuple[str, Search]:
        return value, lambda lines: _printed(source, [value], lines)

    def dated(day: date | None, near: str = "") -> tuple[str, Search]:
        forms = printed_dates(day) if day else ()
        return str(day or ""), lambda lines: _printed(source, forms, lines, near)

    texts = ("document_type", "content_type", "recipients", "cc", "disclosure")
    names = "、".join(document.issuer_names)
    place = document.district.name if document.district else ""
    return {
        "title": printed(document.title),
        "issuers": (names, lambda lines: _issuers(document, source, lines)),
        "ref_no": printed(document.ref_no),
        "written_date": dated(document.written_date),
        "printed_date": dated(document.printed_date, "印发"),
        "effective_date": dated(document.effective_date, "施行"),
        "expiry_date": dated(document.expiry_date, "有效"),
        "district": (place, lambda lines: _district(document, source)),
        **{name: printed(getattr(document, name)) for name in texts},
    }


def _judged(
    present: str, row: Mapping[str, Any] | None, search: Search, source: SourceText
) -> Provenance:
    if not present:
        return Provenance(Confidence.EMPTY, read=row["value"] if row else "")
    if row is None or row["value"] != present:
        return replace(search(()), read=row["value"] if row else "")
    how, lines = _BY_HOW[How(row["how"])], source.lines(row["lines"])
    if how is not Confidence.PRINTED:
        return Provenance(how, lines or search(()).places)
    exact = search(row["lines"])
    if not exact.places:
        exact = search(())
    return exact if exact.places or not lines else Provenance(how, lines)


def _printed(
    source: SourceText, forms: Iterable[str], lines: Sequence[int], near: str = ""
) -> Provenance:
    for form in filter(None, forms):
        if places := source.find(form, near, lines):
            return Provenance(Confidence.PRINTED, places)
    return Provenance(Confidence.NOT_FOUND)


def _issuers(document: Document, source: SourceText, lines: Sequence[int]) -> Provenance:
    names = document.issuer_names
    printed = [source.find(name, "", lines) for name in names]
    if all(printed):
        return Provenance(Confidence.PRINTED, tuple(p for places in printed for p in places))
    aliases = IssuerName.objects.filter(issuer__name__in=names).values_list("name", flat=True)
    known = [places for name in aliases if (places := source.find(name, "", lines))]
    places = tuple(p for places in [*printed, *known] for p in places)
    return Provenance(Confidence.REGISTER if known else Confidence.NOT_FOUND, places)


def _district(document: Document, source: SourceText) -> Provenance:
    if document.district is None:
        return Provenance(Confidence.EMPTY)
    of_issuers = {place.issuer.district_id for place in document.issuer_places.all()}
    named = any(document.district.name in name for name in document.issuer_names)
    if named or document.district_id in of_issuers:
        return Provenance(Confidence.REGISTER, _issuers(document, source, ()).places)
    codes = IssuerCode.objects.filter(code=document.ref_code, issuer__district=document.district)
    if document.ref_code and codes.exists():
        return Provenance(Confidence.NUMBER)
    return Provenance(Confidence.NOT_FOUND)


def printed_dates(day: date) -> tuple[str, ...]:
    """The ways in which official documents print a day."""
    year = "".join(_DIGITS[int(figure)] for figure in str(day.year))
    chinese = f"{year}年{_chinese(day.month)}月{_chinese(day.day)}日"
    return (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month:02}月{day.day:02}日",
        chinese,
        chinese.replace("〇", "○"),
        f"{day.year}-{day.month:02}-{day.day:02}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
    )


def _chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")
