"""Finds in a text what it cites: names in 《》, numbers, and the articles named after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from documents.text import find_reference_numbers
from documents.text.characters import skeleton
from documents.text.numerals import DIGITS, number

MAX_KEY = 200
MOST_ARTICLES = 40
"""Articles followed in one enumeration; longer ones are lists of everything."""

_TITLE = re.compile(r"《((?:[^《》\n]|《[^《》\n]{1,80}》){2,160})》")
_NUMBER = re.compile(
    r"[\u3400-\u9fff]{1,16}\s*[〔﹝［\[【（(〈]\s*[12１２]\d{3}\s*年?\s*[〕﹞］\]】）)〉]"
    r"\s*(?:第\s*)?\d{1,5}\s*号"
)
# Words that any body's paper may bear; what is left must tell one document from the others.
_COMMON = re.compile(
    r"\d+|年度?|关于|印发|工作|总结|要点|计划|方案|通知|意见|办法|规定|细则|规划|纲要|附件|情况|报告"
    r"|实施|行动|管理|重点|任务|分工|若干|措施|政策|条例|试行|修订|暂行|全区|全市|本区|我区"
)
LEAST_TELLING = 3
# 《营业执照》 and the like are papers of a case, not documents anybody could publish.
_CERTIFICATE = re.compile(r"(?:证|证书|证明|执照|表|(?:通知|申请|决定|意见|责任|承诺|委托)书)$")
# What may stand between a name and its article: 《甲》（文号）第三条, 国发〔2023〕15号文第三条.
_GLUE = re.compile(
    r"[》〉]?\s*(?:[（(][^（）()\n]{1,60}[）)])?[）)]?\s*(?:文件?)?(?:中的|中|的)?\s*"
)
_ARTICLE = re.compile(
    r"第\s*(?:[零〇一二三四五六七八九十百千]{1,8}|\d{1,4})\s*条(?:之[一二三四五六七八九十]{1,3})?"
)
# 第三条第二款、第五条和第七条至第九条: what may stand before the next article.
_BETWEEN = re.compile(
    r"(?:第[零〇一二三四五六七八九十百\d（）()]{1,6}[款项目])*\s*(?:[、，,和及与至或]|以及|或者)\s*"
)
# 第二款第（三）项: the paragraph and the item of an article that is meant.
_DEEPER = re.compile(
    rf"(?:第\s*(?P<paragraph>[{DIGITS}]{{1,3}}|\d{{1,2}})\s*款)?"
    rf"(?:\s*第?\s*[（(]?(?P<item>[{DIGITS}]{{1,3}}|\d{{1,2}})[）)]?\s*项(?!目))?"
)
_OWN = re.compile(
    r"本(?:法|条例|办法|规定|规则|细则|规程|章程|意见|通知|决定|方案|措施|政策)(?=\s*第)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name cited in a text, from ``start`` to ``end``, under the key all its spellings share."""

    start: int
    end: int
    key: str
    printed: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article named in a text, from ``start`` to ``end``; ``number`` is as 第十二条.

    ``paragraph`` and ``item`` are the 款 and 项 of it that are meant, up to ``deep_end``, counted
    from 1; 0 where none is named.
    """

    start: int
    end: int
    number: str
    paragraph: int = 0
    item: int = 0
    deep_end: int = 0


def mentions_of(text: str) -> tuple[Mention, ...]:
    """The names in 《》 and the reference numbers in *text*, in order and apart.

    A number inside a title is part of that title. Names too common to tell one document from
    others (《工作要点》) are left out.
    """
    if "《" not in text and "号" not in text:  # most paragraphs
        return ()
    found = [*_titles(text), *_numbers(text)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    apart: list[Mention] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return tuple(apart)


def articles_after(text: str, end: int) -> tuple[Article, ...]:
    """The articles that *text* names right after what ends at *end*: 《甲》第三条、第五条."""
    found: list[Article] = []
    glue = _GLUE.match(text, end)
    match = _ARTICLE.match(text, glue.end() if glue else end)
    while match and len(found) < MOST_ARTICLES:
        found.append(_article(text, match))
        between = _BETWEEN.match(text, match.end())
        match = _ARTICLE.match(text, between.end()) if between else None
    return tuple(found)


def _article(text: str, match: re.Match[str]) -> Article:
    deeper = _DEEPER.match(text, match.end())
    paragraph, item = (
        (number(deeper.group(name) or "") or 0 for name in ("paragraph", "item"))
        if deeper
        else (0, 0)
    )
    return Article(
        start=match.start(),
        end=match.end(),
        number="".join(match.group().split()),
        paragraph=paragraph,
        item=item,
        deep_end=deeper.end() if deeper and (paragraph or item) else 0,
    )


def own_articles(text: str) -> tuple[Article, ...]:
    """The articles that *text* names as its own document's: 本办法第三条.

    What stands in quotation marks may be the wording of another document and says nothing of
    this one.
    """
    found: list[Article] = []
    for match in _OWN.finditer(text):
        if text.count("“", 0, match.start()) == text.count("”", 0, match.start()):
            found += articles_after(text, match.end())
    return tuple(found)


def title_key(title: str) -> str:
    """What all spellings of *title* share; empty for one that would fit many documents."""
    bare = skeleton(title)
    if _CERTIFICATE.search(bare):
        return ""
    return f"t:{bare}"[:MAX_KEY] if len(_COMMON.sub("", bare)) >= LEAST_TELLING else ""


def _titles(text: str) -> Iterator[Mention]:
    for match in _TITLE.finditer(text):
        key = title_key(match.group(1))
        if key:
            yield Mention(match.start(1), match.end(1), key, match.group(1))


def _numbers(text: str) -> Iterator[Mention]:
    if "号" not in text:  # looking at every character for a number's beginning takes longer
        return
    for match in _NUMBER.finditer(text):
        found = find_reference_numbers(match.group())
        if not found:
            continue
        ref = found[-1]
        # Words that ran into the code (根据国发…) are not part of the number.
        start = match.start() + max(match.group().find(ref.code), 0)
        key = f"n:{ref}"
        yield Mention(start, match.end(), key, " ".join(text[start : match.end()].split()))
