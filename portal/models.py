"""What readers follow, where the news may be sent, and what they report as wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Kind(models.TextChoices):
    """What can be followed."""

    SEARCH = "search", "检索"
    DISTRICT = "district", "区"
    ISSUER = "issuer", "发文机关"
    THEME = "theme", "主题"
    DOCUMENT = "document", "文件"


class Rate(models.TextChoices):
    """How often news is sent by e-mail."""

    OFF = "off", "不发邮件"
    INSTANT = "instant", "随时"
    DAILY = "daily", "每天"
    WEEKLY = "weekly", "每周"


class Follow(models.Model):
    """One thing a reader follows.

    ``value`` is a search's parameters as in its address, or the primary key of the district,
    issuer, theme or document. What was published after ``seen_at`` is new on the page, after
    ``mailed_at`` for the next e-mail; for a document the versions last seen and mailed say so.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=1000)
    note = models.CharField("为什么关注", max_length=200, blank=True)
    rate = models.CharField("邮件", max_length=10, choices=Rate.choices, default=Rate.OFF)
    seen_at = models.DateTimeField(default=timezone.now)
    seen_version = models.CharField(max_length=64, blank=True)
    mailed_at = models.DateTimeField(default=timezone.now)
    mailed_version = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "value"], name="followed_once_a_user"),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="follow_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rate__in=Rate.values), name="follow_rate_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.value}"


class AlertAddress(models.Model):
    """Where a reader's news goes; nothing is sent until its owner has confirmed it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="alert_address"
    )
    email = models.EmailField("邮箱", max_length=254)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email


class ReportKind(models.TextChoices):
    """What a reader found wrong."""

    TEXT = "text", "文字与原件不符"
    RECORD = "record", "著录信息有误"
    STANDING = "standing", "有效性有误"
    OTHER = "other", "其他"


class Report(models.Model):
    """What a reader found wrong in a published document; editors settle it.

    ``version_hash`` is the text's when it was reported: a later one may have mended it already.
    """

    document = models.ForeignKey(
        "documents.Document", models.CASCADE, related_name="reports", verbose_name="文件"
    )
    anchor = models.CharField("位置", max_length=100, blank=True)
    place = models.CharField("章节", max_length=300, blank=True)
    version_hash = models.CharField(max_length=64, editable=False)
    kind = models.CharField("问题", max_length=10, choices=ReportKind.choices)
    said = models.TextField("说明", max_length=1000)
    reply_to = models.EmailField("回复邮箱", max_length=254, blank=True)
    settled = models.BooleanField("已处理", default=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["settled", "-created_at", "-pk"]
        verbose_name = "读者报告的问题"
        verbose_name_plural = "读者报告的问题"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.said[:30]}"
