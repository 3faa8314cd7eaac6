"""Puts printed lines together to the paragraphs their author wrote."""

from __future__ import annotations

import re

from documents.text.blocks import Block, moved, trimmed, without_marks
from documents.text.characters import CLOSERS, ends_sentence, joined, open_brackets
from documents.text.dates import is_date_line
from documents.text.edges import edges_of, em_of
from documents.text.issuers import is_body_name
from documents.text.marks import Mark, Style, mark_of
from documents.text.values import Span
from documents.text.wrapping import Margins, line_width

_BRACKET_REACH = 120  # an opening bracket further back is taken for a slip, not for open
_PAGE_CUT = 60  # a paragraph shorter than this is not cut by a page's end without punctuation
_STANDALONE = re.compile(
    r"^(?:抄\s?送|抄\s?报|分\s?送|主\s?送|附\s?件|附\s?表|附：|公开属性|信息公开|此件|[（(]此件|[（(]联系人|联系人[：:]|"
    r"签发人|——|—　|●|◆|■|※|目\s*录$|"
    r"[\u4e00-\u9fff]{2,30}\s?\d{4}\s?年\s?\d+\s?月\s?\d+\s?日\s?印发)"
)
_SENTENCE_SIGN = re.compile("[。；]")


def reflow(lines: list[Block], margins: Margins | None) -> tuple[list[Block], list[str]]:
    """Gives (paragraphs, repeated page overlaps that were dropped).

    Whole paragraphs pass unchanged. Lines are joined by the first-line indent where positions
    are known, else by the width of the lines, the numbering marks and the punctuation.
    """
    paragraphs: list[Block] = []
    dropped: list[str] = []
    last: Block | None = None
    edges = edges_of(lines)
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if last is None or line.whole or last.whole or line.after_rule:
            starts = not _continues_whole(paragraphs, line)
        elif margins is None and not _has_geometry(line):
            rest, repeated = _without_overlap(paragraphs[-1], line)
            if repeated:
                dropped.append(repeated)
                paragraphs[-1] = _appended(paragraphs[-1], rest)
                last = rest
                continue
            starts = not _is_page_cut(paragraphs[-1], line)
        else:
            runs_on = edges.runs_on(index, line, last) and _may_stand_inside(line.text.strip())
            above, left = edges.beside(index, last), edges.left(index)
            starts = not runs_on and _starts(paragraphs[-1], above, line, following, margins, left)
        if starts:
            opened = _opened(line, margins)
            if not line.whole and _stands_centred(line, edges.left(index)):
                opened = opened.but(centred=True)
            paragraphs.append(opened)
        else:
            paragraphs[-1] = _appended(paragraphs[-1], line)
        last = line
    return [trimmed(without_marks(paragraph)) for paragraph in paragraphs], dropped


def _may_stand_inside(text: str) -> bool:
    """（1）, （二）, 1. and ① also number items inside a paragraph; 一、 and 第一条 do not."""
    mark = mark_of(text)
    return mark is not None and mark.style >= Style.BRACKET


def _has_geometry(line: Block) -> bool:
    return line.x0 is not None and line.x1 is not None


def _continues_whole(paragraphs: list[Block], line: Block) -> bool:
    """A page cut in the middle of a quotation also ends a marked-up paragraph."""
    return (
        False
        if line.whole or not paragraphs or paragraphs[-1].whole
        else (not line.after_rule and _is_page_cut(paragraphs[-1], line))
    )


def _opened(line: Block, margins: Margins | None) -> Block:
    short = margins is not None and line_width(line.text)[1] < margins.columns - 5
    text = line.text if line.whole else line.text.strip()
    if not short and text == line.text:
        return line
    lead = 0 if line.whole else len(line.text) - len(line.text.lstrip())
    return line.but(text=text, short=short, notes=moved(line.notes, -lead, len(text)))


def _stands_centred(line: Block, left: float | None) -> bool:
    return _has_geometry(line) and _is_centred(line, left, em_of(line))


