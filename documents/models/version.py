"""What a document said before, what is proposed that it say next, and where anchors went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.document import Document
from documents.models.source_file import Original, SourceFile


class DocumentVersion(models.Model):
    """A version that readers saw and a newer one replaced; ``content`` is documents.snapshots'."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版次")
    title = models.CharField("标题", max_length=500)
    content = models.JSONField("内容")
    version_hash = models.CharField("版本指纹", max_length=64)
    file = models.ForeignKey(
        SourceFile, models.SET_NULL, null=True, blank=True, related_name="versions"
    )
    replaced_at = models.DateTimeField("被替代时间", auto_now_add=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["document", "-number"]
        verbose_name = "旧版"
        verbose_name_plural = "旧版"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.number} 版）"

    def get_absolute_url(self) -> str:
        return reverse("document-version", args=[self.document.slug, self.number])


class Proposal(Original):
    """A newer file of a document with its reading, until an editor accepts or drops it."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="proposal")
    content = models.JSONField("内容")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "待接受的新版本"
        verbose_name_plural = "待接受的新版本"


class FormerAnchor(models.Model):
    """An anchor whose section is gone; links to it land at ``now_at``, or at the top if empty.

    ``fingerprint`` is that of the section that stood there, so that it gets its anchor back
    should a later version bring it back.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="former_anchors")
    anchor = models.CharField("锚点", max_length=100)
    now_at = models.CharField("现在", max_length=100, blank=True)
    fingerprint = models.CharField("指纹", max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "旧锚点"
        verbose_name_plural = "旧锚点"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "anchor"], name="former_anchor_once_a_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.anchor} → {self.now_at}"
