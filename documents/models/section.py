"""What a document's text is made of: sections as a tree, and what stands outside them."""

from __future__ import annotations

from django.db import models

from documents.models.document import Document
from documents.models.history import HistoryByHand
from documents.models.theme import Theme
from documents.text.values import ElementKind, SectionKind


class Section(models.Model):
    """One section; ``text`` is its own without its children's, paragraphs split by ``\\n``.

    ``ending`` is the sign between heading and text that is in neither (``。``, ``：``).
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="sections")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    order = models.PositiveIntegerField("次序")
    anchor = models.CharField("锚点", max_length=100)
    level = models.PositiveSmallIntegerField("层级")
    kind = models.CharField("类别", max_length=10, choices=[(kind, kind) for kind in SectionKind])
    number = models.CharField("序号", max_length=40, blank=True)
    heading = models.TextField("标题", blank=True)
    ending = models.CharField("标题末尾符号", max_length=10, blank=True)
    text = models.TextField("正文", blank=True)
    page = models.PositiveIntegerField("页码", null=True, blank=True)
    fingerprint = models.CharField("指纹", max_length=64, editable=False)
    themes = models.ManyToManyField(
        Theme, through="SectionTheme", related_name="sections", verbose_name="主题"
    )
    history = HistoryByHand(excluded_fields=["fingerprint"], verbose_name="章节历史")

    class Meta:
        ordering = ["document", "order"]
        verbose_name = "章节"
        verbose_name_plural = "章节"
        constraints = [
            models.UniqueConstraint(fields=["document", "anchor"], name="anchor_once_a_document"),
            models.UniqueConstraint(fields=["document", "order"], name="order_once_a_document"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in SectionKind]),
                name="section_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(level=1, parent__isnull=True)
                | models.Q(level__gt=1, parent__isnull=False),
                name="only_parts_have_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.heading}" or self.anchor

    def get_absolute_url(self) -> str:
        return f"{self.document.get_absolute_url()}#{self.anchor}"

    @property
    def label(self) -> str:
        """Number and heading as printed; a section without either is called by its text."""
        return f"{self.number}{self.heading}" or self.text[:24]


class SectionTheme(models.Model):
    """A theme of a section, with the terms of its text that earned it."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="theme_places")
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="section_places")
    terms = models.JSONField("依据", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "theme"], name="theme_once_a_section")
        ]

    def __str__(self) -> str:
        return f"{self.theme}：{'、'.join(self.terms)}"


class DocumentElement(models.Model):
    """An official element as printed: letterhead, addressees, signature, imprint …"""

    document = models.ForeignKey(Document, models.CASCADE, related_name="elements")
    order = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in ElementKind])
    text = models.TextField()

    class Meta:
        ordering = ["document", "order"]

    def __str__(self) -> str:
        return self.text


class DocumentFootnote(models.Model):
    """A footnote taken out of the running text."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="footnotes")
    order = models.PositiveIntegerField()
    mark = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        ordering = ["document", "order"]

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


class FootnotePlace(models.Model):
    """Where a mark of a footnote stood: see ``documents.text.NotePlace``; in reading order."""

    footnote = models.ForeignKey(DocumentFootnote, models.CASCADE, related_name="places")
    section = models.ForeignKey(Section, models.CASCADE, related_name="note_places")
    paragraph = models.PositiveIntegerField()
    offset = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["footnote", "section", "paragraph", "offset"], name="mark_once_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section_id} {self.paragraph}:{self.offset}"
