"""Puts a backup back and rebuilds the index."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.upkeep.archive import ArchiveDamaged
from portal.upkeep.backup import RestoreRefused, restore


class Command(BaseCommand):
    """``manage.py restore FILE``: into an empty portal, or with --force over this one."""

    help = "Verify the backup FILE, put it in place of what is here, and rebuild the index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="replace documents and accounts that are here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = restore(options["file"], force=options["force"])
        except (ArchiveDamaged, RestoreRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(
                f"The originals could not be written ({error.strerror or error}); the rows are as "
                "they were. Make room in PORTAL_DATA and run the same command again."
            ) from error
        call_command("reindex", stdout=self.stderr, stderr=self.stderr)
        self.stdout.write(f"{kept.rows} rows and {kept.files} originals restored.")
