"""Counts what published documents cite and none of them is, for editors who bring it in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from documents.models import Citation, Document, DocumentName


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that ``count`` published documents cite and no published document bears."""

    printed: str
    count: int
    example: Document | None


def missing(limit: int) -> tuple[Missing, ...]:
    """What is cited most and not held, for editors who decide what to bring in next."""
    # Both tables hold rows of published documents alone; asking for the status again makes
    # SQLite look at every document for every citation.
    held = DocumentName.objects.filter(key=OuterRef("key"))
    rows = (
        Citation.objects.filter(~Exists(held))
        .values("key")
        .annotate(
            citing=Count("document", distinct=True), shown=Min("printed"), example=Min("document")
        )
        .order_by("-citing", "shown")[:limit]
    )
    found = list(rows)
    examples = Document.objects.in_bulk([row["example"] for row in found])
    return tuple(
        Missing(row["shown"], row["citing"], examples.get(row["example"])) for row in found
    )
