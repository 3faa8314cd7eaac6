"""Holds quoted strings drawn from a portal's documents against a plain scan of their text.

    PORTAL_DATA=FOLDER python -m bench.exactness [--strings 5000] [--seed S] [--codec array|stock]

FOLDER is a portal with documents loaded. Without --codec its own index is asked as it stands; with
it one is built of the same documents beside, in a temporary folder. Every string is a run of 1 to
30 characters of a section's or a record's text, a third of them with two neighbours exchanged, so
that many are nowhere. An answer is wrong when its number of documents or sections is not that of
the texts which hold the string, punctuation, spaces and width aside. Prints each wrong one and a
summary; the exit status is 1 when there is any.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django

django.setup()

import haystack  # noqa: E402
from django.conf import settings  # noqa: E402

from documents.models import Document, Section  # noqa: E402
from search_indexes.engine.commits import CODECS  # noqa: E402
from search_indexes.finder import find  # noqa: E402
from search_indexes.query import parse_query  # noqa: E402
from search_indexes.rebuild import rebuild  # noqa: E402
from search_indexes.request import SearchRequest  # noqa: E402
from tests.contract.plain_scan import Laid, Scanned, bare  # noqa: E402

LONGEST = 30
SHARE_EXCHANGED = 1 / 3
SIGNS = str.maketrans(dict.fromkeys('"“”„‟＂「」『』*＊\n\r\t', " "))
"""What ends a quoted string or has a meaning inside one; a space, which is set aside, instead."""


def main() -> int:
    """Asks every string and counts the wrong answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=int(time.strftime("%Y%m%d")))
    parser.add_argument("--codec", choices=CODECS, help="build an index of this kind and ask it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exactness-") as folder:
        if options.codec:
            place = settings.HAYSTACK_CONNECTIONS["default"]
            place["PATH"], place["CODEC"] = f"{folder}/index", options.codec
            haystack.connections.reload("default")
            rebuild()
        return _held_against_the_text(options.strings, options.seed)


def _held_against_the_text(count: int, seed: int) -> int:
    scanned = Scanned.published()
    sections = Laid(scanned.sections.values())
    records = Laid((key, text) for key, texts in scanned.records.items() for text in texts)
    asked = nowhere = wrong = 0
    for string in _drawn(random.Random(seed), count):  # noqa: S311 - the same again by its seed
        own = list(sections.owners(bare(string)))
        # A phrase of the record alone counts for the document's first section.
        by_record = set(records.owners(bare(string))) - set(own)
        expected = len({*own, *by_record}), len(own) + len(by_record)
        page = find(SearchRequest(parse_query(f"“{string}”"), page_size=1))
        asked += 1
        nowhere += expected == (0, 0)
        if (page.count, page.section_count) != expected:
            wrong += 1
            print(f"{string!r}: {page.count}, {page.section_count}, not {expected}")  # noqa: T201
    codec = haystack.connections["default"].get_backend().codec
    print(  # noqa: T201
        f"N={asked} strings, seed {seed}, {len(scanned.sections)} sections of"
        f" {len(scanned.records)} documents, codec {codec}: {nowhere} stand nowhere, {wrong} wrong"
    )
    return int(wrong > 0)


def _drawn(chance: random.Random, count: int) -> Iterator[str]:
    """Runs of real text with at least one character that counts."""
    texts = [
        text
        for number, heading, text in Section.objects.order_by("pk").values_list(
            "number", "heading", "text"
        )
        for text in (number + heading, text)
        if text
    ]
    texts += Document.objects.order_by("pk").values_list("title", flat=True)
    drawn = 0
    while drawn < count:
        text = chance.choice(texts)
        size = min(chance.randint(1, LONGEST), len(text))
        start = chance.randint(0, len(text) - size)
        string = text[start : start + size].translate(SIGNS)
        if size > 1 and chance.random() < SHARE_EXCHANGED:
            at = chance.randrange(size - 1)
            string = string[:at] + string[at + 1] + string[at] + string[at + 2 :]
        if bare(string):
            drawn += 1
            yield string


if __name__ == "__main__":
    sys.exit(main())