def _appended(paragraph: Block, line: Block) -> Block:
    if line.font != paragraph.font:
        paragraph = paragraph.but(font=None)
    left, right = paragraph.text.rstrip(), line.text.strip()
    text = joined(left, right)
    at = len(text) - len(right)
    shift = len(line.text) - len(line.text.lstrip())
    spans = tuple(Span(max(s.start - shift, 0) + at, s.end - shift + at) for s in line.bold)
    if paragraph.notes or line.notes:
        own = moved(paragraph.notes, 0, len(left))
        behind = moved(line.notes, -shift, len(right))
        paragraph = paragraph.but(notes=own + moved(behind, at, len(text)))
    if spans and paragraph.bold and paragraph.bold[-1].end >= len(left):
        spans = (Span(paragraph.bold[-1].start, spans[0].end), *spans[1:])
        return paragraph.but(text=text, bold=(*paragraph.bold[:-1], *spans), x1=line.x1)
    return paragraph.but(text=text, bold=(*paragraph.bold, *spans), short=False, x1=line.x1)


# --- one paragraph a line, cut only where a page ended -------------------------------------


def _is_page_cut(paragraph: Block, line: Block) -> bool:
    """Whether ``line`` goes on with a paragraph that stops in mid-sentence."""
    text = paragraph.text.rstrip()
    right = line.text.strip()
    if not text or paragraph.outline or line.outline or not _stops_short(text, right):
        return False
    # Only unmarked text goes on; `5.` may begin a heading after a page's end.
    return not (_STANDALONE.match(right) or mark_of(right) or right.startswith("#"))


def _stops_short(text: str, right: str) -> bool:  # noqa: PLR0911 - one return a rule
    """Whether a paragraph stops in mid-sentence, or inside a bracket that ``right`` closes."""
    if text[-1] in "，、,":
        return len(text) > 12
    if text[-1] in "：:":
        return False
    waiting = open_brackets(text[-_BRACKET_REACH:]) if len(text) >= 20 else []
    if waiting and waiting[0] in right[:_BRACKET_REACH]:
        return True
    if ends_sentence(text) or not (len(text) >= _PAGE_CUT or (len(text) >= 30 and "。" in text)):
        return False
    # A long title or a line of a statute's history has neither; running text has.
    if not set("，。；,;") & set(text):
        return False
    if text[-1] in "；;":
        return mark_of(text) is None or mark_of(text).style < Style.ARTICLE  # type: ignore[union-attr]
    return text[-1] not in CLOSERS or not mark_of(text)


def _without_overlap(paragraph: Block, line: Block) -> tuple[Block, str]:
    """Drops 动。 from `动。推动成立` when the page before ends in 活动。"""
    text, right = paragraph.text.rstrip("* "), line.text.strip()
    if not _SENTENCE_SIGN.search(right, 0, 4):
        return line, ""
    for size in (4, 3, 2):
        head = right[:size]
        if len(head) == size and head[-1] in "。；" and text.endswith(head) and len(right) > size:
            gone = len(line.text) - len(line.text.lstrip()) + size
            notes = moved(line.notes, -gone, len(right) - size)
            return line.but(text=right[size:], notes=notes), head
    return line, ""


# --- hard-wrapped lines ---------------------------------------------------------------------


def _starts(  # noqa: PLR0911, PLR0913, PLR0917 - one return a rule
    paragraph: Block,
    last: Block,
    line: Block,
    following: Block | None,
    margins: Margins | None,
    left: float | None,
) -> bool:
    text = paragraph.text.rstrip()
    right = line.text.strip()
    if _is_open(text):
        return False
    if _STANDALONE.match(right) and (ends_sentence(text) or _is_short(last, margins, 2.2)):
        return True
    if is_date_line(right) and (ends_sentence(text) or len(text) < 40):
        return True
    mark = mark_of(right)
    ended = ends_sentence(text) or text[-1:] in "：:；;"
    if mark is not None and (
        ended or _is_short(last, margins, 4) or _is_lone_heading(paragraph, last)
    ):
        return True
    if ended and line.font and last.font and line.font != last.font:
        return True  # a heading in 黑体 or 楷体 below running text
    if _has_geometry(line) and is_body_name(right) and is_body_name(text):
        return True  # joint issuers, a line each (GB/T 9704-2012, 7.2.4 and 7.3.5)
    indented = _indent(line, last, left)
    if indented is not None:
        return indented or _other_type(last, line)
    if _is_short(last, margins, 5) and text[-1:] not in "，、":
        return True
    if ends_sentence(text):
        # A paragraph's first line is indented by two columns that the text does not show.
        indent = 2.0 if paragraph.line == last.line else 0.0
        return _is_short(last, margins, 2.2 + indent) or _looks_indented(line, following, margins)
    if _is_lone_heading(paragraph, last):
        return _ends_heading(last, line, following, margins)
    return text[-1:] in "：:" and (_is_short(last, margins, 2.2) or _is_address(paragraph, last))


