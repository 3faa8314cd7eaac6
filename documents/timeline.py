"""Which text of a document stood on a day, and what a later text changed of an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from documents.models import Document, DocumentVersion
from documents.snapshots import loaded, reading_of
from documents.standing import Standing, standing_by_text
from documents.versions import Differences, compared


@dataclass(frozen=True, slots=True)
class DayView:
    """A document on a day: the old version that stood then, None where it was the present text.

    ``since`` is the day from which this portal holds it, if the day asked for is earlier; then
    ``version`` is the earliest text there is, which may not be what held on that day.
    """

    day: date
    version: DocumentVersion | None
    since: date | None
    standing: Standing | None


def on_day(document: Document, day: date) -> DayView:
    """What this portal showed of *document* at the end of *day*, Shanghai time.

    The text's own dates decide the standing: when an editor judged it is not a date of the law.
    """
    olds = sorted(document.versions.defer("content"), key=lambda version: version.number)
    stood = next((old for old in olds if localdate(old.replaced_at) > day), None)
    first = localdate(document.published_at) if document.published_at else None
    since = first if first and day < first else None
    return DayView(day, stood, since, standing_by_text(document, day))


def successor(version: DocumentVersion, versions: Sequence[DocumentVersion]) -> int | None:
    """The number of the old version that replaced this one; None where the present text did."""
    later = [other.number for other in versions if other.number > version.number]
    return min(later, default=None)


def changes(version: DocumentVersion, later: DocumentVersion | None) -> Differences:
    """What *later* changed of *version*; None stands for what the document says now."""
    after = loaded(later.content) if later else reading_of(version.document)
    return compared(loaded(version.content), after)
