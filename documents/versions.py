"""New versions of a published document: proposed, compared by section, accepted or dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import groupby

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from documents import history, originals
from documents.differences import Mark, SectionChange, by_section, marks, paired
from documents.filing import Filing, apply_record, file_again
from documents.models import (
    Document,
    DocumentVersion,
    Issuer,
    Proposal,
    SourceFile,
)
from documents.models.source_file import Original
from documents.provenance import value_of
from documents.publishing import refresh
from documents.register import Register
from documents.snapshots import DATES, dumped, loaded, reading_of
from documents.text import Reading, Record, Section
from documents.version_anchors import anchored

RECORD_LABELS = {
    "title": "标题",
    "issuers": "发文机关",
    "ref_no": "发文字号",
    "written_date": "成文日期",
    "printed_date": "印发日期",
    "district": "区",
    "document_type": "文种",
    "content_type": "内容类型",
    "recipients": "主送",
    "cc": "抄送",
    "disclosure": "公开属性",
    "effective_date": "施行日期",
    "expiry_date": "有效期至",
    "repeals": "废止的文件",
}


class VersionRefused(Exception):
    """A file cannot become a new version; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """An element of the record that a new version changes."""

    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ChangeRun:
    """Neighbouring sections that are all the ``same``, or all are not."""

    same: bool
    changes: tuple[SectionChange, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What a new version changes in record and sections; unchanged sections are among them."""

    record: tuple[RecordChange, ...]
    sections: tuple[SectionChange, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many sections stayed the same, or were added, removed, moved, changed."""
        kinds = Counter(change.kind for change in self.sections)
        return {kind: kinds[kind] for kind in ("same", "added", "removed", "moved", "changed")}

    @property
    def runs(self) -> tuple[ChangeRun, ...]:
        """The sections in order, those in a row that stayed the same taken together."""
        return tuple(
            ChangeRun(same, tuple(changes))
            for same, changes in groupby(self.sections, key=lambda change: change.kind == "same")
        )

    @property
    def none(self) -> bool:
        """Whether the new version says what the present one says."""
        return not self.record and all(change.kind == "same" for change in self.sections)


@transaction.atomic
def propose(
    document: Document,
    reading: Reading,
    issuers: Iterable[Issuer],
    source_file: Original,
    user: User | None,
) -> Proposal:
    """Keeps a newer reading of *document* until an editor decides; an earlier one is dropped.

    *source_file* is a SourceFile not saved yet, whose bytes are in storage. Elements of the
    record that the reading does not give stay as they are. Raises VersionRefused for a document
    that was never published, for the file it has, and for a reading without text.
    """
    current = Document.objects.select_for_update().get(pk=document.pk)
    refuse_version(current, source_file.sha256)
    if not any(section.text or section.heading for section in reading.sections):
        raise VersionRefused("文件里没有读到文字。请上传含文字的版本（例如 Word 或文字版 PDF）。")
    names = tuple(issuer.name for issuer in issuers)
    record = _filled(replace(reading.record, issuers=names), reading_of(current).record)
    _forget(Proposal.objects.filter(document=current))
    return Proposal.objects.create(
        document=current,
        content=dumped(replace(reading, record=record)),
        proposed_by=user,
        **{
            name: getattr(source_file, name)
            for name in ("sha256", "name", "format", "size", "text")
        },
    )


def refuse_version(document: Document, sha256: str = "") -> None:
    """Raises VersionRefused for a draft, and for the very file that the document has."""
    if document.published_at is None:
        raise VersionRefused("这还是草稿：请直接改正；要换原件，先删除草稿再上传。")
    present = document.files.first()
    if present is not None and present.sha256 == sha256:
        raise VersionRefused("这就是现行版本的原件，一字未改。请选择修订后的文件。")


@transaction.atomic
def propose_draft(document: Document, draft: Document, user: User | None = None) -> Proposal:
    """Turns a draft, corrections included, into a proposal for *document*; the draft goes.

    Raises VersionRefused as ``propose`` does, and for a draft that was published or has no file.
    """
    file = draft.files.first()
    if draft.published_at is not None or file is None:
        raise VersionRefused("只有由文件读入的草稿可以改作新版本。")
    issuers = [place.issuer for place in draft.issuer_places.select_related("issuer")]
    proposal = propose(document, reading_of(draft), issuers, file, user)
    draft.delete()
    return proposal


def _replaced(before: str, after: str) -> tuple[Mark, ...]:
    """One day in place of another; figure by figure nobody could read either."""
    pieces = (Mark("removed", before), Mark("added", after))
    return tuple(piece for piece in pieces if piece.text)


def _filled(record: Record, present: Record) -> Record:
    """The new record; what it does not give stays as an editor has seen it."""
    if record.ref_no is None:
        record = replace(record, ref=present.ref)
    kept = {
        field.name: getattr(present, field.name)
        for field in fields(Record)
        if field.name != "ref" and not getattr(record, field.name)
    }
    return replace(record, **kept)


def differences(proposal: Proposal) -> Differences:
    """What accepting *proposal* would change of what the document says now."""
    return compared(reading_of(proposal.document), loaded(proposal.content))


def compared(old: Reading, new: Reading) -> Differences:
    """What changed between two readings of one document."""
    pairs = paired(old.sections, new.sections)
    return Differences(
        tuple(
            RecordChange(label, _replaced(before, after) if name in DATES else marks(before, after))
            for name, label in RECORD_LABELS.items()
            if (before := value_of(old.record, name)) != (after := value_of(new.record, name))
        ),
        by_section(old.sections, new.sections, pairs),
    )


@transaction.atomic
def accept(proposal: Proposal, user: User | None = None) -> Document:
    """Makes the proposal what readers see; what they saw stays readable as an old version.

    Anchors stay where the text stayed; those of removed sections become former anchors.
    """
    document = Document.objects.select_for_update().get(pk=proposal.document_id)
    old, new = reading_of(document), loaded(proposal.content)
    history.baseline(document)
    version = DocumentVersion.objects.create(
        document=document,
        number=document.versions.count() + 1,
        title=document.title,
        content=dumped(old),
        version_hash=document.version_hash,
        file=document.files.first(),
        replaced_by=user,
    )
    register = Register()
    sections = anchored(document, old, new)
    _file(document, new, sections, register)
    _keep_file(document, proposal)
    proposal.delete()
    history.record(f"以第 {version.number + 1} 版替代第 {version.number} 版", document)
    refresh(document)
    document.refresh_from_db()
    return document


def drop(proposal: Proposal) -> None:
    """Forgets the proposal and lets go of its file; nothing readers see changes."""
    _forget(Proposal.objects.filter(pk=proposal.pk))


def _forget(proposals: QuerySet[Proposal]) -> None:
    checksums = list(proposals.values_list("sha256", flat=True))
    proposals.delete()
    originals.drop_after_commit(checksums)


def _file(
    document: Document, new: Reading, sections: tuple[Section, ...], register: Register
) -> None:
    names = {old.anchor: now.anchor for old, now in zip(new.sections, sections, strict=True)}
    warnings = tuple(
        replace(warning, anchor=names.get(warning.anchor or "")) for warning in new.warnings
    )
    footnotes = tuple(
        replace(note, places=tuple(replace(p, anchor=names[p.anchor]) for p in note.places))
        for note in new.footnotes
    )
    record = new.record
    apply_record(document, record)
    document.district = register.district(record.district) if record.district else None
    issuers = register.issuers(record.issuers, document.district)
    reading = replace(new, sections=sections, warnings=warnings, footnotes=footnotes)
    file_again([Filing(document, reading, issuers)], register)


def _keep_file(document: Document, proposal: Proposal) -> None:
    """The newest file is the present version's; a file that comes back is newest again."""
    SourceFile.objects.update_or_create(
        document=document,
        sha256=proposal.sha256,
        defaults={
            "name": proposal.name,
            "format": proposal.format,
            "size": proposal.size,
            "text": proposal.text,
            "created_at": timezone.now(),
        },
    )


def current_files(
    files: Iterable[SourceFile], versions: Iterable[DocumentVersion]
) -> list[SourceFile]:
    """Those of *files* of what the document says now: not what only an old version had."""
    replaced = {version.file_id for version in versions}
    return [file for place, file in enumerate(files) if place == 0 or file.pk not in replaced]
