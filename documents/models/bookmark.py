"""A reader's marks on sections, and the folders and tags that keep them in order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.document import Document


class Bookmark(models.Model):
    """Keeps where the section was (anchor), what it said and what stood around it.

    ``heading`` is number and heading as printed, ``wording`` heading and text of the section (see
    documents.reanchoring), ``context`` its surroundings; together they find the passage again.
    ``words`` are those marked inside the section, from ``words_start`` to ``words_end`` of its
    wording (see documents.quotes); without any the section as a whole is marked.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks")
    document = models.ForeignKey(Document, models.PROTECT, related_name="bookmarks")
    anchor = models.CharField("锚点", max_length=100)
    heading = models.TextField("章节", blank=True)
    fingerprint = models.CharField("指纹", max_length=64)
    quote = models.TextField("摘录", blank=True)
    words = models.TextField("词句", blank=True)
    words_start = models.PositiveIntegerField(default=0)
    words_end = models.PositiveIntegerField(default=0)
    wording = models.TextField("收藏时的文字", blank=True)
    context = models.JSONField("前后文", default=dict, blank=True)
    note = models.TextField("笔记", blank=True, max_length=2000)
    created_at = models.DateTimeField("收藏时间", auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "书签"
        verbose_name_plural = "书签"
        constraints = [
            # The anchor alone would not do: after a revision another passage may stand there.
            models.UniqueConstraint(
                fields=["user", "document", "anchor", "fingerprint", "words_start", "words_end"],
                name="passage_bookmarked_once_a_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.heading or self.anchor}"


class BookmarkTag(models.Model):
    """A word a reader gave a bookmark to find it by."""

    bookmark = models.ForeignKey(Bookmark, models.CASCADE, related_name="tags")
    name = models.CharField("标签", max_length=30)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["bookmark", "name"], name="tag_once_a_bookmark")
        ]

    def __str__(self) -> str:
        return self.name


class Folder(models.Model):
    """A reader's folder of bookmarks; with a ``share_token`` others may read it by a link."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders")
    name = models.CharField("名称", max_length=60)
    bookmarks = models.ManyToManyField(
        Bookmark, through="FolderPlace", related_name="folders", verbose_name="书签"
    )
    share_token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    share_notes = models.BooleanField("连同笔记", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "书签夹"
        verbose_name_plural = "书签夹"
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="folder_name_once_a_user")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("folder", args=[self.pk])


class FolderPlace(models.Model):
    """A bookmark's place in a folder, in the order the reader gave."""

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="places")
    bookmark = models.ForeignKey(Bookmark, models.CASCADE, related_name="places")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "bookmark"], name="bookmark_once_a_folder")
        ]

    def __str__(self) -> str:
        return f"{self.folder}（{self.order + 1}）"
