"""How well marks hold through real edits of real documents; the edit itself knows the truth."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from documents.landing_values import Landing, Passage
from documents.reanchoring import PresentText
from documents.text import read_text
from tests.documents.reanchoring_edits import EDITS, Tagged, passages_of, survivors, untagged

CORPUS = Path(__file__).parents[3] / "shared/corpora/policy-dev/documents.jsonl.gz"
SEED = 4711
SAMPLE, LONG_SAMPLE = 30, 200
LONGEST = 30_000
FEWEST_SECTIONS = 6


def texts(count: int) -> list[str]:
    """A sample of real texts; very long ones would take all of the test's time."""
    if not CORPUS.exists():
        pytest.skip(
            f"no corpus of policy documents at {CORPUS.parent.name}/: clone it beside the project"
        )
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        found = [json.loads(line)["text"] for line in lines]
    fitting = [text for text in found if len(text) <= LONGEST]
    random.Random(SEED).shuffle(fitting)
    chosen: list[str] = []
    for text in fitting:
        if len(read_text(text).sections) >= FEWEST_SECTIONS:
            chosen.append(text)
        if len(chosen) == count:
            break
    return chosen


@dataclass(slots=True)
class Tally:
    """What became of marks, by edit; and how often a stated confidence was right, by tenths."""

    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    sure: dict[int, Counter[bool]] = field(default_factory=dict)

    def add(
        self, name: str, old: list[Passage], new: list[Passage], homes: dict[str, str | None]
    ) -> None:
        present, past = PresentText(new), PresentText(old)
        verdicts = self.verdicts.setdefault(name, Counter())
        for anchor, home in homes.items():
            landing = present.land(past.mark(anchor))
            verdicts[verdict(landing, home)] += 1
            verdicts["survive"] += home is not None
            if landing.anchor is not None and not landing.untouched:
                band = int(landing.confidence * 10)
                self.sure.setdefault(band, Counter())[landing.anchor == home] += 1

    def share(self, name: str) -> float:
        counts = self.verdicts[name]
        return (counts["landed"] + counts["landed, marked"]) / max(counts["survive"], 1)

    def wrong_unmarked(self) -> int:
        return sum(counts["WRONG, UNMARKED"] for counts in self.verdicts.values())

    def report(self, documents: int) -> str:
        head = f"{documents} documents, seed {SEED}: share of surviving passages that land"
        lines = [
            f"{name:14} {self.share(name):7.2%}  {dict(sorted(counts.items()))}"
            for name, counts in self.verdicts.items()
        ]
        bands = [
            f"stated {band * 10}-{band * 10 + 9} %: {counts[True]} of {counts.total()} right"
            for band, counts in sorted(self.sure.items())
        ]
        return "\n".join((head, *lines, *bands))


def verdict(landing: Landing, home: str | None) -> str:
    if landing.anchor is None:
        return "refused" if home else "rightly refused"
    if landing.anchor == home:
        return "landed" if landing.untouched else "landed, marked"
    return "WRONG, UNMARKED" if landing.untouched else "wrong, marked"


def measure(sample: list[str]) -> Tally:
    tally = Tally()
    for number, text in enumerate(sample):
        reading = read_text(text)
        old = passages_of(reading)
        for name, edit in EDITS.items():
            edited = edit(text, reading, random.Random(f"{SEED}-{number}-{name}"))
            new_text = untagged(edited)
            after = read_text(new_text)
            new = passages_of(after)
            tally.add(name, old, new, survivors(reading, text, after, edited))
            if name == "noise":  # the other way round: what was marked was the scan
                homes = survivors(after, new_text, reading, backwards(text, edited))
                tally.add("scan replaced", new, old, homes)
    return tally


def backwards(text: str, edited: Tagged) -> Tagged:
    """*text* as an edit of *edited*."""
    origins: list[int | None] = [None] * len(text)
    for place, (_, origin) in enumerate(edited):
        if origin is not None:
            origins[origin] = place
    return list(zip(text, origins, strict=True))


def hold(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    sample = texts(count)
    tally = measure(sample)
    with capsys.disabled():
        print(f"\n{tally.report(len(sample))}")
    assert tally.wrong_unmarked() == 0
    for name in tally.verdicts:
        assert tally.share(name) >= 0.99, f"{name}: {tally.share(name):.2%}"
    assert sum(counts["landed, marked"] for counts in tally.verdicts.values()) > count


def test_marks_hold_through_real_edits(capsys: pytest.CaptureFixture[str]) -> None:
    hold(SAMPLE, capsys)


@pytest.mark.nightly
def test_marks_hold_through_real_edits_of_many_documents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hold(LONG_SAMPLE, capsys)
