"""The only place where a document's status changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from documents.filing import current_version_hash
from documents.models import Document, Status
from documents.signals import document_changed, documents_changed


class PublishingRefused(Exception):
    """A document cannot take this step; the message says why and what to do, in Chinese."""


def publish(document: Document) -> Document:
    """Lets readers see *document*; publishing it again only brings its version up to date.

    Raises PublishingRefused when it has no title or no text.
    """
    with transaction.atomic():
        current = Document.objects.select_for_update().get(pk=document.pk)
        _check_readable(current)
        current.status = Status.PUBLISHED
        current.published_at = current.published_at or timezone.now()
        current.withdrawn_at = None
        current.version_hash = current_version_hash(current)
        current.save()
        _announce(current)
    return current


def withdraw(document: Document) -> Document:
    """Takes *document* away from readers; its address then says 已撤下.

    Raises PublishingRefused for a document that was never published.
    """
    with transaction.atomic():
        current = Document.objects.select_for_update().get(pk=document.pk)
        if current.published_at is None:
            raise PublishingRefused("这份文件还没有发布过，无需撤下；不要的草稿可以直接删除。")
        current.status = Status.WITHDRAWN
        current.withdrawn_at = timezone.now()
        current.save()
        _announce(current)
    return current


def refresh(document: Document) -> None:
    """After any change to a document's content: new version hash, and readers' index hears.

    Call it in the transaction that made the change.
    """
    current = Document.objects.get(pk=document.pk)
    current.version_hash = current_version_hash(current)
    current.save(update_fields=["version_hash", "updated_at"])
    if current.is_published:
        _announce(current)


def announce_loaded(documents: Sequence[Document]) -> None:
    """Says that these documents were loaded as published; call it in the same transaction."""
    documents_changed.send(Document, document_ids=[document.pk for document in documents])


def _check_readable(document: Document) -> None:
    if not document.title.strip() or document.title == "（无标题）":
        raise PublishingRefused("还没有标题。请先在“著录信息”里填写标题，再发布。")
    if not document.sections.exclude(text="", heading="").exists():
        raise PublishingRefused("没有读到正文，发布后读者将一无所见。请换一份有文字的原件上传。")


def _announce(document: Document) -> None:
    document_changed.send(Document, document_id=document.pk, published=document.is_published)
