"""An editor's corrections to what was read of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from documents import history, originals, other_names
from documents.addresses import slug_for
from documents.models import District, Document, DocumentIssuer, Section, SectionTheme, Theme
from documents.models import Repeal as RepealRow
from documents.publishing import refresh
from documents.register import Register
from documents.section_edits import Sections
from documents.section_writing import edit_sections
from documents.standing import Suggestion, repeal_rows
from documents.text import Repeal, parse_reference_number


class ReviewRefused(Exception):
    """A correction cannot be made; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class RecordCorrection:
    """The whole record as the editor wants it; empty text says the document does not give it."""

    title: str
    issuers: tuple[str, ...]
    ref_no: str
    written_date: date | None
    printed_date: date | None
    district: District | None
    document_type: str
    content_type: str
    recipients: str
    cc: str
    disclosure: str
    effective_date: date | None = None
    expiry_date: date | None = None
    validity: str = ""
    repeals: tuple[Repeal, ...] = ()
    other_names: tuple[str, ...] = ()


@transaction.atomic
def correct_record(document: Document, correction: RecordCorrection) -> Document:
    """Writes the corrected record; the address follows the number until first published."""
    current = Document.objects.select_for_update().get(pk=document.pk)
    history.baseline(current)
    ref = parse_reference_number(correction.ref_no)
    current.title = correction.title
    current.ref_no = correction.ref_no
    current.ref_code = ref.code if ref else ""
    current.ref_year = ref.year if ref else None
    current.ref_serial = ref.serial if ref else None
    current.written_date = correction.written_date
    current.printed_date = correction.printed_date
    current.district = correction.district
    current.document_type = correction.document_type
    current.content_type = correction.content_type
    current.recipients = correction.recipients
    current.cc = correction.cc
    current.disclosure = correction.disclosure
    current.effective_date = correction.effective_date
    current.expiry_date = correction.expiry_date
    current.validity = correction.validity
    if current.published_at is None:
        current.slug = slug_for(ref, current.public_id, own=current)
    current.save()
    former = current.issuer_names
    _set_issuers(current, correction)
    names = tuple(current.issuer_places.values_list("issuer__name", flat=True))
    what = "" if names == former else f"，发文机关改为{'、'.join(names) or '未注明'}"
    what += other_names.write(current, correction.other_names)
    history.record(f"改正著录信息{what}{_set_repeals(current, correction)}", current)
    refresh(current)
    current.refresh_from_db()
    return current


def _set_issuers(document: Document, correction: RecordCorrection) -> None:
    issuers = Register().issuers(correction.issuers, correction.district)
    document.issuer_places.all().delete()
    DocumentIssuer.objects.bulk_create(
        DocumentIssuer(document=document, issuer=issuer, order=order)
        for order, issuer in enumerate(issuers)
    )


def _set_repeals(document: Document, correction: RecordCorrection) -> str:
    """Writes what the document repeals; gives the words for its history, none without a change."""
    rows = repeal_rows(document, correction.repeals)
    if list(map(str, rows)) == list(map(str, document.repeals.all())):
        return ""
    document.repeals.all().delete()
    RepealRow.objects.bulk_create(rows)
    return f"，废止的文件改为{'、'.join(map(str, rows)) or '无'}"


@transaction.atomic
def set_validity(document: Document, suggestion: Suggestion) -> Document:
    """Takes a suggested state over, with what it rests on in the document's history."""
    current = Document.objects.select_for_update().get(pk=document.pk)
    history.baseline(current)
    current.validity = suggestion.validity
    current.save(update_fields=["validity", "updated_at"])
    history.record(f"有效性改为{suggestion.validity.label}：{suggestion.basis}", current)
    refresh(current)
    return current


@dataclass(frozen=True, slots=True)
class SectionCorrection:
    """A section's own number, heading, text and themes as the editor wants them."""

    number: str
    heading: str
    text: str
    themes: tuple[Theme, ...]


@transaction.atomic
def correct_section(section: Section, correction: SectionCorrection) -> Section:
    """Writes the corrected section; on a document that was published its anchor stays.

    On a draft the anchor follows the number, as if it had been read so.
    """

    def corrected(sections: Sections) -> Sections:
        return tuple(
            replace(
                each,
                number=correction.number or None,
                heading=correction.heading or None,
                ending=each.ending if correction.heading else None,
                text=correction.text,
            )
            if each.anchor == section.anchor
            else each
            for each in sections
        )

    anchor = edit_sections(section.document, corrected, "改正章节", section.anchor)
    current = Section.objects.select_related("document").get(
        document=section.document_id, anchor=anchor
    )
    held = set(current.theme_places.values_list("theme_id", flat=True))
    if held != {theme.pk for theme in correction.themes}:
        names = "、".join(theme.name for theme in correction.themes)
        history.baseline(current)
        history.record(f"主题改为：{names or '无'}", current)
    current.theme_places.exclude(theme__in=correction.themes).delete()
    SectionTheme.objects.bulk_create(
        SectionTheme(section=current, theme=theme)
        for theme in correction.themes
        if theme.pk not in held
    )
    return current


@transaction.atomic
def discard(document: Document) -> None:
    """Deletes a draft that was never published, and its original if nothing else needs that.

    Raises ReviewRefused for any other document.
    """
    if document.published_at is not None:
        raise ReviewRefused("发布过的文件不能删除，只能撤下：它的地址要一直有答复。")
    checksums = list(document.files.values_list("sha256", flat=True))
    document.delete()
    originals.drop_after_commit(checksums)
