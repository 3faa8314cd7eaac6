"""Cuts Chinese into words as jieba does: with jieba, or with rjieba at ten times the speed.

rjieba (jieba in Rust, with jieba's dictionary) gives the same words but for runs of Latin letters,
digits and signs, which it leaves whole where jieba cuts them again, and for characters beyond
the Basic Multilingual Plane beside such runs. It is used for what goes into the index, after it
has cut a probe exactly as jieba does; otherwise, and where it is not installed, jieba cuts.

Both take terms of one's own beside jieba's words, each with the least frequency that lets it be
one word (jieba's ``suggest_freq``), reckoned from jieba's own dictionary alone, so that the order
of the terms does not matter.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

import jieba
from django.conf import settings

from search_indexes.dictionary import Dictionary, dictionary, gained, with_beginnings
from search_indexes.remembered import Remembered

log = logging.getLogger(__name__)

LAST_OF_PLANE = "\uffff"

# As jieba.re_skip_detail, by which jieba cuts what is neither Chinese nor in its dictionary.
RUNS = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")

PROBE = (
    "上海市科技创新“十四五”规划（2021-2025年）第3.5%节：加快建设具有全球影响力的科技创新中心。",
    "青科委规〔2025〕1号 关于印发《青浦区高新技术企业认定管理办法》的通知",
    "全社会研发投入占gdp比重达到4.5%左右，c++、r&d经费与5g、ai+制造，no.12_a-b，http://www.example.cn",
    "对符合条件的专精特新“小巨人”企业，给予最高不超过100万元的一次性补贴；由区财政统筹安排。",
    "第一条 为了贯彻落实习近平总书记考察上海重要讲话精神，根据有关法律、法规，制定本条例。",
    "乐视网 王小明 在阿拉善盟鄂尔多斯市 研究生命起源 的确实在理 结婚的和尚未结婚的",
)
"""What both must cut alike: numbers, names, runs of signs, words inside words."""


Terms = tuple[str, ...]
"""Words of one's own: folded, without blanks, in the order of their characters."""


class Cutter:
    """jieba with its dictionary and *terms*, read when first needed and kept for the process.

    It takes little memory (see search_indexes.dictionary) until somebody is in a hurry.
    """

    def __init__(self, terms: Terms = ()) -> None:
        self.terms = terms
        self._lock = threading.Lock()
        self._tokenizer: jieba.Tokenizer | None = None
        self._hurried = False

    @property
    def tokenizer(self) -> jieba.Tokenizer:
        """The reference, ready to cut."""
        if self._tokenizer is None:
            with self._lock:
                if self._tokenizer is None:
                    self._tokenizer = _small(self._added)
        return self._tokenizer

    def hurry(self) -> None:
        """Takes jieba's own table from now on: 60 MB more, and jieba cuts three times as fast."""
        with self._lock:
            if not self._hurried:
                self._tokenizer = _loaded(self._added)
            self._hurried = True

    @property
    def has_fast(self) -> bool:
        """Whether rjieba cuts what goes into the index."""
        return self._fast is not None

    @cached_property
    def _added(self) -> dict[str, int]:
        """The terms that jieba alone would cut in pieces, with their frequencies."""
        plain = _small({})
        return {
            term: plain.suggest_freq(term, tune=False)
            for term in self.terms
            if not (plain.FREQ.get(term) and plain.lcut(term, HMM=True) == [term])
        }

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        """What the index holds of a term beside itself: its pieces, and terms inside it."""
        plain = Cutter()
        pieces = {
            term: [piece for piece in plain.cut_for_index(term) if piece != term]
            for term in self._added
        }
        return {term: [*known, *self._shorter(term, known)] for term, known in pieces.items()}

    def _shorter(self, term: str, known: list[str]) -> Iterator[str]:
        for size in range(2, len(term)):
            inner = (term[at : at + size] for at in range(len(term) - size + 1))
            yield from (each for each in inner if each in self._added and each not in known)

    def cut(self, text: str) -> list[str]:
        """*text* in words, every character kept."""
        words: list[str] = self.tokenizer.lcut(text, HMM=True)
        return words

    def cut_for_index(self, text: str) -> list[str]:
        """The same with the dictionary words inside longer ones before each."""
        if self._fast is None or max(text, default="") > LAST_OF_PLANE:
            return self._with_inner(self.cut(text))
        return list(chain.from_iterable(map(self._expanded.__getitem__, self._fast(text))))

    @cached_property
    def _fast(self) -> Callable[[str], list[str]] | None:
        """rjieba when it is there and cuts the probe as jieba does."""
        try:
            import rjieba  # noqa: PLC0415 - 30 MB, needed only where something is indexed
        except ImportError:
            return None
        cut: Callable[[str], list[str]] = rjieba.cut
        if self._added:
            own = rjieba.Jieba()  # the one of the module may serve an index with other terms
            for term, count in self._added.items():
                own.add_word(term, count, None)
            cut = own.cut
        if all(self._recut(cut(text)) == self.cut(text) for text in self._probe()):
            return cut
        log.warning("rjieba does not cut as jieba does; indexing uses jieba.")
        return None

    def _probe(self) -> Iterator[str]:
        yield from PROBE
        yield from ("".join(self._added), "的".join(self._added), "，".join(self._added))

    def _recut(self, words: Iterable[str]) -> list[str]:
        known = self.tokenizer.FREQ
        recut: list[str] = []
        for word in words:
            if len(word) > 1 and word.isascii() and not known.get(word):
                recut += filter(None, RUNS.split(word))
            else:
                recut.append(word)
        return recut

    def _with_inner(self, words: Iterable[str]) -> list[str]:
        """As jieba's ``cut_for_search`` does it: pairs, then triples that are words themselves.

        Of a term also whatever would be there without it, so that its pieces are found as before.
        """
        known, inside = self.tokenizer.FREQ, self._inside
        found: list[str] = []
        for word in words:
            if word in inside:
                found += inside[word]
                found.append(word)
                continue
            for size in (2, 3):
                if len(word) > size:
                    inner = (word[at : at + size] for at in range(len(word) - size + 1))
                    found += [each for each in inner if known.get(each)]
            found.append(word)
        return found

    @cached_property
    def _expanded(self) -> Remembered[str, list[str]]:
        """What the index holds for a word that rjieba cut: each is worked out once."""
        return Remembered(lambda word: self._with_inner(self._recut([word])))


def _folder() -> Path:
    folder: Path = settings.PORTAL_DATA / "cache"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@lru_cache(maxsize=1)
def _plain(folder: Path) -> Dictionary:
    return dictionary(folder)


def _small(added: Mapping[str, int]) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    known = _plain(_folder())
    if added:
        known = known.extended(added)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = known, known.total, True
    return tokenizer


def _loaded(added: Mapping[str, int]) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    # jieba would share a file in the system's temporary folder with whoever made it first.
    tokenizer.tmp_dir = str(_folder())
    tokenizer.initialize()
    tokenizer.total += gained(tokenizer.FREQ, added)
    tokenizer.FREQ |= with_beginnings(tokenizer.FREQ, added)
    return tokenizer
