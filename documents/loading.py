"""Imports documents as records with their text, and publishes them in bulk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.db import transaction
from django.utils import timezone

from documents.addresses import slug_for
from documents.filing import Filing, apply_record, file_again, file_all
from documents.models import Document, Status
from documents.publishing import announce_loaded
from documents.register import Register
from documents.text import Reading, parse_date, parse_reference_number, read_text

BATCH = 200
FIELDS = {"id", "title", "issuer", "ref_no", "date", "region", "theme", "text"}


class LoadRefused(Exception):
    """A file or record cannot be imported; the message names the line and the cure."""


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """One line of an import: what is given wins over what is read from ``text``."""

    id: str
    text: str
    title: str | None = None
    issuer: str | None = None
    ref_no: str | None = None
    date: date | None = None
    region: str | None = None
    theme: str | None = None


@dataclass(slots=True)
class LoadReport:
    """How many records were added, replaced, and left alone because their id was there."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0


def records_of(path: Path) -> Iterator[GivenRecord]:
    """The records of a ``.jsonl`` or ``.jsonl.gz`` file, one at a time; blank lines are skipped.

    Raises LoadRefused with the line number for anything that is no record.
    """
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _record(line, number)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LoadRefused(f"{path} cannot be read as JSON Lines in UTF-8: {error}") from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def load(records: Iterable[GivenRecord], *, replace_known: bool = False) -> Iterator[LoadReport]:
    """Files *records* as published documents, a batch a transaction; yields the running report.

    A record whose id is known is left alone, or with *replace_known* read anew under the same
    address. Stopping in the middle keeps whole batches.
    """
    report, register, remaining = LoadReport(), Register(), iter(records)
    while batch := list(islice(remaining, BATCH)):
        _load_batch(batch, register, report, replace_known)
        yield report


@transaction.atomic
def _load_batch(
    batch: list[GivenRecord], register: Register, report: LoadReport, replace_known: bool
) -> None:
    wanted = {record.id: record for record in batch}  # the last of two with one id wins
    known = {row.public_id: row for row in Document.objects.filter(public_id__in=wanted)}
    added: list[Filing] = []
    again: list[Filing] = []
    for record in wanted.values():
        old = known.get(record.id)
        if old is None:
            slug = slug_for(None, record.id, [filing.document.slug for filing in added])
            added.append(_filing(record, Document(public_id=record.id, slug=slug), register))
        elif replace_known:
            again.append(_filing(record, old, register))
        else:
            report.unchanged += 1
    file_all(added, register)
    file_again(again, register)
    report.added += len(added)
    report.replaced += len(again)
    announce_loaded([filing.document for filing in added + again])


def _filing(record: GivenRecord, document: Document, register: Register) -> Filing:
    reading = _with_given(record, read_text(record.text))
    read = reading.record
    place = register.district(read.district) if read.district else None
    issuers = register.issuers(read.issuers, place)
    apply_record(document, read)
    document.district = place or register.district_of(issuers, read.ref)
    document.status = Status.PUBLISHED
    document.published_at = document.published_at or timezone.now()
    document.withdrawn_at = None
    themes = (register.theme(record.theme),) if record.theme else ()
    return Filing(document, reading, issuers, themes)


def _with_given(record: GivenRecord, reading: Reading) -> Reading:
    given: dict[str, Any] = {}
    if record.title:
        given["title"] = record.title
    if record.issuer:
        given["issuers"] = tuple(record.issuer.replace("、", " ").split())
    if record.ref_no:
        given["ref_no"] = record.ref_no
        given["ref"] = parse_reference_number(record.ref_no)
    if record.date:
        given["written_date"] = record.date
    if record.region:
        given["district"] = record.region
    return replace(reading, record=replace(reading.record, **given))


def _record(line: str, number: int) -> GivenRecord:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LoadRefused(f"Line {number} is not JSON: {error}.") from error
    if not isinstance(row, dict):
        raise LoadRefused(f"Line {number} is not a JSON object.")
    values: dict[str, Any] = {name: row.get(name) for name in FIELDS}
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise LoadRefused(f"Line {number}: {name} must be text, not {type(value).__name__}.")
    if not values["id"] or not values["text"]:
        raise LoadRefused(f"Line {number}: a record needs both id and text.")
    if len(values["id"]) > 100:
        raise LoadRefused(f"Line {number}: id is longer than 100 characters.")
    if values["date"]:
        day = parse_date(values["date"])
        if day is None:
            raise LoadRefused(f"Line {number}: date is {values['date']!r}; write YYYY-MM-DD.")
        values["date"] = day
    given = {name: value or None for name, value in values.items() if name not in ("id", "text")}
    return GivenRecord(values["id"], values["text"], **given)
