"""Measures whole questions on STARD's: recall and nDCG of `find --batch` for both halves.

Builds a scratch portal with every article as a document of one section, asks all questions, and
prints one line a half: the questions in even places were used for tuning, those in odd ones not.

    python bench/questions.py ../shared/corpora/stard-dev FOLDER
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from math import log2
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = 2000
DEPTH = 100

Run = dict[str, list[str]]
Relevant = dict[str, set[str]]


def main() -> None:
    """Parses the command line, builds what is missing, asks and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder with corpus, queries and qrels")
    parser.add_argument("folder", type=Path, help="the scratch portal; kept for the next time")
    options = parser.parse_args()
    os.environ["PORTAL_DATA"] = str(options.folder.resolve())
    _manage("migrate", "-v0")
    if not (options.folder / "built").exists():
        _build(options.corpus)
        (options.folder / "built").touch()
    run = options.folder / "run.txt"
    began = time.monotonic()
    queries = str(options.corpus / "queries.jsonl")
    _manage("find", "--batch", queries, "--limit", str(DEPTH), "--run", str(run))
    _report(options.corpus, _read_run(run), time.monotonic() - began)


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], check=True)  # noqa: S603


def _build(corpus: Path) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415 - the folder must be known before the settings are read

    django.setup()
    with gzip.open(corpus / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        while some := list(islice(rows, BATCH)):
            _add(some)
    _manage("reindex")


def _add(rows: list[dict[str, Any]]) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from documents.models import Document, Section, Status  # noqa: PLC0415

    now = timezone.now()
    documents = Document.objects.bulk_create(
        Document(
            public_id=row["doc_id"],
            slug=row["doc_id"].lower(),
            title=row["title"],
            status=Status.PUBLISHED,
            published_at=now,
            version_hash=hashlib.sha256(row["text"].encode()).hexdigest(),
        )
        for row in rows
    )
    Section.objects.bulk_create(
        Section(
            document=document,
            order=0,
            anchor="p1",
            level=1,
            kind="part",
            text=row["text"],
            fingerprint=document.version_hash,
        )
        for document, row in zip(documents, rows, strict=True)
    )


def _read_run(file: Path) -> Run:
    found: Run = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        query, _, document, *_ = line.split()
        found[query].append(document)
    return found


def _report(corpus: Path, run: Run, seconds: float) -> None:
    relevant: Relevant = defaultdict(set)
    for line in (corpus / "qrels.tsv").read_text("utf-8").splitlines():
        query, _, document, _ = line.split()
        relevant[query].add(document)
    names = list(_queries(corpus))
    print(f"{len(names)} questions in {seconds:.0f} s")  # noqa: T201
    for label, half in (("tuned on", names[0::2]), ("not tuned on", names[1::2])):
        figures = [_figures(run.get(name, []), relevant[name]) for name in half]
        means = [sum(column) / len(half) for column in zip(*figures, strict=True)]
        shown = "  ".join(f"{n} {v:.3f}" for n, v in zip(("R@10", "R@100", "nDCG@10"), means))  # noqa: B905
        print(f"{label:13} {shown}")  # noqa: T201


def _queries(corpus: Path) -> Iterator[str]:
    with (corpus / "queries.jsonl").open(encoding="utf-8") as lines:
        yield from (str(json.loads(line)["query_id"]) for line in lines)


def _figures(found: list[str], wanted: set[str]) -> tuple[float, float, float]:
    gain = sum(1 / log2(place + 2) for place, each in enumerate(found[:10]) if each in wanted)
    best = sum(1 / log2(place + 2) for place in range(min(10, len(wanted))))
    recall = [len(wanted & set(found[:depth])) / len(wanted) for depth in (10, 100)]
    return recall[0], recall[1], gain / best


if __name__ == "__main__":
    main()
