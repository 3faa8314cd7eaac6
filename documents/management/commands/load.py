"""Imports documents from JSON Lines and publishes them."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.loading import LoadRefused, LoadReport, load, records_of


class Command(BaseCommand):
    """``manage.py load FILE``: idempotent by ``id``."""

    help = (
        "Import documents from JSON Lines (.jsonl or .jsonl.gz) and publish them. A line holds "
        '{"id", "title", "issuer", "ref_no", "date", "region", "theme", "text"}; all but id and '
        "text may be missing, and what is given wins over what is read from the text. A list "
        '"other_names" may say what the document is also called.'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--limit", type=int, metavar="N", help="take the first N records only")
        parser.add_argument(
            "--replace", action="store_true", help="read records anew whose id is already there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        limit = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError(f"--limit is {limit}; it must be at least 1.")
        report = LoadReport()
        try:
            records = islice(records_of(options["file"]), limit)
            for report in load(records, replace_known=options["replace"]):
                done = report.added + report.replaced + report.unchanged
                self.stderr.write(f"{done} records")
        except LoadRefused as refusal:
            raise CommandError(f"{refusal} {_summary(report)} before that.") from refusal
        self.stdout.write(f"{_summary(report)}.")


def _summary(report: LoadReport) -> str:
    return f"{report.added} added, {report.replaced} replaced, {report.unchanged} unchanged"
