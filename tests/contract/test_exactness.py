"""Exact search against a plain scan of the text, on the seed documents."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from search_indexes.chained import STAR
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.sync import catch_up
from seeds.loader import load_seeds
from tests.contract.plain_scan import Scanned, bare

STRINGS = 300
CHAINS = 150
SEED = 20250116


@pytest.fixture
def scanned(index: object, db: None) -> Scanned:
    """The seed documents, indexed."""
    assert sum(new for _, new in load_seeds()) == 5
    catch_up()
    return Scanned.published()


def test_a_phrase_finds_every_section_that_holds_it_and_no_other(scanned: Scanned) -> None:
    for string in _strings(scanned):
        page = find(SearchRequest(parse_query(f"“{string}”"), page_size=100))
        sections, documents = scanned.holding(bare(string))
        # A phrase of the record alone counts for the document's first section.
        by_record = scanned.stating(bare(string)) - documents
        assert page.section_count == sections + len(by_record), string
        assert page.count == len(documents | by_record), string


def test_near_pieces_and_stars_find_what_a_regular_expression_finds(scanned: Scanned) -> None:
    found = 0
    for typed, patterns in _near(scanned):
        page = find(SearchRequest(parse_query(typed), page_size=1))
        own = [d for d, text in scanned.sections.values() if any(p.search(text) for p in patterns)]
        stating = {
            key
            for key, texts in scanned.records.items()
            if any(pattern.search(text) for text in texts for pattern in patterns)
        }
        assert page.section_count == len(own) + len(stating - set(own)), typed
        assert page.count == len({*own, *stating}), typed
        found += bool(page.count)
    assert CHAINS // 3 < found < CHAINS


def _near(scanned: Scanned) -> Iterator[tuple[str, list[re.Pattern[str]]]]:
    """Pairs of runs of real text, a few characters apart, and what must be found by them."""
    chance = random.Random(SEED)
    texts = sorted(bare(text) for _, text in scanned.sections.values())
    texts = [text for text in texts if len(text) > 40]
    for _ in range(CHAINS):
        text = chance.choice(texts)
        start = chance.randrange(len(text) - 30)
        one = text[start : start + chance.choice([1, 2, 2, 3])]
        after = start + len(one) + chance.randrange(14)
        two = text[after : after + chance.choice([1, 2, 2, 3])]
        if chance.random() < 0.5:
            yield f"“{one}*{two}”", [_apart(one, STAR, two)]
        else:
            gap = chance.choice([0, 3, 10, 100])
            typed = f"“{two} {one}”~{gap}"
            yield typed, [_apart(one, gap, two), _apart(two, gap, one)]


def _apart(one: str, gap: int, two: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(one)}.{{0,{gap}}}{re.escape(two)}", re.DOTALL)


def test_a_plain_word_never_misses_a_section_that_holds_it(scanned: Scanned) -> None:
    for string in _strings(scanned):
        if string in ("或", "OR"):
            continue
        page = find(SearchRequest(parse_query(string), page_size=100))
        sections, documents = scanned.holding(bare(string))
        assert page.section_count >= sections, string
        assert page.count >= len(documents), string


def _strings(scanned: Scanned) -> Iterator[str]:
    """Runs of real text of 1 to 12 characters, a third of them with two characters exchanged."""
    chance = random.Random(SEED)
    texts = sorted(text for _, text in scanned.sections.values() if len(text) > 12)
    for _ in range(STRINGS):
        text = chance.choice(texts)
        size = chance.choice([1, 2, 2, 3, 4, 6, 9, 12])
        start = chance.randrange(len(text) - size)
        string = text[start : start + size]
        if chance.random() < 0.33 and size > 1:
            string = string[1] + string[0] + string[2:]
        yield string
