"""The original file of a document, kept under its checksum."""

from __future__ import annotations

from django.db import models

from documents.models.document import Document


class Original(models.Model):
    """A file as it came in; the bytes lie in documents.storage under ``sha256``."""

    sha256 = models.CharField("校验和", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=255)
    format = models.CharField("格式", max_length=10)
    size = models.PositiveBigIntegerField("字节数")
    text = models.TextField(
        "提取文字", blank=True, help_text="原件中的文字，一行一段，换页处以换页符分隔；供审校对照。"
    )
    created_at = models.DateTimeField("收到时间", auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SourceFile(Original):
    """An original of a document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "原件"
        verbose_name_plural = "原件"
        constraints = [
            models.UniqueConstraint(fields=["document", "sha256"], name="file_once_a_document")
        ]
