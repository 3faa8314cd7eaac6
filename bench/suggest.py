"""Measures what a suggestion costs while somebody types.

    PORTAL_DATA=FOLDER python -m bench.suggest [--prefixes 600] [--seed S]

Types beginnings and middles of what the portal has to suggest: characters, full pinyin, initials,
reference numbers. Prints CPU milliseconds of `suggest` and of the whole answer of
`/api/v1/suggest` by kind of typing: median, 95th percentile, the largest.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django

django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from documents.models import Document, Issuer, Section, Theme  # noqa: E402
from search_indexes.analysis import characters  # noqa: E402
from search_indexes.sounds import initials, sound  # noqa: E402
from search_indexes.suggest import suggest, warm_up  # noqa: E402

MOST_HEADINGS = 5000


def main() -> None:
    """Draws what is typed, asks for each twice over and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefixes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=int(time.strftime("%Y%m%d")))
    options = parser.parse_args()
    began = time.process_time()
    warm_up()
    print(f"read once: {time.process_time() - began:.1f} s of CPU")  # noqa: T201
    client = Client(headers={"host": "127.0.0.1"})
    typed = list(_typed(random.Random(options.seed), options.prefixes))  # noqa: S311 - no secret

    def answer(text: str) -> None:
        if (status := client.get("/api/v1/suggest", {"q": text}).status_code) != 200:
            raise SystemExit(f"{text!r} was answered with {status}.")

    answer(typed[0][1])  # the first request loads what every request needs
    print(f"N={len(typed)}, seed {options.seed}; CPU ms: p50, p95, max")  # noqa: T201
    ways: dict[str, Callable[[str], object]] = {"suggest": suggest, "/api/v1/suggest": answer}
    for name, ask in ways.items():
        spent = [(kind, _cpu_ms(ask, text)) for kind, text in typed]
        for kind in [*dict(typed), "all"]:
            times = sorted(ms for of, ms in spent if kind in (of, "all"))
            p95 = times[int(len(times) * 0.95)]
            shown = f"{statistics.median(times):6.2f} {p95:6.2f} {times[-1]:6.2f}"
            print(f"{name:16} {kind:12} {len(times):4} {shown}")  # noqa: T201


def _cpu_ms(ask: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    ask(text)
    return 1000 * (time.process_time() - began)


def _typed(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Kind and text: 1 to 6 characters or letters, two thirds of them from the beginning."""
    published = Document.objects.published()
    headings = Section.objects.filter(document__in=published).exclude(heading="")
    named = [
        *published.order_by("pk").values_list("title", flat=True),
        *Issuer.objects.order_by("pk").values_list("name", flat=True),
        *Theme.objects.order_by("pk").values_list("name", flat=True),
        *headings.order_by("pk").values_list("heading", flat=True)[:MOST_HEADINGS],
    ]
    names = [text for text in map(characters, named) if text]
    numbers = list(published.exclude(ref_no="").order_by("pk").values_list("ref_no", flat=True))
    for number in range(count):
        name = chance.choice(names)
        start = 0 if chance.random() < 2 / 3 else chance.randrange(len(name))
        size = chance.randint(1, 6)
        part = name[start : start + size]
        match number % 4:
            case 0:
                yield "characters", part
            case 1:
                yield "pinyin", sound(part)[: chance.randint(1, 12)]
            case 2:
                yield "initials", initials(part)
            case _:
                ref_no = chance.choice(numbers)
                yield "文号", ref_no[: chance.randint(2, len(ref_no))]


if __name__ == "__main__":
    with override_settings(LIMITS={}):
        main()
