"""Exact search against a plain scan of the text, on the seed documents."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from documents.models import Document, Section
from search_indexes.analysis import fold
from search_indexes.chained import STAR
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.sync import catch_up
from seeds.loader import load_seeds

STRINGS = 300
CHAINS = 150
SEED = 20250116


@dataclass(frozen=True)
class Scanned:
    """Bare characters: of every section by its key with its document, of every record."""

    sections: dict[int, tuple[int, str]]
    records: dict[int, tuple[str, ...]]

    def holding(self, string: str) -> tuple[int, set[int]]:
        """How many sections hold *string*, and which documents."""
        found = [document for document, text in self.sections.values() if string in text]
        return len(found), set(found)

    def stating(self, string: str) -> set[int]:
        """The documents whose record holds *string*."""
        return {key for key, texts in self.records.items() if any(string in t for t in texts)}


@pytest.fixture
def scanned(index: object, db: None) -> Scanned:
    """The seed documents, indexed."""
    assert sum(new for _, new in load_seeds()) == 5
    catch_up()
    return Scanned(
        {
            section.pk: (
                section.document_id,
                _bare(f"{section.number}{section.heading}{section.text}"),
            )
            for section in Section.objects.all()
        },
        {document.pk: tuple(map(_bare, _record(document))) for document in Document.objects.all()},
    )


def test_a_phrase_finds_every_section_that_holds_it_and_no_other(scanned: Scanned) -> None:
    for string in _strings(scanned):
        page = find(SearchRequest(parse_query(f"“{string}”"), page_size=100))
        sections, documents = scanned.holding(_bare(string))
        # A phrase of the record alone counts for the document's first section.
        by_record = scanned.stating(_bare(string)) - documents
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
    texts = sorted(_bare(text) for _, text in scanned.sections.values())
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
        sections, documents = scanned.holding(_bare(string))
        assert page.section_count >= sections, string
        assert page.count >= len(documents), string


def _record(document: Document) -> list[str]:
    issuers = document.issuers.all()
    names = [issuer.name for issuer in issuers]
    names += [also.name for issuer in issuers for also in issuer.names.all()]
    return [document.title, document.ref_no, *names]


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


def _bare(text: str) -> str:
    """Written apart from the engine's own rule: letters, digits and signs of meaning only."""
    return "".join(
        character
        for character in fold(text)
        if unicodedata.category(character)[0] in "LNS" and character not in "~|`^"
    )
