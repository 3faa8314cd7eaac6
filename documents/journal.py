"""Notes in Django's own log what editors do, where the admin shows it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User

from documents.models import Document

__all__ = ["ADDITION", "CHANGE", "DELETION", "note"]


def note(user: User, document: Document, flag: int, message: str) -> None:
    """Records that *user* did what *message* says (in Chinese) to *document*."""
    entry: Any = LogEntry.objects
    entry.log_actions(user.pk, [document], flag, change_message=message, single_object=True)
