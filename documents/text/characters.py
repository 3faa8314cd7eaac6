"""What characters and short strings are: width, kind, and the folded form for comparing."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# U+2E80-2EF3: PDF fonts map text onto these look-alikes; NFKC covers only the Kangxi block
# U+2F00-2FD5. After Unicode's EquivalentUnifiedIdeograph.txt, variants reduced to the plain form.
_RADICALS = dict(
    zip(
        range(0x2E81, 0x2E9A),
        "厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄㣺扌攵",
        strict=True,
    )
) | dict(
    zip(
        range(0x2E9B, 0x2EF4),
        "旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁㓁罒羊羊羊耂肀聿月臼艹艹艹虎衤覀西见角角"
        "讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_RADICALS |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_RADICAL = re.compile("[\u2e80-\u2fd5]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]"
)
_NOT_WORD = re.compile(r"[\W_]+")

SENTENCE_END = "。！？!?"
CLOSERS = "”’》〉）)】］]〕」』"
_ENDS_SENTENCE = re.compile(rf"[{SENTENCE_END}…][{re.escape(CLOSERS)}]*\Z")
OPENING = {"《": "》", "（": "）", "“": "”", "〈": "〉", "【": "】", "〔": "〕", "「": "」"}


def repair(text: str) -> str:
    """Replaces radical look-alikes by the characters they stand for; drops control characters."""
    if _RADICAL.search(text):
        text = text.translate(_RADICALS)
    return _CONTROL.sub("", text)


def fold(text: str) -> str:
    """Gives ``text`` for comparing: NFKC, lower case, radicals as characters.

    Traditional characters stay as they are; the search decides about those.
    """
    return unicodedata.normalize("NFKC", repair(text)).casefold()


def skeleton(text: str) -> str:
    """Folded ``text`` without white space and punctuation: equal for equal wording."""
    return _NOT_WORD.sub("", fold(text))


def fingerprint(text: str) -> str:
    """A hex SHA-256 over the wording alone; layout, width and punctuation do not change it."""
    return hashlib.sha256(skeleton(text).encode("utf-8", "surrogatepass")).hexdigest()


def width(text: str) -> float:
    """Printed width in columns of one Chinese character; an ASCII character takes half of one."""
    characters = len(text)
    extra = len(text.encode("utf-8", "surrogatepass")) - characters
    return (characters + extra / 2) / 2


def ends_sentence(text: str) -> bool:
    """Whether the last sentence of ``text`` is complete, closing quotes and brackets aside."""
    return _ENDS_SENTENCE.search(text[-8:].rstrip()) is not None


def joined(left: str, right: str) -> str:
    """Joins two printed lines: no space beside Chinese, one between two Latin words."""
    if not left or not right:
        return left + right
    if left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum():
        return f"{left} {right}"
    return left + right


def open_brackets(text: str) -> list[str]:
    """The closing characters that ``text`` still waits for, outermost first."""
    waiting: list[str] = []
    for match in _BRACKET.finditer(text):
        character = match.group()
        if character in OPENING:
            waiting.append(OPENING[character])
        elif character in waiting:
            while waiting.pop() != character:
                pass
    return waiting


_BRACKET = re.compile("[《（“〈【〔「》）”〉】〕」]")
