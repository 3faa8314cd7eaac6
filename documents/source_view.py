"""The source's text line by line, with the places where the record's values were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from documents.models import Document, IssuerCode, IssuerName
from documents.text import fold

_SEARCHED = 400_000  # characters; the record stands at the beginning and the end
_DIGITS = "〇一二三四五六七八九"
_BRACKETS = str.maketrans("[]【】()﹝﹞", "〔〕〔〕〔〕〔〕")


class Confidence(Enum):
    """How sure a value of the record is, by where it comes from."""

    PRINTED = "原文照录"
    REGISTER = "由登记表推定"
    NUMBER = "由文号推定"
    NOT_FOUND = "未找到"
    EMPTY = "未注明"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: 1-based line of the whole source, page and line on that page."""

    line: int
    page: int | None
    line_on_page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the value of one field of the record comes from."""

    confidence: Confidence
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line; ``found`` says that a value of the record stands there."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the source; ``number`` counts through the whole of it."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page's lines; ``number`` is ``None`` where the source has no pages."""

    number: int | None
    lines: tuple[SourceLine, ...]


@dataclass(slots=True)
class SourceText:
    """The text of an original, searched for printed forms whatever their spacing and width."""

    text: str
    _letters: str = field(init=False)
    _offsets: list[int] = field(init=False)
    _lines: list[tuple[int, int | None, int, str]] = field(init=False)

    def __post_init__(self) -> None:
        text = self.text[:_SEARCHED]
        folded = {
            character: "".join(fold(character).translate(_BRACKETS).split())
            for character in set(text)
        }
        pairs = [
            (letter, offset)
            for offset, character in enumerate(text)
            for letter in folded[character]
        ]
        self._letters = "".join(letter for letter, _ in pairs)
        self._offsets = [offset for _, offset in pairs]
        self._lines = []
        page, line, offset = (1 if "\f" in self.text else None), 0, 0
        for printed in self.text.split("\n"):
            if printed == "\f":
                page, line = (page or 1) + 1, 0
            else:
                line += 1
                self._lines.append((offset, page, line, printed))
            offset += len(printed) + 1

    def find(self, wanted: str, near: str = "") -> tuple[Place, ...]:
        """Where *wanted* is printed first, one place a line it runs over; nothing if nowhere.

        With *near*, a place in a line that also says this comes before an earlier one.
        """
        needle = "".join(fold(wanted).translate(_BRACKETS).split())
        found: list[tuple[Place, ...]] = []
        at = self._letters.find(needle) if needle else -1
        while at >= 0:
            places = self._places(self._offsets[at], self._offsets[at + len(needle) - 1] + 1)
            if not near or near in self._lines[places[0].line - 1][3]:
                return places
            found.append(places)
            at = self._letters.find(needle, at + 1)
        return found[0] if found else ()

    def _places(self, start: int, end: int) -> tuple[Place, ...]:
        return tuple(
            Place(number, page, line, max(start - offset, 0), min(end - offset, len(printed)))
            for number, (offset, page, line, printed) in enumerate(self._lines, 1)
            if offset < end and start < offset + len(printed)
        )

    def pages(self, places: Iterable[Place]) -> tuple[SourcePage, ...]:
        """All lines by page, the given places marked in them; pages without text are empty."""
        by_line: dict[int, list[Place]] = {}
        for place in places:
            by_line.setdefault(place.line, []).append(place)
        lines: dict[int | None, list[SourceLine]] = {}
        for number, (_, page, _, printed) in enumerate(self._lines, 1):
            line = SourceLine(number, _pieces(printed, by_line.get(number, [])))
            lines.setdefault(page, []).append(line)
        pages = range(1, self.text.count("\f") + 2) if "\f" in self.text else [None]
        return tuple(SourcePage(page, tuple(lines.get(page, []))) for page in pages)


def _pieces(line: str, places: Sequence[Place]) -> tuple[Piece, ...]:
    made, at = [], 0
    for place in sorted(places, key=lambda place: place.start):
        if place.end <= at:
            continue
        start = max(place.start, at)
        made += [Piece(line[at:start]), Piece(line[start : place.end], found=True)]
        at = place.end
    made.append(Piece(line[at:]))
    return tuple(piece for piece in made if piece.text)


def provenance_of(document: Document, source: SourceText) -> dict[str, Provenance]:
    """For each field of the record: how sure it is and where the source says it."""
    issuers = _issuers(document, source)
    found = {
        "title": _printed(source, document.title),
        "issuers": issuers,
        "ref_no": _printed(source, document.ref_no),
        "written_date": _date(source, document.written_date),
        "printed_date": _date(source, document.printed_date, near="印发"),
        "effective_date": _date(source, document.effective_date, near="施行"),
        "district": _district(document, issuers),
    }
    for name in ("document_type", "content_type", "recipients", "cc", "disclosure"):
        found[name] = _printed(source, getattr(document, name))
    return found


def _printed(source: SourceText, *forms: str) -> Provenance:
    if not any(forms):
        return Provenance(Confidence.EMPTY)
    for form in filter(None, forms):
        if places := source.find(form):
            return Provenance(Confidence.PRINTED, places)
    return Provenance(Confidence.NOT_FOUND)


def _issuers(document: Document, source: SourceText) -> Provenance:
    names = document.issuer_names
    if not names:
        return Provenance(Confidence.EMPTY)
    printed = [source.find(name) for name in names]
    if all(printed):
        return Provenance(Confidence.PRINTED, tuple(p for places in printed for p in places))
    aliases = IssuerName.objects.filter(issuer__name__in=names).values_list("name", flat=True)
    known = [places for name in aliases if (places := source.find(name))]
    places = tuple(p for places in [*printed, *known] for p in places)
    return Provenance(Confidence.REGISTER if known else Confidence.NOT_FOUND, places)


def _district(document: Document, issuers: Provenance) -> Provenance:
    if document.district is None:
        return Provenance(Confidence.EMPTY)
    of_issuers = {place.issuer.district_id for place in document.issuer_places.all()}
    named = any(document.district.name in name for name in document.issuer_names)
    if named or document.district_id in of_issuers:
        return Provenance(Confidence.REGISTER, issuers.places)
    codes = IssuerCode.objects.filter(code=document.ref_code, issuer__district=document.district)
    if document.ref_code and codes.exists():
        return Provenance(Confidence.NUMBER)
    return Provenance(Confidence.NOT_FOUND)


def _date(source: SourceText, day: date | None, near: str = "") -> Provenance:
    if day is None:
        return Provenance(Confidence.EMPTY)
    for form in printed_dates(day):
        if places := source.find(form, near):
            return Provenance(Confidence.PRINTED, places)
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


@dataclass(frozen=True, slots=True)
class PlacedWarning:
    """A warning with where to look: ``target`` is an id of the review page, or empty."""

    message: str
    target: str


def warnings_of(document: Document, source: SourceText) -> tuple[PlacedWarning, ...]:
    """The reading's warnings; each leads to its section, else to its line in the source."""
    anchors = set(document.sections.values_list("anchor", flat=True))
    made = []
    for warning in document.warnings:
        anchor, line = warning.get("anchor"), warning.get("line")
        target = anchor if anchor in anchors else f"L{line}" if line and source.text else ""
        made.append(PlacedWarning(warning["message"], target))
    return tuple(made)
