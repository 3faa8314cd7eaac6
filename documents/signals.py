"""What the documents room announces; who needs to act on it listens."""

from django.dispatch import Signal

document_changed = Signal()
"""Sent inside the transaction that publishes, changes or withdraws a document, with
``document_id`` (its primary key) and ``published`` (whether readers may now see it)."""

documents_changed = Signal()
"""The same for many at once: ``document_ids`` (primary keys), all of them published."""
