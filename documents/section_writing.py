"""Writes an edited outline back: rows, anchors, former anchors, themes, history, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import CharField, F, Max, Value
from django.db.models.functions import Cast, Concat

from documents import duplicates, history, note_marks
from documents.differences import renamed
from documents.filing import section_fingerprint
from documents.models import Document, FormerAnchor, Section, SectionTheme
from documents.publishing import refresh
from documents.register import Register
from documents.section_anchors import lasting_anchors, path_anchors
from documents.section_edits import NEW, Sections
from documents.snapshots import sections_of
from documents.text import ElementKind, Warning, themes_of
from documents.text import Section as OutlineSection

Edit = Callable[[Sections], Sections]

_LAST_PAGE = (ElementKind.DISCLOSURE, ElementKind.CC, ElementKind.IMPRINT)
"""版记 stands on the last page of the whole (GB/T 9704-2012, 7.4)."""


@transaction.atomic
def edit_sections(document: Document, edit: Edit, what: str, anchor: str) -> str:
    """Applies *edit* to the outline, noted in history as *what*; gives where *anchor* is now.

    On a draft all anchors follow the paths; on a document that was published those of
    surviving sections hold and those of removed ones become former anchors. What *edit* raises
    passes through and nothing is changed.
    """
    current = Document.objects.select_for_update().get(pk=document.pk)
    rows = {row.anchor: row for row in current.sections.order_by("order")}
    before = sections_of(rows.values())
    noted = note_marks.marks_of(current)
    after = edit(before)
    anchors = _anchors(current, before, after)
    now_at = _landing(before, dict(zip((s.anchor for s in after), anchors, strict=True)))
    kept = [section for section in after if section.anchor in rows]
    gone = [row for name, row in rows.items() if name not in {s.anchor for s in after}]
    touched = [rows[s.anchor] for s in kept if _differs(rows[s.anchor], s)]
    history.baseline(*touched, *gone)
    history.record(what, *gone, removed=True)
    steady = tuple(rows) == anchors == tuple(section.anchor for section in after)
    if not steady:
        _make_room(current)
    made = _write(current, rows, after, renamed(after, anchors), steady=steady)
    if gone:
        _inherit_themes(gone, rows, before, {section.anchor for section in kept})
        Section.objects.filter(pk__in=[row.pk for row in gone]).delete()
    history.record(what, *touched, *made)
    _renumber_parts(current, before, after)
    if current.published_at is not None:
        leave_behind(current, {row.anchor: (now_at[row.anchor], row.fingerprint) for row in gone})
    lost = note_marks.move(noted, before, renamed(after, anchors)) if noted else []
    _move_warnings(current, now_at, lost)
    refresh(current)
    duplicates.sign([current])
    return now_at[anchor]


def _anchors(document: Document, before: Sections, after: Sections) -> tuple[str, ...]:
    if document.published_at is None:
        return path_anchors(after)
    new = {section.anchor for section in after if section.anchor.startswith(NEW)}
    reserved = set(document.former_anchors.values_list("anchor", flat=True))
    return lasting_anchors(after, new, reserved | {section.anchor for section in before})


def _landing(before: Sections, names: dict[str, str]) -> dict[str, str]:
    """Where every old anchor leads now: to itself, or to the section before that is left."""
    landing: dict[str, str] = {}
    last = next(iter(names.values()), "")
    for section in before:
        last = names.get(section.anchor, last)
        landing[section.anchor] = last
    return landing


def _differs(row: Section, section: OutlineSection) -> bool:
    return (row.level, row.kind, row.number, row.heading, row.ending, row.text) != (
        section.level, section.kind, section.number or "", section.heading or "",
        section.ending or "", section.text,
    )  # fmt: skip


def _make_room(document: Document) -> None:
    """Orders and anchors out of the way: both are unique at every single statement."""
    highest = document.sections.aggregate(highest=Max("order"))["highest"] or 0
    document.sections.update(
        order=F("order") + highest + document.sections.count() + 2,
        anchor=Concat(Value("~"), Cast("pk", CharField())),
    )


def _write(
    document: Document,
    rows: dict[str, Section],
    after: Sections,
    named: Sections,
    *,
    steady: bool,
) -> list[Section]:
    """Writes every section in its order, or only what differs if orders and anchors are
    *steady*; gives the rows that were made."""
    by_anchor: dict[str, Section] = {}
    made = []
    for order, (section, final) in enumerate(zip(after, named, strict=True)):
        row = rows.get(section.anchor) or Section(document=document)
        parent = by_anchor[final.parent] if final.parent else None
        by_anchor[final.anchor] = row
        if steady and not _differs(row, section) and row.parent_id == (parent and parent.pk):
            continue
        new = row.pk is None
        row.order, row.anchor, row.level, row.kind = order, final.anchor, final.level, final.kind
        row.number, row.heading = final.number or "", final.heading or ""
        row.ending, row.text, row.page = final.ending or "", final.text, final.page
        row.parent = parent
        row.fingerprint = section_fingerprint(row)
        row.save()
        if new:
            made.append(row)
    earn_themes(made)
    return made


def earn_themes(rows: Iterable[Section]) -> None:
    """Gives sections the themes that their text earns, with the terms that earned them."""
    register = Register()
    SectionTheme.objects.bulk_create(
        SectionTheme(
            section=row,
            theme=register.themes[theme.name],
            terms=[term for term, _ in theme.terms],
        )
        for row in rows
        for theme in themes_of(f"{row.heading}\n{row.text}", register.vocabulary)
    )


def _inherit_themes(
    gone: Sequence[Section], rows: dict[str, Section], before: Sections, kept: set[str]
) -> None:
    """Themes of a removed section go with its words to the section before it."""
    names = _landing(before, {name: name for name in rows if name in kept})
    for row in gone:
        old = next(name for name, candidate in rows.items() if candidate is row)
        heir = rows[names[old]]
        held = set(heir.theme_places.values_list("theme", flat=True))
        row.theme_places.exclude(theme__in=held).update(section=heir)


def leave_behind(document: Document, gone: Mapping[str, tuple[str, str]]) -> None:
    """Makes removed anchors former ones: anchor → (where it leads now, its fingerprint)."""
    for anchor, (now_at, _) in gone.items():
        document.former_anchors.filter(now_at=anchor).update(now_at=now_at)
    FormerAnchor.objects.bulk_create(
        FormerAnchor(document=document, anchor=anchor, now_at=now_at, fingerprint=fingerprint)
        for anchor, (now_at, fingerprint) in gone.items()
    )


def _renumber_parts(document: Document, before: Sections, after: Sections) -> None:
    """Elements follow their part when one is made or taken back; 版记 stays at the end."""
    old, new = _part_starts(before), _part_starts(after)
    if len(new) > len(old):
        number = next(n for n, start in enumerate(new, 1) if start not in old)
        later = document.elements.filter(part__gte=number)
        later.update(part=F("part") + 1)
        document.elements.filter(part=number - 1, kind__in=_LAST_PAGE).update(part=number)
    elif len(new) < len(old):
        number = next(n for n, start in enumerate(old, 1) if start not in new)
        document.elements.filter(part__gte=max(number, 2)).update(part=F("part") - 1)


def _part_starts(sections: Sections) -> list[str]:
    return [section.anchor for section in sections if section.level == 1]


def _move_warnings(document: Document, now_at: dict[str, str], more: Sequence[Warning]) -> None:
    warnings = [
        {**warning, "anchor": now_at.get(warning.get("anchor") or "", warning.get("anchor"))}
        for warning in document.warnings
    ]
    warnings += map(asdict, more)
    if warnings != document.warnings:
        document.warnings = warnings
        document.save(update_fields=["warnings"])
