"""Says what is wrong with the portal, and mends what can be mended."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.upkeep.doctor import Finding, examine


class Command(BaseCommand):
    """``manage.py doctor``: exit status 1 while something is wrong."""

    help = "Check files, checksums, database, index and settings against each other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fix", action="store_true", help="mend what needs no decision")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(examine())
        mended = [finding for finding in findings if options["fix"] and _mend(finding)]
        left = [finding for finding in findings if finding not in mended]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(left, mended), ensure_ascii=False))
        else:
            for finding in findings:
                word = "mended" if finding in mended else finding.code
                self.stderr.write(f"{word}: {finding.message}")
            self.stdout.write(f"{len(left)} wrong, {len(mended)} mended.")
        if left:
            raise CommandError(_cure(left, fix=options["fix"]))


def _mend(finding: Finding) -> bool:
    if finding.mend is None:
        return False
    finding.mend()
    return True


def _as_json(left: list[Finding], mended: list[Finding]) -> dict[str, Any]:
    def rows(findings: list[Finding]) -> list[dict[str, Any]]:
        return [
            {"code": row.code, "message": row.message, "fixable": row.mend is not None}
            for row in findings
        ]

    return {"findings": rows(left), "mended": rows(mended)}


def _cure(left: list[Finding], *, fix: bool) -> str:
    fixable = sum(finding.mend is not None for finding in left)
    if fixable and not fix:
        return f"{len(left)} things are wrong; doctor --fix mends {fixable} of them."
    return f"{len(left)} things are wrong that need a decision: see above."
