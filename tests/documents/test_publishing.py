"""Only publishing changes a status, and whoever listens hears of it in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, connection, transaction

from documents.models import Document, Status
from documents.publishing import PublishingRefused, publish, withdraw
from documents.signals import document_changed

pytestmark = pytest.mark.django_db


def test_readers_see_only_what_is_published(draft: Document, editor: User) -> None:
    reader = AnonymousUser()
    assert draft not in Document.objects.visible_to(reader)
    assert draft in Document.objects.visible_to(editor)

    publish(draft)
    assert draft in Document.objects.visible_to(reader)

    withdraw(draft)
    assert draft not in Document.objects.visible_to(reader)
    assert draft in Document.objects.visible_to(editor)


def test_an_editor_whose_account_is_closed_sees_what_readers_see(
    draft: Document, editor: User
) -> None:
    editor.is_active = False

    assert draft not in Document.objects.visible_to(editor)


def test_a_document_without_text_is_not_published(draft: Document) -> None:
    draft.sections.all().delete()

    with pytest.raises(PublishingRefused, match="没有读到正文"):
        publish(draft)


def test_a_draft_cannot_be_withdrawn(draft: Document) -> None:
    with pytest.raises(PublishingRefused, match="还没有发布过"):
        withdraw(draft)


def test_a_document_withdrawn_can_be_published_again_under_its_address(draft: Document) -> None:
    first = publish(draft)
    again = publish(withdraw(draft))

    assert again.is_published
    assert again.slug == first.slug
    assert again.published_at == first.published_at
    assert again.withdrawn_at is None


def test_the_change_is_announced_inside_its_transaction(draft: Document) -> None:
    heard: list[tuple[int, bool, bool]] = []

    def hear(document_id: int, published: bool, **kwargs: Any) -> None:
        heard.append((document_id, published, connection.in_atomic_block))

    document_changed.connect(hear)
    try:
        publish(draft)
        withdraw(draft)
    finally:
        document_changed.disconnect(hear)

    assert heard == [(draft.pk, True, True), (draft.pk, False, True)]


def test_the_version_hash_changes_with_the_text_and_only_with_it(draft: Document) -> None:
    first = publish(draft).version_hash
    assert publish(draft).version_hash == first

    draft.sections.filter(anchor="p2-2").update(text="另一段文字。")
    assert publish(draft).version_hash != first


def test_the_database_itself_refuses_an_unknown_status(draft: Document) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=draft.pk).update(status="hidden")


def test_the_database_itself_refuses_a_published_document_without_version(draft: Document) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED, version_hash="")
