"""Reads files as an upload would and prints what was found, one JSON object a line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.extraction import ExtractionError
from documents.file_reading import read_file
from documents.reading_json import reading_as_json


class Command(BaseCommand):
    """``manage.py read FILE…``: no database is touched."""

    help = "Read policy files (any supported format) and print one JSON object a file, one a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="files to read")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[str] = options["files"]
        failed = 0
        for count, file in enumerate(files, 1):
            self.stderr.write(f"{count}/{len(files)} {file}", ending="\n")
            answer = _read(file)
            failed += "error" in answer
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if failed:
            raise CommandError(f"{failed} of {len(files)} files could not be read.")


def _read(file: str) -> dict[str, Any]:
    path = Path(file)
    if not path.is_file():
        return {"file": file, "error": "没有这个文件。请检查路径。"}
    try:
        read = read_file(path, path.name)
    except ExtractionError as refusal:
        return {"file": file, "error": refusal.message}
    except OSError as error:
        return {"file": file, "error": f"文件无法打开：{error.strerror}。"}
    return reading_as_json(file, read.source.format, read.reading)
