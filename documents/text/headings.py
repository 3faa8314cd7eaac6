"""Where a heading ends and the text behind it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from documents.text.blocks import Block
from documents.text.characters import OPENING, ends_sentence
from documents.text.marks import Mark, Style, mark_of

_LONGEST_INLINE = 60  # characters of a first sentence that still is a heading before its text
_LONGEST_LINE = 90  # characters of a heading that has a paragraph of its own
_LONGEST_SET_OFF = 60
_QUOTE = frozenset('“"「')
_ANNOUNCES = re.compile(r"(?:包括|如下|[下以][列下][^，,]{0,12})$")  # …至少包括： opens a list
_INTRODUCED = re.compile(r"[：:]\s?[“\"]")  # 修改为：“… gives another text's words, no heading
# A duty, a condition (…的，) or a day of effect makes a provision, no heading (立法技术规范).
_PROVISION = re.compile(
    r"应当|不得|可以|有权|由.{1,30}(?:组成|负责|任命)|的[，,]|自.{1,16}起(?:正式)?(?:施行|实行|实施|执行|生效)"
)
_HAN = re.compile("[\u3400-\u9fff]")
_NAMED = re.compile(r"^(?:序言|前言|引言|导言|附则|结语|结束语|后记|编后语)$")
_NAMED_FIRST = frozenset("序前引导附结后编")
_CAPTION = re.compile(r"^(?:图|表|专栏|续表|附图|注)\s*[\d一二三四五六七八九十]*")
_HEADING_FONTS = (("黑体", "simhei", "heiti", "stheiti"), ("楷体", "kaiti", "simkai", "stkaiti"))
# （责任单位：市科委） behind a sentence is no text that the sentence could head.
_NOTE = re.compile(r"^[（(](?!略)[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)][。；]?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """``text`` without the sign that ends it (``None``: no heading), ``end`` where text begins.

    ``ending`` is that sign, ``run_in`` tells that text follows in the same paragraph.
    """

    text: str | None
    end: int
    ending: str | None = None
    run_in: bool = False


def heading_of(block: Block, mark: Mark, following: Block | None) -> Heading:  # noqa: PLR0911 - one return a rule
    """The heading of a numbered paragraph.

    A paragraph without a full stop is all heading; else the first sentence is, if it is short
    and more follows; a whole sentence or an entry of a list (；) alone is text.
    """
    text = block.text
    start = mark.end
    if block.outline is not None and block.whole:
        return Heading(text[start:].strip() or None, len(text))
    if mark.style is Style.ARTICLE:
        return _article(text, start)
    if _INTRODUCED.search(text, start, start + _LONGEST_LINE):
        return Heading(None, start)
    if following is not None and text[-1:] in "：:" and following.text[:1] in _QUOTE:
        return Heading(None, start)  # 将第三条修改为： above the quoted words
    stop = sentence_stop(text, start, _LONGEST_INLINE + 40)
    if stop is None:
        if mark.style > Style.SECTION and (
            text[-1:] in "；;，、" or len(text) - start > _LONGEST_LINE
        ):
            return Heading(None, start)
        return _whole(text, start)
    # A question keeps its mark; a full stop only ends the heading.
    words = text[start : stop + (text[stop] != "。")].strip()
    ending = "。" if text[stop] == "。" else None
    provision = ending is not None and _PROVISION.search(words)
    if len(words) > _LONGEST_INLINE or set("；;") & set(words) or provision:
        return Heading(None, start)
    rest = text[stop + 1 :].strip()
    if rest and not _NOTE.match(rest):
        return Heading(words or None, stop + 1, ending, run_in=True)
    if _heads_something(mark, following) and len(words) <= 40:
        return Heading(words or None, stop + 1, ending, run_in=bool(rest))
    return Heading(None, start)


def _whole(text: str, start: int) -> Heading:
    words = text[start:].rstrip("：: ").strip()
    if text.rstrip()[-1:] in "：:" and _ANNOUNCES.search(words):
        return Heading(None, start)
    signs = text[start:].rstrip()[len(text[start:].rstrip("：: ")) :].replace(" ", "")
    return Heading(words or None, len(text), signs or None)


def _article(text: str, start: int) -> Heading:
    """第X条【标题】 has a heading in brackets; an article without them is text.

    The heading's ``ending`` is its closing bracket, which stands for both.
    """
    closing = {"【": "】", "[": "]", "〔": "〕"}.get(text[start : start + 1])
    if closing:
        end = text.find(closing, start, start + 40)
        if end > 0:
            return Heading(text[start + 1 : end].strip() or None, end + 1, closing, run_in=True)
    return Heading(None, start)


def _heads_something(mark: Mark, following: Block | None) -> bool:
    """Whether what follows lies below this paragraph: text, or marks of a deeper style."""
    if following is None:
        return False
    below = mark_of(following.text)
    return below.style > mark.style if below else len(following.text) > 40


def sentence_stop(text: str, start: int, limit: int) -> int | None:
    """The index of the first 。！？ outside brackets and quotes, at most ``limit`` away.

    Brackets that never close do not hide the stop: then the first one inside counts.
    """
    waiting: list[str] = []
    inside: int | None = None
    for index in range(start, min(len(text), start + limit)):
        character = text[index]
        if character in OPENING:
            waiting.append(OPENING[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
        elif character in "。！？":
            if not waiting:
                return index
            if inside is None:
                inside = index
    return inside if waiting else None


def is_set_off(block: Block, following: Block | None) -> bool:  # noqa: PLR0911 - one return a rule
    """Whether an unnumbered paragraph is a heading: by the source, its type, place or name."""
    text = block.text
    if not text or len(text) > _LONGEST_SET_OFF or text[-1] in "。；，、：:;,":
        return False
    if block.outline is not None and block.whole:
        return True
    if following is None:
        return False
    if block.style and block.style.lower().startswith(("heading", "标题")):
        return True
    if stands_alone(block):
        return True
    if not block.bold and not block.centred:
        return False
    if len(following.text) <= len(text) or not _HAN.search(text):
        return False
    covered = sum(span.end - span.start for span in block.bold)
    return covered >= len(text) or _is_centred_heading(block, following)


def stands_alone(block: Block) -> bool:
    """序言, 附则 and the like head a piece of their own beside chapters (立法技术规范)."""
    text = block.text
    return (
        len(text) < 12
        and text[:1] in _NAMED_FIRST
        and _NAMED.match("".join(text.split())) is not None
    )


def _is_centred_heading(block: Block, following: Block) -> bool:
    """A short centred line above running text; captions, dates and remarks are none."""
    text = block.text
    return (
        block.centred and len(text) <= 30 and not following.centred
        and not text[0].isdigit() and text[0] not in "（(—－-" and not _CAPTION.match(text)
        and ends_sentence(following.text)
    )  # fmt: skip


def type_rank(block: Block, body: str | None) -> int | None:
    """1 for a line in 黑体, 2 for one in 楷体, where the running text is in another font.

    GB/T 9704-2012, 7.3.3: headings of the first level are in 黑体, of the second in 楷体.
    """
    font = (block.font or "").lower()
    text = block.text
    if not font or not body or font == body or len(text) > _LONGEST_SET_OFF:
        return None
    if text[-1:] in "。；，、：:;," or not _HAN.search(text) or _CAPTION.match(text):
        return None
    for rank, names in enumerate(_HEADING_FONTS, start=1):
        if any(name in font for name in names) and not any(name in body for name in names):
            return rank
    return None
