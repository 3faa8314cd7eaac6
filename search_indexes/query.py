"""Reads what people type into a Query; whatever it cannot read so, it reads as plain words.

::

    高新技术 补贴        all of them             "创新 驱动"     exactly these characters
    -人才               without                区块链 OR 量子   either (also 或, |)
    标题:规划           in the title           文号:  发文机关:  in the number, the issuer
    "补贴 企业"~10      so near, any order     高*企业            something in between
    (甲 乙) OR 丙       together, one another  -(甲 OR 乙)        neither
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from search_indexes.analysis import characters
from search_indexes.brackets import (
    CLOSING,
    MAX_DEPTH,
    OPENING_BRACKETS,
    closing_bracket,
    closing_quote,
    everywhere,
    flat,
)
from search_indexes.chained import MOST_WITHIN, STARS, chain_of, pieces
from search_indexes.engine.chains import MOST_IN_ANY_ORDER, MOST_PIECES
from search_indexes.request import (
    Clause,
    Group,
    Member,
    Query,
    QueryField,
    Term,
    TermKind,
    terms_of,
)

MAX_CHARACTERS = 500
MAX_TERMS = 24
"""A longer question costs every reader on the machine; nobody has typed one."""

CUT = f"检索词超过 {MAX_CHARACTERS} 字，只用了前 {MAX_CHARACTERS} 字。"
TOO_MANY = f"检索词超过 {MAX_TERMS} 个，只用了前 {MAX_TERMS} 个。"
UNBALANCED = "引号没有成对，按普通词语检索。"
LOOSE_OR = "“{}”两边要各有一个词，按普通词语检索。"
LOOSE_MINUS = "减号后面要紧跟一个词，这里没有使用。"
LOOSE_FIELD = "“{}”后面没有检索词，按普通词语检索。"
PLAIN_OPERATOR = "“{}”不是检索符号，按普通词语检索。"
LOOSE_NEAR = "“~”要跟在引号后面，引号里用空格隔开两个或三个词；这里按普通词语检索。"
FAR = f"“~”后面最多写 {MOST_WITHIN}，这里按 {MOST_WITHIN} 检索。"
UNBALANCED_BRACKET = "括号没有成对，或者后面紧跟着别的字，按普通词语检索。"
DEEP = f"括号最多套 {MAX_DEPTH} 层，更里面的按普通词语检索。"
EDGE_STAR = "“*”要放在两个字词之间，开头和结尾的没有使用。"
NEAR_STAR = "“~”和“*”不能用在同一个引号里，“*”没有使用。"
MANY_STARS = f"一个词里最多用 {MOST_PIECES - 1} 个“*”，这里没有使用。"
NOTHING = "标点符号不参加检索，请输入文字。"

FIELDS = {
    "标题": QueryField.TITLE,
    "文号": QueryField.REF_NO,
    "发文字号": QueryField.REF_NO,
    "发文机关": QueryField.ISSUER,
}
EITHER = frozenset({"OR", "或", "|", "||"})
UNKNOWN_OPERATORS = frozenset({"AND", "NOT", "&&"})
MINUS = "-－−﹣"
STRAY_CLOSING = frozenset("」』﹂﹄")

_OR = re.compile(r"(?:\s+|^)(?:OR|或)(?=\s|$)|\s*[|｜]")
_NO_QUOTES = dict.fromkeys(map(ord, "".join(CLOSING) + "".join(STRAY_CLOSING)))
# Not before a letter: 2021“~2025年” says something else.
_WITHIN = re.compile(r"[~～〜]\s?(\d{1,6})(?=[\s|｜)）]|$)")
_FIELD = re.compile(rf"({'|'.join(sorted(FIELDS, key=len, reverse=True))})[:：﹕]\s*")


@dataclass(frozen=True, slots=True)
class _Token:
    """A term, a group or an operator as typed."""

    term: Member | None
    operator: str = ""


def parse_query(text: str) -> Query:
    """*text* as a Query; never raises, however odd the text is."""
    clean, notes = _cleaned(text)
    tokens, odd = _tokens(clean)
    clauses, loose = _clauses(tokens)
    notes += odd + loose
    kept = flat(clauses)
    if sum(map(_weight, terms_of(kept))) > MAX_TERMS:
        kept = _shortened(kept)
        notes.append(TOO_MANY)
    if clean and not kept:
        notes.append(NOTHING)
    return Query(clean, kept, tuple(dict.fromkeys(notes)))


def without_quotes(text: str) -> str:
    """*text* without any quotation mark, so that it can stand between two."""
    return text.translate(_NO_QUOTES)


def _cleaned(text: str) -> tuple[str, list[str]]:
    cut = text[: MAX_CHARACTERS * 2]
    bare = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in cut)
    trimmed = bare.strip()
    if len(trimmed) > MAX_CHARACTERS or len(text) > len(cut):
        return trimmed[:MAX_CHARACTERS].strip(), [CUT]
    return trimmed, []


def _tokens(text: str, depth: int = 0) -> tuple[list[_Token], list[str]]:
    tokens: list[_Token] = []
    notes: list[str] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        if text[place] in "|｜":
            tokens.append(_Token(None, "|"))
            place += 2 if text[place : place + 2] in ("||", "｜｜") else 1
            continue
        excluded, field, start = _marks(text, place, notes)
        opened = text[start : start + 1] in tuple(OPENING_BRACKETS)
        joined = bool(tokens and tokens[-1].operator)
        found = _group(text, start, joined or excluded, depth, notes) if opened else None
        if found:
            group, place = found
            tokens.append(_Token(everywhere(replace(group, excluded=excluded), field)))
            continue
        piece, place = _piece(text, start, notes)
        tokens += _read(replace(piece, field=field, excluded=excluded), notes)
    return tokens, notes


def _marks(text: str, place: int, notes: list[str]) -> tuple[bool, QueryField, int]:
    """Whether the piece at *place* is excluded, its field, and where it begins itself."""
    excluded = text[place] in MINUS
    if excluded:
        while place < len(text) and text[place] in MINUS:
            place += 1
        if place == len(text) or text[place].isspace():
            notes.append(LOOSE_MINUS)
            return False, QueryField.ANYWHERE, place
    named = _FIELD.match(text, place)
    if named is None:
        return excluded, QueryField.ANYWHERE, place
    if named.end() == len(text):
        notes.append(LOOSE_FIELD.format(named.group().strip()))
        return excluded, QueryField.ANYWHERE, place
    return excluded, FIELDS[named.group(1)], named.end()


def _piece(text: str, start: int, notes: list[str]) -> tuple[Term, int]:
    """The piece that begins at *start*, and where the next one may begin."""
    if start < len(text) and text[start] in CLOSING:
        end = closing_quote(text, start)
        if end is not None:
            return _quoted(text, start + 1, end, notes)
        notes.append(UNBALANCED)
        start += 1
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in "|｜":
        if text[end] in CLOSING and closing_quote(text, end) is not None:
            break
        if text[end] in CLOSING or text[end] in STRAY_CLOSING:
            notes.append(UNBALANCED)
        end += 1
    return _starred(Term(text[start:end]), notes), end


def _quoted(text: str, start: int, end: int, notes: list[str]) -> tuple[Term, int]:
    """What is quoted from *start* to *end*, with the distance that may follow it."""
    phrase = Term(text[start:end], TermKind.EXACT)
    within = _WITHIN.match(text, end + 1)
    if within is None:
        return _starred(phrase, notes), end + 1
    near = pieces(phrase.text, TermKind.NEAR)
    if not 2 <= len(near) <= MOST_IN_ANY_ORDER:
        notes.append(LOOSE_NEAR)
        return _starred(phrase, notes), end + 1
    if STARS.search(phrase.text):
        notes.append(NEAR_STAR)
    distance = int(within.group(1))
    if distance > MOST_WITHIN:
        notes.append(FAR)
    text = " ".join(near).translate(_NO_QUOTES)
    return Term(text, TermKind.NEAR, within=min(distance, MOST_WITHIN)), within.end()


def _starred(term: Term, notes: list[str]) -> Term:
    """*term*, with stars between pieces of it as a wildcard; stars elsewhere ask for nothing."""
    if not STARS.search(term.text) or not characters(term.text):
        return term
    first, *_, last = STARS.split(term.text)
    if not characters(first) or not characters(last):
        notes.append(EDGE_STAR)
    around = pieces(term.text, TermKind.WILDCARD)
    if len(around) > MOST_PIECES:
        notes.append(MANY_STARS)
        return term
    if len(around) == 1:
        return replace(term, text=around[0])
    text = "*".join(around).translate(_NO_QUOTES)
    return replace(term, text=text, kind=TermKind.WILDCARD)


def _read(term: Term, notes: list[str]) -> list[_Token]:
    plain = term.kind is TermKind.WORDS and not term.excluded
    if plain and term.field is QueryField.ANYWHERE and term.text in EITHER:
        return [_Token(term, term.text)]
    if plain and term.text in UNKNOWN_OPERATORS:
        notes.append(PLAIN_OPERATOR.format(term.text))
    return [_Token(term)] if characters(term.text) else []


def _group(
    text: str, start: int, bound: bool, depth: int, notes: list[str]
) -> tuple[Group, int] | None:
    """The group whose bracket opens at *start*, and where the next piece may begin.

    ``None`` when the bracket is only punctuation: nothing in it is joined by a sign, and neither
    is it as a whole (*bound*: by a sign before it).
    """
    end = closing_bracket(text, start)
    inside = text[start + 1 : end]
    if end is None or depth == MAX_DEPTH:
        if _OR.search(inside):
            notes.append(UNBALANCED_BRACKET if end is None else DEEP)
        return None
    tokens, odd = _tokens(inside, depth + 1)
    clauses, loose = _clauses(tokens)
    terms = tuple(terms_of(clauses))
    several = len(terms) > 1 or any(term.excluded for term in terms)
    bound = several and (bound or bool(_OR.match(text, end + 1)))
    joined = any(token.operator or isinstance(token.term, Group) for token in tokens)
    notes += loose
    if loose or not terms or not (bound or joined):
        return None
    notes += odd
    return Group(tuple(clauses)), end + 1


def _clauses(tokens: list[_Token]) -> tuple[list[Clause], list[str]]:
    clauses: list[Clause] = []
    notes: list[str] = []
    joining = False
    for place, token in enumerate(tokens):
        if token.operator:
            following = tokens[place + 1] if place + 1 < len(tokens) else None
            if clauses and not joining and following and not following.operator:
                joining = True
                continue
            # A loose sign between other signs says nothing; a loose word is a word.
            notes.append(LOOSE_OR.format(token.operator))
        term = token.term
        if term is None or (isinstance(term, Term) and not characters(term.text)):
            continue
        if joining:
            clauses[-1] = (*clauses[-1], term)
        else:
            clauses.append((term,))
        joining = False
    return clauses, notes


def _shortened(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    kept: list[Clause] = []
    room = MAX_TERMS
    for clause in clauses:
        fitting: list[Member] = []
        for member in clause:
            room -= sum(map(_weight, terms_of([(member,)])))
            if room < 0:
                return (*kept, tuple(fitting)) if fitting else tuple(kept)
            fitting.append(member)
        kept.append(tuple(fitting))
    return tuple(kept)


def _weight(term: Term) -> int:
    """How many words' work *term* is."""
    chain = chain_of(term)
    if chain is None:
        return 1
    return len(chain.pieces) if chain.ordered else len(chain.orders())
