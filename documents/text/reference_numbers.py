"""Reference numbers (发文字号): code, year and serial in any bracket or spacing (GB/T 9704)."""

from __future__ import annotations

import re

from documents.text.values import ReferenceNumber

_OPEN, _CLOSE = "〔﹝［\\[【（(〈", "〕﹞］\\]】）)〉"
_NUMBER = re.compile(
    rf"([\u3400-\u9fff]{{1,16}})\s*[{_OPEN}]\s*((?:[12１２][\d]{{3}}))\s*(?:年)?\s*[{_CLOSE}]"
    r"\s*(?:第\s*)?(\d{1,5})\s*号"
)
# Words that run into the code when a number is cited within a sentence: 根据国发〔2023〕15号.
_LEAD_IN = re.compile(
    r".*(?:根据|按照|依据|参照|印发的?|文号|编号|依照|的|和|与|及|以|即|见|原|由|对)(?=..)"
)
_CODE_ORDER = re.compile(
    r"[\u3400-\u9fff]{2,30}?令\s*(?:[（(]?第\s*[\d〇○零一二三四五六七八九十百]{1,6}\s*号[）)]?)"
)


def _value(match: re.Match[str], *, cited: bool) -> ReferenceNumber:
    code = match.group(1)
    if cited:
        code = _LEAD_IN.sub("", code)
    return ReferenceNumber(code, int(match.group(2)), int(match.group(3)))


def parse_reference_number(text: str) -> ReferenceNumber | None:
    """Reads ``text`` as one reference number; ``None`` when it is anything else.

    青科委〔2025〕1号, 青科委[2025]第 1 号 and 青科委（2025）1号 are the same number.
    """
    match = _NUMBER.fullmatch("".join(text.split())) if len(text) < 80 else None
    return _value(match, cited=False) if match else None


def find_reference_numbers(text: str) -> tuple[ReferenceNumber, ...]:
    """All reference numbers cited in ``text``, in order, repeats included."""
    return tuple(_value(match, cited=True) for match in _NUMBER.finditer(text))


def find_order_number(text: str) -> str | None:
    """The number of an order (…国务院令第62号) in ``text``, as printed; else ``None``."""
    match = _CODE_ORDER.search(text[:400])
    if match is None:
        return None
    return "".join(match.group().split())
