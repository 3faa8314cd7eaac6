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
    """A name that a published document cites, as printed where it does so first.

    ``article`` is empty, or names one of the articles that it cites, as 第十二条. ``kind`` is what
    the document is to what it cites (see documents.relations), empty for a mention; then ``anchor``
    is where the words first say so, and empty where the title alone does.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="citations")
    key = models.CharField(max_length=200, db_index=True)
    printed = models.CharField("引文", max_length=200)
    article = models.CharField("条", max_length=40, blank=True, default="")
    anchor = models.CharField("锚点", max_length=100)
    kind = models.CharField("关系", max_length=12, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "key", "article"], name="citation_once_a_document"
            )
        ]

    def __str__(self) -> str:
        return self.printed


class Repeal(models.Model):
    """A document that another one repeals by name, by number, or by both (see documents.standing).

    ``key`` is that of documents.references: of the number where there is one, else of the title;
    empty for a name that would fit many documents.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="repeals")
    order = models.PositiveSmallIntegerField()
    title = models.CharField("标题", max_length=500, blank=True)
    ref_no = models.CharField("发文字号", max_length=100, blank=True)
    key = models.CharField(max_length=200, db_index=True, blank=True)

    class Meta:
        ordering = ["document", "order"]
        verbose_name = "废止的文件"
        verbose_name_plural = "废止的文件"

    def __str__(self) -> str:
        return called(self.title, self.ref_no)


def called(title: str | None, ref_no: str | None) -> str:
    """How a document is named in another: 《title》（number）, or what there is of it."""
    named = f"《{title}》" if title else ""
    return f"{named}（{ref_no}）" if named and ref_no else named or ref_no or ""
