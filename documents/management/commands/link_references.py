"""Finds anew which documents cite which, in all that is published."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from documents.citing import DOCUMENTS_AT_ONCE, note
from documents.models import Citation, Document, DocumentName


class Command(BaseCommand):
    """``manage.py link_references``: needed once for documents published before it was there."""

    help = "Find anew which published documents cite which."

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = list(Document.objects.order_by("pk").values_list("pk", flat=True))
        held = 0
        for start in range(0, len(numbers), DOCUMENTS_AT_ONCE):
            with transaction.atomic():
                held += note(numbers[start : start + DOCUMENTS_AT_ONCE])
            self.stderr.write(f"{held} documents …")
        self.stdout.write(
            f"{held} published documents: {DocumentName.objects.count()} names, "
            f"{Citation.objects.count()} citations."
        )
