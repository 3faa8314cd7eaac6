"""Chinese, full-width, circled and Arabic numerals as whole numbers."""

from __future__ import annotations

import unicodedata

DIGITS = "〇○Ｏ零一二三四五六七八九十百千两"
_VALUES = {"〇": 0, "○": 0, "Ｏ": 0, "零": 0, "两": 2} | {
    character: value for value, character in enumerate("一二三四五六七八九", start=1)
}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int | None:
    """Reads 二十三 as 23 and 一百零五 as 105; ``None`` for anything that is no such number."""
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _VALUES:
            digit = _VALUES[character]
        else:
            return None
    return total + digit if text else None


def digits_as_read(text: str) -> str | None:
    """Reads 二〇二五 figure by figure as 2025; ``None`` when a character is no figure."""
    figures = [_VALUES.get(character) for character in text]
    if None in figures or not figures:
        return None
    return "".join(str(figure) for figure in figures)


def number(text: str) -> int | None:
    """Reads a numeral in any of the scripts above; ``None`` when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain[:9])
    return chinese_number(text.strip())
