"""What documents call one another: the names each goes by, and the names each cites."""

from __future__ import annotations

from django.db import models

from documents.models.document import Document


class DocumentName(models.Model):
    """A name under which others may cite a published document; see documents.references."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="cited_names")
    key = models.CharField(max_length=200, db_index=True)
    anchor = models.CharField("锚点", max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "key"], name="name_once_a_document")
        ]

    def __str__(self) -> str:
        return self.key


class Citation(models.Model):
    """A name that a published document cites, as printed where it does so first."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="citations")
    key = models.CharField(max_length=200, db_index=True)
    printed = models.CharField("引文", max_length=200)
    anchor = models.CharField("锚点", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "key"], name="citation_once_a_document")
        ]

    def __str__(self) -> str:
        return self.printed
