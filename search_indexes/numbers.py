"""Finds documents by a 发文字号 in any form: whole, or with its year or serial still missing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from documents.models import Document
from documents.querysets import DocumentQuerySet
from search_indexes.results import NumberOffer

MOST = 8

_OPEN, _CLOSE = "〔﹝［\\[【(〈{", "〕﹞］\\]】)〉}"
# After NFKC, without blanks: 青科委〔2025〕1号 and its beginnings, 青科委2025年第1号, 青科委1号.
_PART = re.compile(
    rf"(?P<code>[\u3400-\u9fff]{{1,16}}?)"
    rf"(?:(?P<open>[{_OPEN}])?(?P<year>(?:19|20)\d\d)?年?(?P<close>[{_CLOSE}])?[-—]?)?"
    r"(?:第?(?P<serial>\d{1,5}))?(?P<sign>号)?"
)
_YEAR_BEGUN = re.compile(rf"(?P<code>[\u3400-\u9fff]{{1,16}})[{_OPEN}](?P<digits>[12]?\d{{0,2}})")


@dataclass(frozen=True, slots=True)
class Number:
    """What was typed of a number; ``whole`` when nothing of it is missing."""

    code: str
    year: int | None
    serial: int | None
    signed: bool

    @property
    def whole(self) -> bool:
        """Whether it has year and serial."""
        return self.year is not None and self.serial is not None


@dataclass(frozen=True, slots=True)
class Fitting:
    """Documents that fit: the one to go to, or the few to choose from."""

    jump: str | None = None
    offers: tuple[NumberOffer, ...] = ()


def read_number(text: str) -> Number | None:
    """*text* as a reference number or the beginning of one; ``None`` when it is something else.

    A code with neither a year, a serial nor an open bracket behind it is a plain word.
    """
    if len(text) > 60:
        return None
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    begun = _YEAR_BEGUN.fullmatch(bare)
    if begun:
        return Number(begun["code"], None, None, signed=False)
    match = _PART.fullmatch(bare)
    if match is None or not (match["year"] or match["serial"] or match["open"]):
        return None
    year, serial = (int(match[name]) if match[name] else None for name in ("year", "serial"))
    return Number(match["code"], year, serial, signed=bool(match["sign"]))


def fitting(text: str) -> Fitting:
    """Published documents whose number is *text*, or may become it when typed on.

    There is one to go to when the number is whole, or ends in 号, and just one document fits.
    """
    number = read_number(text)
    if number is None:
        return Fitting()
    found = list(_fitting(number).only("slug", "title", "ref_no")[: MOST + 1])
    if len(found) == 1 and (number.whole or number.signed):
        return Fitting(jump=found[0].get_absolute_url())
    offers = (NumberOffer(d.ref_no, d.title, d.get_absolute_url()) for d in found[:MOST])
    return Fitting(offers=tuple(offers))


def _fitting(number: Number) -> DocumentQuerySet:
    published = Document.objects.published().filter(ref_code=number.code)
    if number.year is not None:
        published = published.filter(ref_year=number.year)
    if number.serial is not None:
        exact = published.filter(ref_serial=number.serial)
        if number.signed or number.whole or exact.exists():
            published = exact
    return published.order_by("-ref_year", "ref_serial", "-pk")
