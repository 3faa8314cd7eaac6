"""The controlled list of themes and the terms that earn them."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Theme(models.Model):
    """A theme of policy; a section earns it by the terms it uses."""

    name = models.CharField("名称", max_length=50, unique=True)
    slug = models.SlugField("标识", max_length=50, unique=True)
    terms = models.JSONField(
        "判定词", default=list, blank=True, help_text="文字中出现这些词语的章节归入本主题。"
    )
    order = models.PositiveSmallIntegerField("排序", default=1000)
    history = HistoricalRecords(verbose_name="主题历史")

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "主题"
        verbose_name_plural = "主题"

    def __str__(self) -> str:
        return self.name
