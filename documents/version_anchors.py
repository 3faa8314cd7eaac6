"""Gives the sections of a new version lasting anchors: those that stayed keep theirs."""

from __future__ import annotations

from collections.abc import Mapping

from documents.differences import paired, renamed
from documents.filing import section_fingerprint
from documents.models import Document
from documents.section_anchors import lasting_anchors
from documents.section_edits import NEW, linked
from documents.section_writing import leave_behind
from documents.text import Reading, Section


def anchored(document: Document, old: Reading, new: Reading) -> tuple[Section, ...]:
    """The new sections under lasting anchors; anchors left without a section are left behind."""
    pairs = paired(old.sections, new.sections)
    former = {row.fingerprint: row.anchor for row in document.former_anchors.all()}
    former.pop("", None)
    provisional = []
    for place, section in enumerate(new.sections):
        stayed = pairs.get(section.anchor)
        back = None if stayed else former.pop(section_fingerprint(section), None)
        provisional.append(stayed or back or f"{NEW}{place}")
    sections = linked(renamed(new.sections, provisional))
    returned = set(provisional) - set(pairs.values())
    document.former_anchors.filter(anchor__in=returned).delete()
    reserved = set(document.former_anchors.values_list("anchor", flat=True))
    reserved |= {section.anchor for section in old.sections}
    fresh = {anchor for anchor in provisional if anchor.startswith(NEW)}
    sections = renamed(sections, lasting_anchors(sections, fresh, reserved))
    leave_behind(document, _gone(old, {section.anchor for section in sections}))
    return sections


def _gone(old: Reading, held: set[str]) -> Mapping[str, tuple[str, str]]:
    """Anchors that no section holds any more, each with where it leads and its fingerprint."""
    gone = {}
    last = next((section.anchor for section in old.sections if section.anchor in held), "")
    for section in old.sections:
        if section.anchor in held:
            last = section.anchor
        else:
            gone[section.anchor] = (last, section_fingerprint(section))
    return gone