def _is_address(paragraph: Block, last: Block) -> bool:
    """The line of recipients may be full: a line near the top that ends with a colon."""
    return last.line == paragraph.line and "。" not in paragraph.text and paragraph.line <= 60


def _is_open(text: str) -> bool:
    tail = text[-_BRACKET_REACH:]
    waiting = open_brackets(tail)
    return bool(waiting) and not (ends_sentence(text) and waiting == ["”"])


def _is_short(line: Block, margins: Margins | None, by: float) -> bool:
    """Whether the line ends at least ``by`` columns before the margin, by any width of quotes."""
    if margins is None:
        return False
    return line_width(line.text)[1] < margins.columns - by


def _indent(line: Block, last: Block, left: float | None) -> bool | None:
    """Whether the line is indented against the one before; ``None`` where positions are unknown."""
    if line.x0 is None or last.x0 is None or line.x1 is None or last.x1 is None:
        return None
    em = em_of(line)
    if line.x0 - last.x0 > 1.4 * em or _is_centred(line, left, em) or _is_centred(last, left, em):
        return True
    # A heading and the first line below it are indented alike.
    if left is not None and 1.4 * em < line.x0 - left < 6 * em and line.x0 >= last.x0 - em:
        return True
    # The line above stopped early: whatever its own indent, its paragraph is over.
    return last.x1 < line.x1 - 2.5 * em


def _is_centred(line: Block, left: float | None, em: float) -> bool:
    """A line in the middle of its page that leaves a sixth of it free on both sides."""
    if line.page_width is None or line.x0 is None or line.x1 is None:
        return False
    if left is not None and line.x0 - left < 3 * em:
        return False
    middle = (line.x0 + line.x1) / 2
    return (
        abs(middle - line.page_width / 2) < 0.03 * line.page_width
        and line.x1 - line.x0 < 0.62 * line.page_width
    )


def _other_type(last: Block, line: Block) -> bool:
    if not last.size or not line.size:
        return False
    return abs(last.size - line.size) > 0.15 * last.size


def _is_lone_heading(paragraph: Block, last: Block) -> bool:
    """A paragraph of one line so far, that is a mark and words without a full stop."""
    text = paragraph.text
    mark: Mark | None = mark_of(text)
    return (
        mark is not None
        and paragraph.line == last.line
        and "。" not in text
        and text[-1] not in "，、；："
    )


def _looks_indented(line: Block, following: Block | None, margins: Margins | None) -> bool:
    """A first line is seen through its width: two columns less than full, and goes on."""
    if margins is None or following is None or ends_sentence(line.text):
        return False
    narrow, wide = line_width(line.text)
    full = margins.columns
    return (
        narrow <= full - 1.5 and full - 2.6 <= wide <= full - 1.4 and line.text[-1] not in "，、；"
    )


def _ends_heading(
    last: Block, line: Block, following: Block | None, margins: Margins | None
) -> bool:
    """Whether ``line`` is the text below a heading that nearly fills its own line."""
    if margins is None:
        return True
    full = margins.columns
    if _is_short(last, margins, 4):
        return True
    if line_width(last.text)[1] >= full - 0.6 + 0.1:
        return False
    narrow, wide = line_width(line.text)
    return full - 3.2 <= wide and narrow <= full - 0.9 and not ends_sentence(line.text)
