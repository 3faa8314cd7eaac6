"""Numbering marks at the start of a paragraph: 第一章, 第一条, 一、, （一）, 1., （1）, ①."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from documents.text.numerals import number as as_number

_CN = "一二三四五六七八九十百零〇○"


class Style(IntEnum):
    """Styles of numbering in their customary order (GB/T 9704-2012, 7.3.3; 立法技术规范)."""

    BOOK = 1  # 第一编
    SUBBOOK = 2  # 第一分编
    CHAPTER = 3  # 第一章
    SECTION = 4  # 第一节
    ARTICLE = 5  # 第一条
    COMMA = 6  # 一、
    BRACKET = 7  # （一）
    DECIMAL = 8  # 1.1
    FIGURE = 9  # 1.
    FIGURE_BRACKET = 10  # （1）
    CIRCLE = 11  # ①


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as printed, its style, its value, and where the words after it begin."""

    style: Style
    printed: str
    value: int
    end: int
    branch: int = 0  # 第二十六条之一 has branch 1


_STATUTE = re.compile(
    rf"第\s?([{_CN}千\d]{{1,8}})\s?(分编|编|部分|篇|章|节|条)(?:之([一二三四五六七八九十]{{1,2}}))?"
)
_STATUTE_STYLE = {
    "编": Style.BOOK, "部分": Style.BOOK, "篇": Style.BOOK, "分编": Style.SUBBOOK,
    "章": Style.CHAPTER, "节": Style.SECTION, "条": Style.ARTICLE,
}  # fmt: skip
_COMMA = re.compile(rf"([{_CN}]{{1,4}})\s?[、．.,，](?!\s?[{_CN}]{{1,3}}[、，是])\s*")
_BRACKET = re.compile(rf"[（(]\s?([{_CN}]{{1,4}})\s?[）)]\s*[、．.]?\s*")
_FIGURE = re.compile(r"([\d０-９]{1,2})\s?(?:[.．]|、|\u3001)\s*(?![\d０-９.．、])")
_FIGURE_DIGIT = re.compile(r"(\d)[.．](?=\d)")
_FIGURE_BRACKET = re.compile(
    r"(?:[（(]\s?([\d０-９]{1,2})\s?[）)]|([\d０-９]{1,2})[）)])\s*[、．.]?\s*"
)
_CIRCLE = re.compile("([\u2460-\u2473])\\s*[、．.]?\\s*")
_NESTED = re.compile(r"(\d{1,2})((?:[.．]\d{1,2}){1,3})[.．]?\s+(?=[\u4e00-\u9fff])")
# What follows a figure in a sentence, and so shows that `1.6` is a quantity.
_QUANTITY = re.compile(
    r"\d[\d.,]*\s?(?:[%％‰℃倍元亿万千百个家项次人位名户台套件吨米米㎡公平方亩辆架艘座条批届天年月日时分秒点名]|"
    r"[～~—–\-至到]\s?\d|$)"
)
# 第五条第二款, （二）项规定 and the like cite a provision; they do not open one.
_CITED_ARTICLE = re.compile(r"(?:第|款|项|目|、|，|,|的|规定|所列|以及|(?:和|或|至|与|及|中)\S)")
_CITED_ITEM = re.compile(
    r"(?:(?:项|目(?!的))(?:[、，,。；和的规情所或至及中]|$)|[、和至或及]\s?[（(])"
)


_OPENERS = frozenset(f"第（({_CN}") | {chr(code) for code in range(0x2460, 0x2474)}


def mark_of(text: str) -> Mark | None:  # noqa: PLR0911 - one return a rule
    """The mark ``text`` starts with, or ``None``; whether it counts is for the outline to say."""
    head = text[:24]
    if not head:
        return None
    first = head[0]
    if first not in _OPENERS and not first.isdigit():
        return None
    if first == "第":
        return _statute(head)
    if first in _CN:
        return _plain(_COMMA.match(head), Style.COMMA)
    if first in "（(":
        return _plain(_BRACKET.match(head), Style.BRACKET) or _figure_bracket(head)
    if first.isdigit():
        return _figure(text[:40])
    if "\u2460" <= first <= "\u2473":
        match = _CIRCLE.match(head)
        return Mark(Style.CIRCLE, first, ord(first) - 0x245F, match.end() if match else 1)
    return None


def _statute(head: str) -> Mark | None:
    match = _STATUTE.match(head)
    if match is None or _CITED_ARTICLE.match(head, match.end()):
        return None
    value = as_number("".join(match.group(1).split()))
    style = _STATUTE_STYLE[match.group(2)]
    following = head[match.end() : match.end() + 1]
    if value is None:
        return None
    # 第一章程序… in a sentence is no chapter, while many articles do without the space.
    spaced = not following or following in " \u3000：:\t、"
    if style is not Style.ARTICLE and not spaced and len(head) > 22:
        return None
    end = match.end() + len(head[match.end() :]) - len(head[match.end() :].lstrip(" \u3000\t：:、"))
    branch = as_number(match.group(3)) or 0 if match.group(3) else 0
    return Mark(style, match.group(), value, end, branch)


def _plain(match: re.Match[str] | None, style: Style) -> Mark | None:
    if match is None:
        return None
    value = as_number(match.group(1))
    if value is None or (style is Style.BRACKET and _CITED_ITEM.match(match.string, match.end())):
        return None
    return Mark(style, match.group().strip(), value, match.end())


def _figure_bracket(head: str) -> Mark | None:
    match = _FIGURE_BRACKET.match(head)
    value = as_number(match.group(1) or match.group(2)) if match else None
    if match is None or value is None:
        return None
    return Mark(Style.FIGURE_BRACKET, match.group().strip(), value, match.end())


def _figure(head: str) -> Mark | None:
    nested = _NESTED.match(head)
    if nested and not _QUANTITY.match(head):
        value = int(re.split("[.．]", nested.group(2))[-1])
        return Mark(Style.DECIMAL, nested.group().strip(), value, nested.end())
    match = _FIGURE.match(head)
    if match is None:
        match = None if _QUANTITY.match(head) else _FIGURE_DIGIT.match(head)
    if match is None:
        return _figure_bracket(head)
    figure = as_number(match.group(1))
    if not figure:
        return None
    return Mark(Style.FIGURE, match.group().strip(), figure, match.end())
