"""Django's `migrate`, one at a time: two starts at once must not both create the same table."""

from __future__ import annotations

import fcntl
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Waits for another `migrate` of the same data folder, then finds its work done."""

    def handle(self, *args: Any, **options: Any) -> None:
        with (settings.PORTAL_DATA / "migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            super().handle(*args, **options)
