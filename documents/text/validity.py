"""From when to when a document is in force, and what it repeals, as its own text states it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from documents.text.blocks import Block
from documents.text.dates import WRITTEN, find_dates, parse_date
from documents.text.numerals import number as as_number
from documents.text.reference_numbers import find_reference_numbers
from documents.text.values import Repeal

# 本办法自…起施行, or 自…起施行 opening a sentence: 《某法》自…起施行 speaks of another document.
_SUBJECT = (
    r"(?:^|[。；，、,;）)条\s])(?:以上|上述)?"
    r"(?:本[^。；，]{0,24}?|决定|条例|办法)?[，,]?\s*(?:将)?从?"
)
_VERB = r"(?:正式)?(?:施行|实施|执行|生效|试行|起效)"
_FROM_DATE = re.compile(rf"{_SUBJECT}自?\s*({WRITTEN})\s*(?:零时)?\s*(?:起|开始)?{_VERB}")
_PERIOD = re.compile(
    rf"自?\s*({WRITTEN})\s*起?(?:{_VERB})?\s*[，,]?\s*(?:有效期)?(?:至|到|—|－|-)\s*({WRITTEN})\s*(?:止|有效|失效)?"
)
_FROM_EVENT = re.compile(
    rf"{_SUBJECT}自\s*(印发|发布|公布|颁布|下发|通过|签发|成文|批准)\s*之?日\s*起?\s*(?:[^。；，]{{0,6}}?){_VERB}"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?(?:截止)?(?:至|到|为?截至)|(?:施行|实施|执行|试行)(?:期限?)?至|有效期(?:限)?(?:为|自)?\s*{WRITTEN}\s*起?(?:至|到|—|-))\s*({WRITTEN})"
)
_FOR_YEARS = re.compile(
    r"(?:有效期|试行期|执行期|实施期|施行期)(?:限)?(?:暂定)?(?:为)?\s*([\d一二三四五六七八九十两]{1,3})\s*年"
)
_OWN_FORCE = re.compile(
    r"起(?:正式)?(?:施行|实施|执行|生效|试行)|本[^，。；]{1,8}?(?:的)?(?:有效期|试行期|施行期|执行期|实施期)"
)
_REPEALED = re.compile(r"(?:同时|即行|相应|一并|予以|自行|均|随之)?\s*(?:废止|停止执行|失效)")
_SURE_REPEAL = re.compile(r"(?:同时|即行|相应|一并|予以|随之)\s*(?:废止|停止执行|失效)")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_SENTENCE = re.compile(r"[^。；]*[。；]?")
_PUBLISHED = re.compile(r"公布|发布|颁布|令")
_PRINTED_EVENTS = ("印发", "下发")


@dataclass(frozen=True, slots=True)
class Stated:
    """A date with the source line that gives it; ``derived`` when worked out, not printed."""

    value: date
    line: int | None
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Validity:
    """What a text says of its own force; ``repeal_line`` is the line of the first repeal."""

    effective: Stated | None = None
    expiry: Stated | None = None
    repeals: tuple[Repeal, ...] = ()
    repeal_line: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The dates that 自印发之日起 and 自公布之日起 refer to, each ``None`` if it is not printed."""

    written: date | None
    printed: date | None
    history: tuple[tuple[str, int | None], ...]


def validity_of(bodies: tuple[tuple[Block, ...], ...], known: Known) -> Validity:
    """Reads the closing provisions of each part; the first part that states a thing wins.

    自印发之日起施行 gives the printed date of issue, 自公布之日起施行 the one date of publication
    in the history, 自成文之日起 the written date; where that date is not printed there is none.
    有效期五年 ends on the day before the anniversary of the day of effect.
    """
    effective: Stated | None = None
    expiry: Stated | None = None
    repeals: tuple[Repeal, ...] = ()
    line: int | None = None
    for body in bodies:
        closing = [block for block in body if "日" in block.text or "废止" in block.text
                   or "有效期" in block.text or "停止执行" in block.text]  # fmt: skip
        effective = effective or _effective(closing, known)
        expiry = expiry or _expiry(closing, effective)
        if not repeals:
            repeals, line = _repeals(closing)
    return Validity(effective or _from_history(known), expiry, repeals, line)


def _effective(blocks: list[Block], known: Known) -> Stated | None:
    for block in reversed(blocks):
        text = block.text
        found = _FROM_DATE.search(_outside(text))
        value = parse_date(found.group(1)) if found else None
        if value:
            return Stated(value, block.line)
        event = _FROM_EVENT.search(_outside(text))
        if event:
            value = _date_of(event.group(1), known)
            named = _from_history(known)
            return named or (Stated(value, block.line, derived=True) if value else None)
    return None


