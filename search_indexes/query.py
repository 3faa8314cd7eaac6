"""Reads what people type into a Query; whatever it cannot read so, it reads as plain words.

::

    高新技术 补贴        all of them             "创新 驱动"     exactly these characters
    -人才               without                区块链 OR 量子   either (also 或, |)
    标题:规划           in the title           文号:  发文机关:  in the number, the issuer
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from search_indexes.analysis import characters
from search_indexes.request import Query, QueryField, Term, TermKind

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
CLOSING = {**dict.fromkeys('"“”„‟＂', '"“”„‟＂'), "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄"}
STRAY_CLOSING = frozenset("」』﹂﹄")

_FIELD = re.compile(rf"({'|'.join(sorted(FIELDS, key=len, reverse=True))})[:：﹕]\s*")


@dataclass(frozen=True, slots=True)
class _Token:
    """A term or an operator as typed; ``joined`` has no blank before it."""

    term: Term | None
    operator: str = ""


def parse_query(text: str) -> Query:
    """*text* as a Query; never raises, however odd the text is."""
    clean, notes = _cleaned(text)
    tokens, odd = _tokens(clean)
    clauses, loose = _clauses(tokens)
    notes += odd + loose
    kept = tuple(clauses)
    if sum(map(len, kept)) > MAX_TERMS:
        kept = _shortened(kept)
        notes.append(TOO_MANY)
    if clean and not kept:
        notes.append(NOTHING)
    return Query(clean, kept, tuple(dict.fromkeys(notes)))


def _cleaned(text: str) -> tuple[str, list[str]]:
    cut = text[: MAX_CHARACTERS * 2]
    bare = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in cut)
    trimmed = bare.strip()
    if len(trimmed) > MAX_CHARACTERS or len(text) > len(cut):
        return trimmed[:MAX_CHARACTERS].strip(), [CUT]
    return trimmed, []


def _tokens(text: str) -> tuple[list[_Token], list[str]]:
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
        piece, kind, place = _piece(text, start, notes)
        tokens += _read(Term(piece, kind, field, excluded), notes)
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


def _piece(text: str, start: int, notes: list[str]) -> tuple[str, TermKind, int]:
    """The piece that begins at *start*, how to match it, and where the next one may begin."""
    if start < len(text) and text[start] in CLOSING:
        end = _closing(text, start)
        if end is not None:
            return text[start + 1 : end], TermKind.EXACT, end + 1
        notes.append(UNBALANCED)
        start += 1
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in "|｜":
        if text[end] in CLOSING and _closing(text, end) is not None:
            break
        if text[end] in CLOSING or text[end] in STRAY_CLOSING:
            notes.append(UNBALANCED)
        end += 1
    return text[start:end], TermKind.WORDS, end


def _closing(text: str, start: int) -> int | None:
    closing = CLOSING[text[start]]
    return next((at for at in range(start + 1, len(text)) if text[at] in closing), None)


def _read(term: Term, notes: list[str]) -> list[_Token]:
    plain = term.kind is TermKind.WORDS and not term.excluded
    if plain and term.field is QueryField.ANYWHERE and term.text in EITHER:
        return [_Token(term, term.text)]
    if plain and term.text in UNKNOWN_OPERATORS:
        notes.append(PLAIN_OPERATOR.format(term.text))
    return [_Token(term)] if characters(term.text) else []


def _clauses(tokens: list[_Token]) -> tuple[list[tuple[Term, ...]], list[str]]:
    clauses: list[tuple[Term, ...]] = []
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
        if token.term is None or not characters(token.term.text):
            continue
        term = replace(token.term)
        if joining:
            clauses[-1] = (*clauses[-1], term)
        else:
            clauses.append((term,))
        joining = False
    return clauses, notes


def _shortened(clauses: tuple[tuple[Term, ...], ...]) -> tuple[tuple[Term, ...], ...]:
    kept: list[tuple[Term, ...]] = []
    room = MAX_TERMS
    for clause in clauses:
        if not room:
            break
        kept.append(clause[:room])
        room -= len(kept[-1])
    return tuple(kept)
