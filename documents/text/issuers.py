"""Names of issuing bodies: what looks like one, and where letterheads and titles give them."""

from __future__ import annotations

import re

_ENDINGS = (
    "人民政府|办公室|办公厅|委员会|管委会|党组|党委|协会|学会|联合会|总工会|法院|检察院|国务院|中国人民银行|"
    "局|厅|部|署|院|委|办|处|中心|银行|总局|集团|公司|会|社|联盟|指挥部|领导小组|海关|支行|分行|政协|组"
)
_NAME = re.compile(
    rf"[\u4e00-\u9fff（）()、·]{{1,40}}(?:{_ENDINGS})(?:[（(][\u4e00-\u9fff]{{1,12}}[）)])?"
)
_TITLE_HEAD = re.compile(
    rf"^([\u4e00-\u9fff（）、\s]{{1,60}}?(?:{_ENDINGS}))\s*(?:关于|印发|转发|批转)"
)
_PERSON = re.compile(
    r"(?:省长|市长|区长|县长|主席|总理|部长|主任|局长|院长)\s*[:：]?\s*[\u4e00-\u9fff]{1,2}\s?[\u4e00-\u9fff]{1,2}$"
)


BODY_LAST = frozenset(word[-1] for word in _ENDINGS.split("|")) | set("）)")
"""The last characters a body's name can have: a quick look before the patterns."""


def is_body_name(text: str) -> bool:
    """Whether ``text`` is the name of a body and nothing else (spaces set aside)."""
    compact = "".join(text.split())
    return (
        2 <= len(compact) <= 44
        and compact[-1] in BODY_LAST
        and _NAME.fullmatch(compact) is not None
    )


def bodies_in(text: str) -> tuple[str, ...]:
    """Splits a line of names: several signers stand side by side with spaces between them.

    Letter-spaced names (国 务 院) have pieces of one or two characters and are one name.
    """
    pieces = _letters_joined(text.split())
    if len(pieces) > 1 and all(len(piece) > 2 and is_body_name(piece) for piece in pieces):
        return tuple(body for piece in pieces for body in _listed(piece))
    compact = "".join(pieces)
    return _listed(compact) if is_body_name(compact) else ()


def _letters_joined(pieces: list[str]) -> list[str]:
    """Single characters in a row are one letter-spaced word."""
    joined: list[str] = []
    single = False
    for piece in pieces:
        if len(piece) == 1 and single:
            joined[-1] += piece
        else:
            joined.append(piece)
        single = len(piece) == 1
    return joined


def _listed(text: str) -> tuple[str, ...]:
    """最高人民法院、最高人民检察院 are two bodies; 教育、科技委员会 is one."""
    names = text.split("、")
    return tuple(names) if all(len(name) > 2 and is_body_name(name) for name in names) else (text,)


def body_in_title(title: str) -> tuple[str, ...]:
    """The bodies a title opens with: 国务院办公厅关于… → 国务院办公厅."""
    match = _TITLE_HEAD.match(title.strip())
    if match is None:
        return ()
    pieces = match.group(1).split()
    if len(pieces) > 1 and all(len(piece) > 2 and is_body_name(piece) for piece in pieces):
        return tuple(pieces)
    return _listed("".join(pieces))


def fuller_names(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Replaces each name by a longer one in ``others`` that ends in it: its fullest form."""
    full = []
    for name in names:
        # Two signers without a space between them are no fuller name of the second.
        rest = [each for each in names if each != name]
        longer = [o for o in others if o.endswith(name) and not any(each in o for each in rest)]
        best = max([name, *longer], key=len)
        if best not in full:
            full.append(best)
    return tuple(full)


def is_person_signature(text: str) -> bool:
    """Whether a line is a signing official (市长 龚正)."""
    return len(text) < 24 and _PERSON.search(text) is not None
