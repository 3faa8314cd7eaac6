"""Sets the notes of a page: where each mark stands, and the way to its note and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from documents.page_values import NoteRef, NoteView, PartView, SectionView
from documents.text import Footnote, NotePlace

Marks = dict[tuple[str, int], tuple[NoteRef, ...]]


def set_notes(
    footnotes: Sequence[Footnote], parts: Iterable[PartView]
) -> tuple[tuple[NoteView, ...], Marks]:
    """The notes with the way back to their marks, and the marks by the text they stand in.

    A place that the page shows no text for is none: the note is then only listed.
    """
    sections = {section.anchor: section for part in parts for section in part.sections}
    views = []
    marks: dict[tuple[str, int], list[NoteRef]] = {}
    for number, note in enumerate(footnotes, start=1):
        refs: list[str] = []
        for place in note.places:
            found = _found(place, sections)
            if found is None:
                continue
            at, offset = found
            refs.append(f"ref-{number}-{len(refs) + 1}" if refs else f"ref-{number}")
            marks.setdefault(at, []).append(NoteRef(offset, number, note.mark, refs[-1]))
        views.append(NoteView(number, note.mark, note.text, tuple(refs)))
    ordered = {at: tuple(sorted(here, key=lambda ref: ref.at)) for at, here in marks.items()}
    return tuple(views), ordered


def _found(
    place: NotePlace, sections: Mapping[str, SectionView]
) -> tuple[tuple[str, int], int] | None:
    """The text of the page a mark stands in, as templates ask for it, and its offset there."""
    section = sections.get(place.anchor)
    if section is None:
        return None
    if place.paragraph == 0:
        # A heading that only repeats the page's title is read there.
        at = ("title", 0) if section.hidden else (place.anchor, 0)
        return (at, place.offset) if 0 < len(section.heading) >= place.offset else None
    if place.paragraph > len(section.paragraphs):
        return None
    text = section.paragraphs[place.paragraph - 1]
    if place.offset > len(text):
        return None
    if "\t" not in text:
        return (place.anchor, place.paragraph), place.offset
    before = text[: place.offset]
    row = f"{place.anchor}-t{place.paragraph}"
    return (row, before.count("\t") + 1), len(before) - before.rfind("\t") - 1