def _outside(text: str) -> str:
    """``text`` with what stands in quotation marks blanked: it is another document's wording."""
    return re.sub(r"“[^“”]*”", lambda match: "～" * len(match.group()), text)


def _date_of(event: str, known: Known) -> date | None:
    if event in _PRINTED_EVENTS:
        return known.printed
    if event == "成文":
        return known.written
    if event in ("公布", "发布", "颁布"):
        dates = {value for line, _ in known.history for value in _published(line)}
        return dates.pop() if len(dates) == 1 else known.printed
    return None


def _published(line: str) -> list[date]:
    """The dates of a history line that 公布 or an order follows, those of amendments left out."""
    if re.search(r"修[订正改]", line):
        return []
    found = find_dates(line)
    ends = [*(start for start, _, _ in found[1:]), len(line)][: len(found)]
    return [
        value
        for (_, end, value), until in zip(found, ends, strict=True)
        if _PUBLISHED.search(line[end:until])
    ]


def _from_history(known: Known) -> Stated | None:
    """The history of a statute may name the day: 2015年2月1日施行, 自1999年11月1日起施行."""
    for line, number in reversed(known.history):
        found = re.search(rf"({WRITTEN})\s*(?:起)?{_VERB}", line)
        value = parse_date(found.group(1)) if found else None
        if value:
            return Stated(value, number)
    return None


def _expiry(blocks: list[Block], effective: Stated | None) -> Stated | None:
    for block in reversed(blocks):
        until = _UNTIL.search(block.text)
        value = parse_date(until.group(1)) if until else None
        if value is None and (period := _PERIOD.search(block.text)):
            inside = re.search(rf"{_VERB}|有效", block.text[period.start() : period.end() + 8])
            own = re.search(r"本[^。；]{1,24}$", block.text[: period.start()])
            value = parse_date(period.group(2)) if inside and own else None
        if value:
            return Stated(value, block.line)
        count = _years_in_force(block.text)
        if count and effective:
            return Stated(_years_later(effective.value, count), block.line, derived=True)
    return None


def _years_in_force(text: str) -> int | None:
    """有效期五年 where the sentence is about the document, not about a licence."""
    for sentence in _SENTENCE.findall(text):
        years = _FOR_YEARS.search(sentence)
        if years and _OWN_FORCE.search(sentence):
            return as_number(years.group(1))
    return None


def _years_later(start: date, years: int) -> date:
    try:
        anniversary = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        anniversary = date(start.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def _repeals(blocks: list[Block]) -> tuple[tuple[Repeal, ...], int | None]:
    found: list[Repeal] = []
    line: int | None = None
    for block in blocks:
        for sentence in _SENTENCE.findall(_outside(block.text)):
            if not _is_repeal(sentence):
                continue
            these = _cited(sentence)
            if these and line is None:
                line = block.line
            found.extend(repeal for repeal in these if repeal not in found)
    return tuple(found), line


def _is_repeal(sentence: str) -> bool:
    """A provision that repeals by name, not one that speaks of repealing in general."""
    if _SURE_REPEAL.search(sentence) is None:
        ends = re.search(r"》[^《》]{0,40}(?:废止|停止执行)[。；]?$", sentence)
        return bool(ends) and not re.search(r"(?:修改|制定|解释|清理|决定|或者|以及)", sentence)
    return not re.search(r"(?:的，|不一致|相抵触|可以|应当|由.{1,12}(?:决定|批准))", sentence)


def _cited(sentence: str) -> list[Repeal]:
    end = list(_REPEALED.finditer(sentence))[-1].start()
    cited: list[Repeal] = []
    titles = list(_TITLE.finditer(sentence, 0, end))
    for index, match in enumerate(titles):
        last = index + 1 == len(titles)
        if not last and re.search(r"(?:根据|经|按照)[^《》]{0,40}$", sentence[: match.start()]):
            continue  # 根据《关于修改…的决定》修正的《…》: only the latter is repealed
        until = end if last else titles[index + 1].start()
        numbers = find_reference_numbers(sentence[match.end() : until])
        cited.append(Repeal(match.group(1), str(numbers[0]) if numbers else None))
    if not cited:
        cited = [Repeal(None, str(number)) for number in find_reference_numbers(sentence[:end])]
    return cited
