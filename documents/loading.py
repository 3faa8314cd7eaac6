"""Imports documents as records with their text, and publishes them in bulk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.utils import timezone

from documents import originals, other_names
from documents.addresses import slug_for
from documents.filing import Filing, apply_record, file_again, file_all
from documents.intake import clean_name
from documents.models import Document, SourceFile, Status
from documents.publishing import announce_loaded
from documents.register import Register
from documents.storage import StoredFile
from documents.text import Reading, parse_date, parse_reference_number, read_text

BATCH = 200
FORMAT = "json"
"""The format of an original that is a record of an import."""

FIELDS = {"id", "title", "issuer", "ref_no", "date", "region", "theme", "text"}

NAMES = "other_names"
"""Optional beside them: a list of what the document is also called."""


class LoadRefused(Exception):
    """A file or record cannot be imported; the message names the line and the cure."""


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """One line of an import: what is given wins over what is read from ``text``.

    ``line`` are its bytes, which are kept as the document's original.
    """

    id: str
    text: str
    line: bytes = b""
    title: str | None = None
    issuer: str | None = None
    ref_no: str | None = None
    date: date | None = None
    region: str | None = None
    theme: str | None = None
    other_names: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Read:
    """A record with what was read of its text; the slow part, done outside the transaction."""

    record: GivenRecord
    reading: Reading


def _load_batch(
    batch: list[GivenRecord], register: Register, report: LoadReport, replace_known: bool
) -> None:
    wanted = {record.id: record for record in batch}  # the last of two with one id wins
    known = set(Document.objects.filter(public_id__in=wanted).values_list("public_id", flat=True))
    fresh = [
        _Read(record, _with_given(record, read_text(record.text)))
        for record in wanted.values()
        if replace_known or record.id not in known
    ]
    report.unchanged += len(wanted) - len(fresh)
    originals.adopt_all(
        [each.record.line for each in fresh],
        lambda kept: _write(list(zip(fresh, kept, strict=True)), register, report),
    )


def _write(read: list[tuple[_Read, StoredFile]], register: Register, report: LoadReport) -> None:
    """Files the records with their originals; called in a transaction."""
    ids = [each.record.id for each, _ in read]
    known = {row.public_id: row for row in Document.objects.filter(public_id__in=ids)}
    added: list[Filing] = []
    again: list[Filing] = []
    for each, _ in read:
        old = known.get(each.record.id)
        if old is None:
            slug = slug_for(None, each.record.id, [filing.document.slug for filing in added])
            old = Document(public_id=each.record.id, slug=slug)
            added.append(_filing(each, old, register))
        else:
            again.append(_filing(each, old, register))
    file_all(added, register)
    file_again(again, register)
    filed = {filing.document.public_id: filing.document for filing in added + again}
    for each, _ in read:
        if each.record.other_names:
            other_names.write(filed[each.record.id], each.record.other_names)
    _note_originals(read, filed)
    report.added += len(added)
    report.replaced += len(again)
    announce_loaded(list(filed.values()))


def _note_originals(read: list[tuple[_Read, StoredFile]], filed: Mapping[str, Document]) -> None:
    """The record as it stood in the file is the document's original, in place of an earlier one."""
    former = SourceFile.objects.filter(document__in=filed.values(), format=FORMAT)
    dropped = list(former.values_list("sha256", flat=True))
    former.delete()
    SourceFile.objects.bulk_create(
        SourceFile(
            document=filed[each.record.id],
            sha256=stored.sha256,
            name=clean_name(f"{each.record.id}.json"),
            format=FORMAT,
            size=stored.size,
        )
        for each, stored in read
    )
    if dropped:
        originals.drop_after_commit(dropped)


def _filing(read: _Read, document: Document, register: Register) -> Filing:
    record = read.reading.record
    place = register.district(record.district) if record.district else None
    issuers = register.issuers(record.issuers, place)
    apply_record(document, record)
    document.district = place or register.district_of(issuers, record.ref)
    document.status = Status.PUBLISHED
    document.published_at = document.published_at or timezone.now()
    document.withdrawn_at = None
    theme = read.record.theme
    return Filing(document, read.reading, issuers, (register.theme(theme),) if theme else ())


def text_of_record(line: bytes) -> str:
    """The text of a record that was kept as an original; empty if it is none."""
    try:
        return str(json.loads(line)["text"])
    except (ValueError, KeyError, TypeError):
        return ""


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
    found = tuple(found for found in reading.found if found.field not in given)
    return replace(reading, record=replace(reading.record, **given), found=found)


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
    names = _names(row.get(NAMES) or [], values["title"] or "", number)
    given = {name: value or None for name, value in values.items() if name not in ("id", "text")}
    raw = line.strip().encode()
    return GivenRecord(values["id"], values["text"], raw, **given, other_names=names)


def _names(value: object, title: str, number: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise LoadRefused(f"Line {number}: {NAMES} must be a list of texts.")
    try:
        return other_names.cleaned(value, title)
    except other_names.WrongName as wrong:
        raise LoadRefused(f"Line {number}: {NAMES}: {wrong}") from wrong
