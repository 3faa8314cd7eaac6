"""A policy document: its record, its status and the addresses it has had."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from documents.models.history import HistoryByHand
from documents.models.place import District, Issuer
from documents.querysets import DocumentQuerySet
from documents.whereabouts import address_of


class Status(models.TextChoices):
    """Where a document stands; only documents.publishing changes it."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class Validity(models.TextChoices):
    """Whether a document holds (GB/T 33480: 有效性); empty says that nobody has stated it."""

    IN_FORCE = "in_force", "现行有效"
    AMENDED = "amended", "已修改"
    REPEALED = "repealed", "已废止"


class Document(models.Model):
    """One policy document with the record of GB/T 33480; unknown elements stay empty.

    ``expiry_date`` is the last day in force by the text's own words; ``validity`` what an editor
    says (see documents.standing). ``found`` says where each field was read: see documents.evidence.
    """

    public_id = models.CharField("编号", max_length=100, unique=True, editable=False)
    slug = models.SlugField("地址", max_length=120, unique=True)
    status = models.CharField(
        "状态", max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False
    )

    title = models.CharField("标题", max_length=500)
    issuers = models.ManyToManyField(
        Issuer, through="DocumentIssuer", related_name="documents", verbose_name="发文机关"
    )
    ref_no = models.CharField("发文字号", max_length=100, blank=True)
    ref_code = models.CharField("机关代字", max_length=50, blank=True)
    ref_year = models.PositiveSmallIntegerField("发文年份", null=True, blank=True)
    ref_serial = models.PositiveIntegerField("发文序号", null=True, blank=True)
    written_date = models.DateField("成文日期", null=True, blank=True)
    printed_date = models.DateField("印发日期", null=True, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="区"
    )
    document_type = models.CharField("文种", max_length=20, blank=True)
    content_type = models.CharField("内容类型", max_length=50, blank=True)
    recipients = models.TextField("主送机关", blank=True)
    cc = models.TextField("抄送机关", blank=True)
    disclosure = models.CharField("公开属性", max_length=50, blank=True)
    effective_date = models.DateField("施行日期", null=True, blank=True)
    expiry_date = models.DateField("有效期至", null=True, blank=True)
    validity = models.CharField("有效性", max_length=10, choices=Validity.choices, blank=True)

    warnings = models.JSONField("阅读提示", default=list, blank=True, editable=False)
    found = models.JSONField("读出处", default=list, blank=True, editable=False)
    version_hash = models.CharField("版本指纹", max_length=64, blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="uploaded_documents",
        verbose_name="上传者",
    )
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True, editable=False)

    objects = DocumentQuerySet.as_manager()
    history = HistoryByHand(
        excluded_fields=["warnings", "found", "version_hash", "updated_at"], verbose_name="文件历史"
    )

    class Meta:
        ordering = [models.F("written_date").desc(nulls_last=True), "-pk"]
        verbose_name = "文件"
        verbose_name_plural = "文件"
        indexes = [
            models.Index(fields=["status", "-written_date"]),
            models.Index(fields=["ref_code", "ref_year", "ref_serial"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="document_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.PUBLISHED)
                | models.Q(published_at__isnull=False) & ~models.Q(version_hash=""),
                name="published_document_has_time_and_version",
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="document_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(validity__in=["", *Validity.values]),
                name="document_validity_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of(self.slug)

    @property
    def year(self) -> int | None:
        """The year of 成文日期, the one year a document is filed under."""
        return self.written_date.year if self.written_date else None

    @property
    def issuer_names(self) -> tuple[str, ...]:
        """Full names of the issuers in printed order."""
        return tuple(place.issuer.name for place in self.issuer_places.all())

    @property
    def is_published(self) -> bool:
        """Whether readers may see it."""
        return self.status == Status.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was published and taken down."""
        return self.status == Status.WITHDRAWN


class DocumentIssuer(models.Model):
    """An issuer's place among a document's issuers (联合发文 keeps the printed order)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="issuer_places")
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="document_places")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["document", "issuer"], name="issuer_once_a_document")
        ]

    def __str__(self) -> str:
        return f"{self.issuer}（{self.order + 1}）"


class OtherName(models.Model):
    """A name by which people know a document (专精特新办法); its own in whatever version."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="other_names")
    name = models.CharField("又称", max_length=100)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        ordering = ["document", "order", "pk"]
        verbose_name = "又称"
        verbose_name_plural = "又称"
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="other_name_once_a_document")
        ]

    def __str__(self) -> str:
        return self.name


class FormerSlug(models.Model):
    """An address the document had before; it answers with a redirect for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    document = models.ForeignKey(Document, models.CASCADE, related_name="former_slugs")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
