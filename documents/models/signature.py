"""The wording of each document in a form that finds its twins fast."""

from __future__ import annotations

from django.db import models

from documents.models.document import Document


class Signature(models.Model):
    """Hash and MinHash signature of a document's wording; see documents.minhash."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="signature"
    )
    text_hash = models.CharField(max_length=64, db_index=True)
    minima = models.BinaryField(max_length=512)

    def __str__(self) -> str:
        return self.text_hash


class SignatureBand(models.Model):
    """One band of a signature: documents that share a key are likely alike."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="signature_bands")
    key = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return str(self.key)
