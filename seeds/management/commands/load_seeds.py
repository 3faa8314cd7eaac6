"""Loads the seed documents with their manifest."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.intake import IntakeRefused
from seeds.loader import DamagedSeed, load_seeds


class Command(BaseCommand):
    """``manage.py load_seeds``: twice changes nothing."""

    help = "Load the five seed documents and publish them; what is there already is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        added = there = 0
        try:
            for seed, new in load_seeds():
                self.stderr.write(f"{'added' if new else 'there'} {seed.file}")
                added, there = added + new, there + (not new)
        except (DamagedSeed, IntakeRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{added} seed documents added, {there} were there already.")
