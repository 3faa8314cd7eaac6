"""Says what a document is to one that it cites: made on its basis, an explanation, an amendment.

It keeps to the forms of official texts (根据《甲》…制定本办法, 为贯彻落实《甲》, 关于修改《甲》的
决定, 《甲》政策解读); where the words leave a doubt the citation is a mention and nothing more.
What a document repeals is read elsewhere (documents.text, documents.standing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from documents.mentions import Mention, mentions_of


class Relation(StrEnum):
    """What the citing document is to the cited one; the order is that in which pages list them."""

    BASED = "based"
    CARRIES = "carries"
    APPLIES = "applies"
    EXPLAINS = "explains"
    AMENDS = "amends"
    REPEALS = "repeals"
    ISSUES = "issues"
    FORWARDS = "forwards"
    MENTIONS = ""


FORWARD = {
    Relation.BASED: "依据",
    Relation.CARRIES: "贯彻",
    Relation.APPLIES: "解释适用",
    Relation.EXPLAINS: "解读",
    Relation.AMENDS: "修改",
    Relation.REPEALS: "废止",
    Relation.ISSUES: "印发",
    Relation.FORWARDS: "转发",
    Relation.MENTIONS: "提及",
}
"""What a document calls those it cites."""

BACKWARD: dict[Relation, str] = {
    Relation.BASED: "据此制定",
    **{kind: f"{FORWARD[kind]}本文件" for kind in Relation if kind is not Relation.BASED},
}
"""What a document calls those that cite it."""

_STRENGTH = (
    Relation.AMENDS, Relation.REPEALS, Relation.EXPLAINS, Relation.APPLIES, Relation.FORWARDS,
    Relation.ISSUES, Relation.BASED, Relation.CARRIES, Relation.MENTIONS,
)  # fmt: skip

MOST_WORDS = 300
"""Characters of a sentence that are looked at on either side of a name."""

_STOP = re.compile(r"[。；;！？\n]")
# Other names and what stands in brackets say nothing of this one.
_ASIDE = re.compile(
    r"《(?:[^《》\n]|《[^《》\n]*》)*》|（[^（）\n]*(?:（[^（）\n]*）[^（）\n]*)*）|\([^()\n]*\)"
)
_WIDE = str.maketrans(",:", "，：")  # copies of web pages have them narrow
_OPENING, _CLOSING = "《〈（( \u3000", "》〉）) \u3000"

_PAPER = (
    "法|条例|办法|规定|规则|细则|规程|章程|意见|通知|决定|决议|方案|措施|政策|规划|计划|纲要|标准"
    "|规范|目录|解释|公告|通告|指南|指引|预案|制度|准则|清单|要点|大纲|协议|批复"
)
# What the document says of itself: 制定本办法, 现就…, 通知如下, 会议决定：.
_MAKING = re.compile(
    rf"(?:制[定订]|编制|修[定订]|作出|发布|提出)(?:了)?本(?:实施|暂行|试行|管理|若干|专项|行动|工作"
    rf"|具体|应急|发展|技术){{0,2}}(?:{_PAPER})"
    r"|[特现](?:研究)?(?:制[定订]|编制|作出|提出)"
    r"|(?<![实出呈体发表])现(?:就|将|予|印发|公布|发布|决定|公告|通知|批复|向社会|公开)"
    r"|(?:通知|公告|通告|决定|规定|解释|批复|答复|函复|意见|办法|方案|措施)如下"
    r"|(?:提出|作出|做出|制定|作|规定|通知)(?:如下|以下)|决定[：:]"
)
_BASIS = re.compile(r"(?:根据|依据|依照|按照|遵照)[^，。；：:]{0,60}$")
_HOW = "(?:了|进一步|深入|全面|认真|切实|更好|加快|坚决|扎实|有效|积极|持续|严格|正确|地|、)*"
_PURPOSE = r"(?<![认作成行视称改定分变转])为"
_CARRYING = re.compile(
    rf"{_PURPOSE}{_HOW}(?:学习|宣传|贯彻|落实)[贯彻落实执行实施好和、]*[^，。；：:]{{0,40}}$"
)
# 为了实施《甲》, 为保障《甲》的实施, 为…，落实《甲》: only where the sentence goes on to make this.
_CARRYING_TOO = re.compile(
    rf"{_PURPOSE}{_HOW}(?:实施|施行|执行|保证|保障|推动|推进)[^，。；：:]{{0,20}}$"
    rf"|{_PURPOSE}.{{0,160}}，{_HOW}(?:贯彻|落实|实施)[贯彻落实执行实施好和、]*[^，。；：:]{{0,40}}$"
)
_AMENDED_BEFORE = re.compile(
    r"^(?:第?[一二三四五六七八九十百\d]+[条、.．]\s*)?(?:.*决定)?[，：:]?(?:对|将)$"
)
_AMENDED_AFTER = re.compile(
    r"^[^，。；]{0,40}(?:作出?|做出?|予以)(?:如下|以下|相应)?修[改正]|^[^，。；]{0,40}修改为"
)

# An item of its own in a decision on many: 三、修改《甲》.
_AMENDED_ITEM = re.compile(r"^[一二三四五六七八九十百\d]+[、.．]\s*(?:修改|修正)$")

_LISTED = r"[、和及与以\s]*$"
_NOT_NOW = r"(?<!继续)(?<!停止)(?<!暂停)(?<!暂时)(?<!延期)(?<!延长)(?<!恢复)(?<!调整)"
_TITLE_BEFORE = (
    (Relation.EXPLAINS, re.compile(r"(?:解读|图解|读懂|看懂|释义)[：:]?$")),
    (Relation.AMENDS, re.compile(rf"(?<!新)(?:修改|修正|修订){_LISTED}")),
    (Relation.FORWARDS, re.compile(rf"(?:批转|转发)[^，]{{0,30}}{_LISTED}")),
    (Relation.ISSUES, re.compile(rf"(?:印发|公布|发布|颁布)(?:实施|施行)?{_LISTED}")),
    (Relation.APPLIES, re.compile(rf"{_NOT_NOW}适用[^，]{{0,12}}{_LISTED}")),
    (
        Relation.CARRIES,
        re.compile(
            rf"(?:贯彻|{_NOT_NOW}(?:落实|实施|执行))[贯彻落实执行实施好和、]*[^，]{{0,20}}{_LISTED}"
        ),
    ),
)
_TITLE_AFTER = (
    (
        Relation.EXPLAINS,
        re.compile(
            r"^[^《》]{0,16}(?:解读|问答|图解|释义|解答|读懂)|^[^《》]{0,8}的?(?:起草|修订|编制|政策)?说明$"
        ),
    ),
    (Relation.AMENDS, re.compile(r"^修正案")),
    (Relation.CARRIES, re.compile(r"^的?(?:贯彻|落实|实施)[^《》]{0,8}(?:意见|办法|细则|方案)")),
)


def stronger(first: Relation, second: Relation) -> Relation:
    """Of two relations of one document to another the one that says more."""
    return min(first, second, key=_STRENGTH.index)


def title_relations(title: str) -> dict[str, Relation]:
    """What a document of this *title* is to those that the title names, by the key of each."""
    found: dict[str, Relation] = {}
    for mention in mentions_of(title):
        before, after = _around(title, mention)
        kind = _first(_TITLE_AFTER[:1], after) or _first(_TITLE_BEFORE, before)
        found[mention.key] = kind or _first(_TITLE_AFTER, after) or Relation.MENTIONS
    return found


def relation_of(text: str, mention: Mention) -> Relation:
    """What the sentence around *mention* in *text* makes of it.

    Words in quotation marks are another document's wording and make nothing of it.
    """
    before, after = _around(text, mention)
    if _BASIS.search(before):
        kind = Relation.BASED if _MAKING.search(after) else Relation.MENTIONS
    elif _CARRYING.search(before) or (_CARRYING_TOO.search(before) and _MAKING.search(after)):
        kind = Relation.CARRIES
    elif (_AMENDED_ITEM.search(before) and not after) or (
        _AMENDED_BEFORE.search(before) and _AMENDED_AFTER.search(after)
    ):
        kind = Relation.AMENDS
    else:
        return Relation.MENTIONS
    quoted = text.count("“", 0, mention.start) > text.count("”", 0, mention.start)
    return Relation.MENTIONS if quoted else kind


class Reader:
    """Tells the relations of one document: those of its title come before those of its text.

    An explanation tells what another document rests on, so that nothing is read off its text.
    """

    def __init__(self, title: str) -> None:
        self.by_title = title_relations(title)
        self._reads_text = Relation.EXPLAINS not in self.by_title.values()

    def relation(self, text: str, mention: Mention) -> Relation:
        """What the document is to the one that it names by *mention* in *text*."""
        said = self.by_title.get(mention.key, Relation.MENTIONS)
        if said is not Relation.MENTIONS or not self._reads_text:
            return said
        return relation_of(text, mention)


def in_order(kinds: Iterable[Relation]) -> Iterator[Relation]:
    """Those of *kinds* that there are, as pages list them."""
    there = set(kinds)
    return (kind for kind in Relation if kind in there)


def _around(text: str, mention: Mention) -> tuple[str, str]:
    """The sentence before and after *mention*, without asides and the signs that enclose it."""
    start, end = max(mention.start - MOST_WORDS, 0), mention.end + MOST_WORDS
    before = _STOP.split(text[start : mention.start])[-1]
    after = _STOP.split(text[mention.end : end])[0]
    before = _ASIDE.sub("", before.rstrip(_OPENING)).rstrip(_OPENING)
    after = _ASIDE.sub("", after.lstrip(_CLOSING))
    return "".join(before.split()).translate(_WIDE), "".join(after.split()).translate(_WIDE)


def _first(forms: Iterable[tuple[Relation, re.Pattern[str]]], words: str) -> Relation | None:
    return next((kind for kind, form in forms if form.search(words)), None)
