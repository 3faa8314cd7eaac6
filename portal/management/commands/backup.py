"""Backs the portal up into one file, while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.upkeep.backup import backup


class Command(BaseCommand):
    """``manage.py backup FILE``: rows and originals, not the index."""

    help = "Write everything but the index into FILE, while the portal runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        try:
            kept = backup(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror or error}.") from error
        for sha256 in kept.missing:
            self.stderr.write(f"missing original {sha256}; run doctor")
        self.stdout.write(f"{kept.rows} rows and {kept.files} originals in {target}.")
