"""Knows in one query what a document has none of, so that a page need not ask for it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from documents.models import Document, DocumentFootnote, DocumentVersion, FormerAnchor
from documents.querysets import DocumentQuerySet


def knowing_rare(documents: DocumentQuerySet) -> DocumentQuerySet:
    """The same documents, each knowing of what few documents have whether it has any."""
    rows = {
        "footnotes": DocumentFootnote,
        "former_anchors": FormerAnchor,
        "versions": DocumentVersion,
    }
    return documents.annotate(
        **{
            f"has_{name}": Exists(model._default_manager.filter(document=OuterRef("pk")))
            for name, model in rows.items()
        }
    )


def has(document: Document, name: str) -> bool:
    """Whether there is anything under *name* to be read; assumed where it is not known."""
    return bool(getattr(document, f"has_{name}", True))
