"""Real sections for the measurements: read by the portal's own reader, cut once, kept."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from documents.text import read_text
from search_indexes.analysis import characters, fold, hurry, index_words
from search_indexes.cutter import Cutter
from search_indexes.facets import NOT_GIVEN

SEED = 3
FACETS = ("district", "year", "theme")
CUTTER = Cutter()
FRESH = 10_000_000
"""Added to the ids of documents repeated to reach a larger size."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as every engine gets it: the same words, the same characters."""

    key: int
    document: int
    district: str
    year: str
    theme: str
    text: str
    bare: str
    words: list[str]

    def values(self) -> tuple[str, str, str]:
        """Facet values in the order of FACETS."""
        return self.district, self.year, self.theme


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the measurement: words joined by *operator*, or one exact string."""

    kind: str
    operator: str
    terms: tuple[str, ...]
    filters: tuple[tuple[str, str], ...] = ()


def entries(source: Path, cache: Path, size: int) -> list[Entry]:
    """*size* sections of *source* (gzipped JSON Lines), repeated under new ids if short."""
    asked = cache.with_suffix(".asked")
    if not cache.exists() or int(asked.read_text()) < size:
        _prepare(source, cache, size)
        asked.write_text(str(size))
    with cache.open(encoding="utf-8") as lines:
        known = [Entry(**json.loads(line)) for line in islice(lines, size)]
    found = list(known)
    while len(found) < size:
        shift = FRESH * (len(found) // len(known))
        found += [
            replace(each, key=each.key + shift, document=each.document + shift)
            for each in known[: size - len(found)]
        ]
    return found


def _prepare(source: Path, cache: Path, size: int) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    hurry()
    part = cache.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        for entry in islice(_read(source), size):
            out.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
    part.replace(cache)


def _read(source: Path) -> Iterator[Entry]:
    key = 0
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for document, line in enumerate(lines, start=1):
            record = json.loads(line)
            for section in read_text(record["text"]).sections:
                key += 1
                text = f"{section.number or ''}{section.heading or ''}{section.text}"
                yield Entry(
                    key,
                    document,
                    record["region"] or NOT_GIVEN,
                    (record["date"] or NOT_GIVEN)[:4],
                    record["theme"] or NOT_GIVEN,
                    text,
                    characters(text),
                    index_words(text),
                )


def from_text(entry: Entry, *, fast: bool) -> Entry:
    """*entry* cut and folded anew, with rjieba if it is *fast*, else with jieba."""
    cut = CUTTER.cut_for_index if fast else CUTTER.tokenizer.cut_for_search
    words = [word for word in map(characters, cut(fold(entry.text))) if word]
    return replace(entry, bare=characters(entry.text), words=words)


def questions(known: list[Entry]) -> list[Asked]:
    """Sixty questions chosen by how many sections have their words."""
    chance = random.Random(SEED)  # noqa: S311 - to choose questions
    sample = chance.sample(known, min(len(known), 10_000))
    frequency = Counter(word for entry in sample for word in set(entry.words))
    long = [word for word, _ in frequency.most_common() if len(word) > 1 and word.isalpha()]
    common = long[:12]
    low, high = len(sample) // 200, len(sample) // 40
    mid = chance.sample([word for word in long if low <= frequency[word] <= high], 40)
    rare = chance.sample([word for word in long if 2 <= frequency[word] <= 6], 8)
    asked = [Asked("common", "and", (word,)) for word in common[:8]]
    asked += [Asked("mid", "and", (word,)) for word in mid[:4]]
    asked += [Asked("rare", "and", (word,)) for word in rare[:6]]
    asked += [Asked("and2", "and", (common[n], mid[n + 4])) for n in range(4)]
    asked += [Asked("and2", "and", (common[n], common[n + 4])) for n in range(4)]
    asked += [Asked("and4", "and", (*common[n : n + 3], mid[n + 8])) for n in range(4)]
    asked += [Asked("or2", "or", (common[n], mid[n + 12])) for n in range(4)]
    asked += [
        Asked("or4", "or", (common[n], common[n + 5], mid[n + 16], mid[n + 22])) for n in range(6)
    ]
    asked += [Asked("exact", "exact", (string,)) for string in _strings(sample, chance)]
    return asked + _filtered(known, common, mid[30:], chance)


def _strings(sample: list[Entry], chance: random.Random) -> list[str]:
    texts = [entry.bare for entry in sample if len(entry.bare) > 20]
    strings = []
    for size in (2, 2, 3, 4, 4, 6, 8, 12):
        text = chance.choice(texts)
        start = chance.randrange(len(text) - size)
        strings.append(text[start : start + size])
    return strings


def _filtered(
    known: list[Entry], common: list[str], mid: list[str], chance: random.Random
) -> list[Asked]:
    asked = []
    for number in range(12):
        name = FACETS[number % 3]
        value = getattr(chance.choice(known), name)
        terms = (common[number % 12],) if number < 8 else (mid[number % len(mid)],)
        asked.append(Asked("filter", "and", terms, ((name, value),)))
    return asked
