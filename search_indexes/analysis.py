"""How Chinese becomes tokens and characters, the same for the index and for the query."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import compress

import jieba

from search_indexes.cutter import Cutter, Terms
from search_indexes.remembered import Remembered

ANALYSIS_VERSION = 2
"""Raised whenever the same text would give other tokens, so that the index is built anew."""

SHORT_TEXT = 200
"""Titles, issuers and headings up to this length recur in every section and are remembered."""

LONGEST_TERM = 20
"""Characters of a term of one's own; what is longer is a phrase."""

# What jieba and rjieba both take as part of a word (jieba.re_han_default), as it is folded.
_TERM = re.compile(rf"(?=.*[\u4e00-\u9fd5])[\u4e00-\u9fd5a-z0-9+]{{2,{LONGEST_TERM}}}")

# A section may well say what a query says without the same particles.
PARTICLES = frozenset("的了和与及之等")

BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])[^\S\n]+(?=[\u3400-\u9fff])")
# Punctuation and blanks; other symbols say something (互联网+, ≥, ￥) and are compared.
DROPPED_CATEGORIES = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Sk"})
DROPPED_SYMBOLS = frozenset("~|")


@dataclass(frozen=True, slots=True)
class Folded:
    """Text reduced to what exact search compares, and the way back to where it stood."""

    text: str
    characters: str
    pieces: list[str]
    """What is left of each character of the text: itself, nothing, or several."""

    def origins(self) -> list[int]:
        """Where each of the characters stood in the text."""
        size = len(self.pieces)
        if len(self.characters) + self.pieces.count("") == size:  # none became several
            return list(compress(range(size), self.pieces))
        return [place for place, piece in enumerate(self.pieces) for _ in piece]


class _Table(dict[int, str]):
    """A translation table that works out each character when it is first met."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str:
        value = self[code] = self._rule(chr(code))
        return value


@cache
def _simplified() -> dict[str, str]:
    """繁 to 简, one character each, after OpenCC's table (Apache-2.0)."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8-sig")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {character: simple.split()[0] for character, simple in pairs}


def _fold_character(character: str) -> str:
    """Compatibility form (UAX #15 NFKD), no case, no accents, simplified; controls are blanks."""
    simplified = _simplified()
    pieces = []
    for plain in unicodedata.normalize("NFKD", character).casefold():
        category = unicodedata.category(plain)
        if category in {"Cc", "Cs", "Cn"}:
            pieces.append("\n" if plain == "\n" else " ")
        elif category[0] != "M" and category != "Cf":
            pieces.append(simplified.get(plain, plain))
    return "".join(pieces)


def _compared(character: str) -> str:
    """What is left of *character* for exact search: nothing of punctuation and blanks."""
    return "".join(
        plain
        for plain in _FOLD[ord(character)]
        if not plain.isspace()
        and plain not in DROPPED_SYMBOLS
        and unicodedata.category(plain) not in DROPPED_CATEGORIES
    )


_FOLD = _Table(_fold_character)
_CHARACTERS = _Table(_compared)
_LEFT: Remembered[str, str] = Remembered(lambda character: _CHARACTERS[ord(character)])


def fold(text: str) -> str:
    """*text* with width, case, accents and 繁简 aside; punctuation stays."""
    return text.translate(_FOLD)


def characters(text: str) -> str:
    """*text* as exact search compares it: folded, without punctuation and blanks."""
    return text.translate(_CHARACTERS)


def folded(text: str) -> Folded:
    """The same as `characters`, with the way back to the places in *text*."""
    pieces = list(map(_LEFT.__getitem__, text))
    return Folded(text, "".join(pieces), pieces)


_BARE = Remembered(characters)


class _Dictionary:
    """Cuts by jieba's words and *terms*, and remembers what was cut lately."""

    def __init__(self, terms: Terms) -> None:
        self.cutter = Cutter(terms)
        self.asked = lru_cache(maxsize=1024)(self._asked)
        self.short = lru_cache(maxsize=4096)(self.long)

    def _asked(self, text: str) -> tuple[str, ...]:
        cut = [characters(word) for word in self.cutter.cut(_joined(text))]
        found = tuple(dict.fromkeys(word for word in cut if word))
        return tuple(word for word in found if word not in PARTICLES) or found

    def long(self, text: str) -> tuple[str, ...]:
        cut = self.cutter.cut_for_index(_joined(text))
        return tuple(filter(None, map(_BARE.__getitem__, cut)))


_plain = _Dictionary(())
_in_use: ContextVar[_Dictionary] = ContextVar("dictionary", default=_plain)
# The live index's, and that of one being built beside it.
_with_terms = lru_cache(maxsize=2)(_Dictionary)


@contextmanager
def cutting(terms: Terms) -> Iterator[None]:
    """Until it is left, this thread cuts by *terms* too; without it by jieba's words alone.

    *terms* are those an index was cut with: see search_indexes.terms.
    """
    token = _in_use.set(_with_terms(terms) if terms else _plain)
    try:
        yield
    finally:
        _in_use.reset(token)


def warm_up() -> None:
    """Reads the dictionary now instead of at the first search."""
    words("科技创新")


def hurry() -> None:
    """For a process that builds an index: where jieba cuts, it cuts faster, with more memory.

    Where rjieba does, jieba's own table would only be asked about each word once: reading it
    takes longer than it saves.
    """
    cutter = _in_use.get().cutter
    if not cutter.has_fast:
        cutter.hurry()


def cut(text: str) -> list[str]:
    """*text* in words, every character kept."""
    return _in_use.get().cutter.cut(text)


def words(text: str) -> tuple[str, ...]:
    """The words a section must hold for the query *text* to match it, in order, each once.

    Particles are left out beside other words; they stay when nothing else is asked.
    """
    return _in_use.get().asked(text)


def index_words(text: str) -> list[str]:
    """Every word of *text* with the dictionary words inside longer ones, repeated as they occur."""
    known = _in_use.get()
    return list(known.short(text) if len(text) <= SHORT_TEXT else known.long(text))


def _joined(text: str) -> str:
    # Blanks inside a Chinese line come from justified type (总  则), not from the author.
    return BETWEEN_HAN.sub("", fold(text))


def is_term(word: str) -> bool:
    """Whether *word* can be cut as one: see `as_term`."""
    return bool(_TERM.fullmatch(word)) and fold(word) == word


def as_term(word: str) -> str:
    """*word* folded as text is before it is cut; raises ValueError with a Chinese sentence."""
    plain = fold(word.strip())
    if len(plain) < 2:
        raise ValueError("词语至少两个字；单个字不用加，总能检索到。")
    if len(plain) > LONGEST_TERM:
        raise ValueError(f"词语不超过 {LONGEST_TERM} 个字；更长的说法请拆成几个词。")
    if any(map(str.isspace, plain)):
        raise ValueError("词语中间不能有空格或换行；几个词请分开添加。")
    if not is_term(plain):
        raise ValueError("词语只能用汉字、字母、数字和加号，其中至少一个汉字；标点和符号请去掉。")
    return plain


@cache
def fingerprint() -> str:
    """Changes when the same text would be cut or folded differently."""
    digest = hashlib.sha256(f"{ANALYSIS_VERSION} {jieba.__version__}".encode())
    digest.update(files("jieba").joinpath("dict.txt").read_bytes())
    digest.update(repr(sorted(_simplified().items())).encode())
    digest.update(unicodedata.unidata_version.encode())
    return digest.hexdigest()
