"""Places and the bodies that issue documents there."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class District(models.Model):
    """A place a document belongs to: a district, or 市级 for the city's own bodies."""

    name = models.CharField("名称", max_length=50, unique=True)
    code = models.CharField(
        "行政区划代码", max_length=12, unique=True, null=True, blank=True, help_text="GB/T 2260"
    )
    city = models.CharField("所属城市", max_length=50, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=1000)
    history = HistoricalRecords(verbose_name="区历史")

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "区"
        verbose_name_plural = "区"

    def __str__(self) -> str:
        return self.name


class Issuer(models.Model):
    """A body that issues documents, under its full name."""

    name = models.CharField("全称", max_length=200, unique=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="issuers", verbose_name="区"
    )
    history = HistoricalRecords(verbose_name="机关历史")

    class Meta:
        ordering = ["district__order", "name"]
        verbose_name = "发文机关"
        verbose_name_plural = "发文机关"

    def __str__(self) -> str:
        return self.name


class IssuerName(models.Model):
    """Another name under which an issuer is printed or known (青浦区科委)."""

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="names", verbose_name="机关")
    name = models.CharField("别称", max_length=200, unique=True)
    history = HistoricalRecords(verbose_name="别称历史")

    class Meta:
        ordering = ["name"]
        verbose_name = "机关别称"
        verbose_name_plural = "机关别称"

    def __str__(self) -> str:
        return self.name


class IssuerCode(models.Model):
    """A 机关代字: the issuer's own piece of its reference numbers (青科委)."""

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="codes", verbose_name="机关")
    code = models.CharField("机关代字", max_length=30, unique=True)
    history = HistoricalRecords(verbose_name="机关代字历史")

    class Meta:
        ordering = ["code"]
        verbose_name = "机关代字"
        verbose_name_plural = "机关代字"

    def __str__(self) -> str:
        return self.code
