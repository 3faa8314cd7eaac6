"""Says how well a collection of documents is read: a table, and the worst of them."""

from __future__ import annotations

import gzip
import itertools
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from documents.text.measure import Judged, figures, judge, table
from documents.text.sampling import Drawn, draw, heading

_CORPUS = "../shared/corpora/policy-dev/documents.jsonl.gz"
_SHOWN = 8  # misses printed a document


class Command(BaseCommand):
    """``manage.py reading_report [FILE] [--worst N] [--sample N --seed S] [--json]``."""

    help = "Read a collection (JSON Lines) and compare the reading with what its source says."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", metavar="FILE", help=f"JSON Lines, .gz allowed (default {_CORPUS})"
        )
        parser.add_argument(
            "--worst", type=int, default=0, metavar="N", help="show the N worst documents"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="read the first N documents")
        parser.add_argument(
            "--sample", type=int, metavar="N",
            help="show N sections with a heading beside their source, to be judged, and no table",
        )  # fmt: skip
        parser.add_argument(
            "--seed", type=int, default=0, metavar="S", help="which sample (default 0)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"] or settings.BASE_DIR / _CORPUS)
        limit: int | None = options["limit"]
        if options["sample"] is not None:
            documents = itertools.islice(_documents(path), limit)
            self._sample(draw(documents, options["sample"], options["seed"]), options["json"])
            return
        judged: list[Judged] = []
        for document in _documents(path):
            if limit is not None and len(judged) >= limit:
                break
            judged.append(judge(document))
            if len(judged) % 500 == 0:
                self.stderr.write(f"{len(judged)} documents")
        worst = sorted((each for each in judged if each.missed), key=_badness)[: options["worst"]]
        print_as = self._json if options["json"] else self._text
        print_as(judged, worst)

    def _sample(self, drawn: list[Drawn], as_json: bool) -> None:
        if as_json:
            rows = [asdict(each) for each in drawn]
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for number, each in enumerate(drawn, start=1):
            section = each.section
            self.stdout.write(
                f"\n{number} {each.id} {section.anchor} level {section.level} {section.kind} "
                f"{each.title}\n  heading: {heading(section)}\n  above:   {' / '.join(each.above)}"
                f"\n  beside:  {' | '.join(each.siblings)}\n  text:    {section.text[:60]!r}"
            )
            for line in each.source:
                self.stdout.write(f"  {line}")

    def _text(self, judged: list[Judged], worst: list[Judged]) -> None:
        self.stdout.write(table(figures(judged)))
        for document in worst:
            self.stdout.write(f"\n{document.id} {document.title}")
            for check in document.missed[:_SHOWN]:
                read = f"  read: {check.read or '-'}" if check.measure != "outline" else ""
                self.stdout.write(f"  {check.measure:15} {check.wanted}{read}")
            if len(document.missed) > _SHOWN:
                self.stdout.write(f"  and {len(document.missed) - _SHOWN} more")
        self.stdout.write(f"\n{len(judged)} documents.")

    def _json(self, judged: list[Judged], worst: list[Judged]) -> None:
        answer = {
            "documents": len(judged),
            "figures": {
                name: {"right": right, "of": asked}
                for name, (right, asked) in figures(judged).items()
            },
            "worst": [
                {
                    "id": each.id,
                    "title": each.title,
                    "missed": [
                        {"measure": check.measure, "wanted": check.wanted, "read": check.read}
                        for check in each.missed
                    ],
                }
                for each in worst
            ],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _badness(document: Judged) -> tuple[int, str]:
    return -len(document.missed), document.id


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise CommandError(f"No collection at {path}: give the path of a .jsonl or .jsonl.gz file.")
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                document = json.loads(line)
                if not isinstance(document, dict) or not {"id", "title", "text"} <= set(document):
                    raise CommandError(f"Line {number} has no id, title and text.")
                yield document
    except (OSError, EOFError, ValueError) as error:
        raise CommandError(f"{path.name} cannot be read as JSON Lines: {error}") from error
