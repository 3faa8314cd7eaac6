"""How much of a document's own reading another format gives back."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from documents.text import Reading, Section

_STRAIGHT = str.maketrans("“”‘’—–－", "\"\"''---")

Key = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``share`` of the sections that are equal, and those missing or read otherwise."""

    share: float
    missing: tuple[Key, ...]
    extra: tuple[Key, ...]


def compare(expected: Reading, found: Reading) -> Comparison:
    """Sections equal in level, number, heading and text, over the larger count of sections.

    White space is left out and characters are compared in NFKC, since full and half width are
    a matter of the typeface; quotation marks and dashes are compared without their direction.
    """
    wanted, got = _keys(expected), _keys(found)
    blocks = difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    equal = sum(block.size for block in blocks)
    kept = {key for block in blocks for key in wanted[block.a : block.a + block.size]}
    return Comparison(
        equal / max(len(wanted), len(got), 1),
        tuple(key for key in wanted if key not in kept),
        tuple(key for key in got if key not in kept),
    )


def _keys(reading: Reading) -> list[Key]:
    return [_key(section) for section in reading.sections]


def _key(section: Section) -> Key:
    words = (section.number, section.heading, section.text)
    number, heading, text = (folded(word or "") for word in words)
    return section.level, number, heading, text


def folded(text: str) -> str:
    """``text`` as it is compared: without white space, width and direction of signs."""
    text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    return re.sub(r"\s", "", text)
