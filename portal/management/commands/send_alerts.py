"""`send_alerts`: mails readers what is new of what they follow; run it every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.alerts import send_due


class Command(BaseCommand):
    """One run; each follow decides by its own rate whether it is due."""

    help = "Mail what is new to the readers who asked for it. Run it every few minutes (cron)."

    def handle(self, *args: Any, **options: Any) -> None:
        """One summary line on stdout; exit 1 when a mail could not be handed over."""
        report = send_due()
        line = f"{report.mails} mails sent about {report.follows} follows"
        if report.failed:
            raise CommandError(f"{line}; {report.failed} could not be sent and will be tried again")
        self.stdout.write(line)
