"""What the portal holds, counted and listed straight from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from documents.models import District, Document, Status, Theme
from documents.querysets import DocumentQuerySet


@dataclass(frozen=True, slots=True)
class Holding:
    """A district, theme or year with the number of published documents filed under it."""

    value: str
    count: int


def districts() -> tuple[Holding, ...]:
    """Every district that has published documents, in the order of the register."""
    published = Count("documents", filter=Q(documents__status=Status.PUBLISHED))
    rows = District.objects.annotate(held=published).filter(held__gt=0).values_list("name", "held")
    return tuple(Holding(name, held) for name, held in rows)


def themes() -> tuple[Holding, ...]:
    """Every theme that published documents have, most documents first."""
    published = Count(
        "sections__document",
        filter=Q(sections__document__status=Status.PUBLISHED),
        distinct=True,
    )
    rows = Theme.objects.annotate(held=published).filter(held__gt=0).order_by("-held", "order")
    return tuple(Holding(name, held) for name, held in rows.values_list("name", "held"))


def years() -> tuple[Holding, ...]:
    """Every year of 成文日期 with its published documents, the latest first."""
    rows = (
        Document.objects.published()
        .filter(written_date__isnull=False)
        .annotate(written_year=ExtractYear("written_date"))
        .values_list("written_year")
        .annotate(held=Count("pk"))
        .order_by("-written_year")
    )
    return tuple(Holding(str(year), held) for year, held in rows)


def browse(chosen: Mapping[str, tuple[str, ...]], words: str = "") -> DocumentQuerySet:
    """Published documents by *chosen* facet values, and *words* in title or 发文字号; newest first.

    Facets are ``district``, ``year``, ``theme`` and ``issuer``; values of one are alternatives.
    A year that is no number finds nothing. This is no full-text search: it is the way on when
    there is none.
    """
    found = Document.objects.published()
    if names := chosen.get("district"):
        found = found.filter(district__name__in=names)
    if names := chosen.get("year"):
        found = found.filter(written_date__year__in=[int(n) for n in names if n.isdecimal()])
    if names := chosen.get("theme"):
        found = found.filter(
            pk__in=Document.objects.filter(sections__themes__name__in=names).values("pk")
        )
    if names := chosen.get("issuer"):
        found = found.filter(pk__in=Document.objects.filter(issuers__name__in=names).values("pk"))
    if words:
        found = found.filter(Q(title__icontains=words) | Q(ref_no__icontains=words))
    return found.for_listing().newest()
