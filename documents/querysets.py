"""The questions asked of the documents, named for the reader's purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from documents.models import Document  # noqa: F401 - the base class names it


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by who may see them and for which page."""

    def visible_to(self, user: User | AnonymousUser) -> DocumentQuerySet:
        """What *user* may read: published documents; editors also see drafts and withdrawn ones."""
        if user.is_active and user.has_perm("documents.change_document"):
            return self.all()
        return self.published()

    def published(self) -> DocumentQuerySet:
        """What every reader may see."""
        return self.filter(status="published")

    def drafts(self) -> DocumentQuerySet:
        """What waits for an editor."""
        return self.filter(status="draft")

    def for_listing(self) -> DocumentQuerySet:
        """With what a list row shows, in three queries whatever the number of rows."""
        return self.select_related("district").prefetch_related("issuer_places__issuer")

    def newest(self) -> DocumentQuerySet:
        """By 成文日期, the latest first, undated ones last."""
        return self.order_by(models.F("written_date").desc(nulls_last=True), "-pk")

    def with_reference(self, code: str, year: int, serial: int) -> DocumentQuerySet:
        """Documents whose 发文字号 has these three pieces."""
        return self.filter(ref_code=code, ref_year=year, ref_serial=serial)
