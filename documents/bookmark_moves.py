"""A reader agrees that a passage is where it was offered, and the bookmark goes there."""

from __future__ import annotations

from django.db import transaction

from documents.bookmarks import LONGEST_NOTE, quote_of
from documents.landings import Found, find_all, mark_fields, wording_of
from documents.models import Bookmark, FolderPlace, Section
from documents.quotes import Quote, occurrences, quote_at


class NotThere(LookupError):
    """The bookmark cannot go where the reader agreed that it goes; the message says what to do."""


@transaction.atomic
def accept(bookmark: Bookmark, anchor: str) -> Bookmark:
    """The reader agrees that the passage is now at *anchor*; gives the bookmark as it is then.

    Only a place that was offered can be accepted. When another mark of the reader is there
    already, the two become one and keep both notes, all tags and folders. Raises NotThere, also
    when both notes together would be too long.
    """
    current = Bookmark.objects.select_for_update().select_related("document").get(pk=bookmark.pk)
    found = find_all([current])[current.pk]
    offered = {section.anchor: section for section in (found.section, *found.candidates) if section}
    section = offered.get(anchor)
    if section is None:
        raise NotThere("文件刚刚又有变动，请看过新的位置再确认。")
    words = _words_there(current, section, found)
    other = _other_at(current, section, words)
    if other is not None:
        return _merge(current, other)
    if current.words and words is None:
        left = f"原来记下的是“{current.words}”。"
        current.note = "\n".join(filter(None, (current.note, left)))[:LONGEST_NOTE]
    current.anchor, current.heading = anchor, section.label
    current.quote = words.exact if words else quote_of(section)
    for name, value in mark_fields(current.document, anchor, words).items():
        setattr(current, name, value)
    current.save()
    return current


def _words_there(bookmark: Bookmark, section: Section, found: Found) -> Quote | None:
    """The bookmark's words in *section*; none when it marks a section, or they are not there."""
    if not bookmark.words or (found.quote and found.section == section):
        return found.quote
    wording = wording_of(section)
    places = occurrences(wording, bookmark.words)
    if len(places) > 1:
        raise NotThere("这一节里有几处同样的文字，请打开文件，在文中重新选取。")
    return quote_at(wording, places[0], alone=False) if places else None


def _other_at(bookmark: Bookmark, section: Section, words: Quote | None) -> Bookmark | None:
    others = Bookmark.objects.filter(user=bookmark.user_id, document=bookmark.document_id)
    span = (words.start, words.end) if words else (0, 0)
    return (
        others.filter(anchor=section.anchor, fingerprint=section.fingerprint)
        .filter(words_start=span[0], words_end=span[1])
        .exclude(pk=bookmark.pk)
        .first()
    )


def _merge(gone: Bookmark, kept: Bookmark) -> Bookmark:
    both = "\n".join(dict.fromkeys(note for note in (kept.note, gone.note) if note))
    if len(both) > LONGEST_NOTE:
        raise NotThere(
            f"那里已有书签，两条笔记合起来超过 {LONGEST_NOTE} 个字，请先改短其中一条，再确认。"
        )
    kept.note = both
    kept.save()
    held = set(kept.tags.values_list("name", flat=True))
    gone.tags.exclude(name__in=held).update(bookmark=kept)
    FolderPlace.objects.filter(bookmark=gone).exclude(
        folder__in=kept.places.values("folder")
    ).update(bookmark=kept)
    gone.delete()
    return kept
