"""History that is kept of corrections by hand, and of nothing else."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class HistoryByHand(HistoricalRecords):  # type: ignore[misc]  # untyped library
    """History rows are written only where documents.history is asked to.

    A reading files thousands of sections and files them anew; its signals would cost a query a
    section and tell nobody anything.
    """

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        """Makes the history table and takes the signals away again."""
        super().finalize(sender, **kwargs)
        if self.cls is sender:
            models.signals.post_save.disconnect(self.post_save, sender=sender)
            models.signals.post_delete.disconnect(self.post_delete, sender=sender)
            models.signals.pre_delete.disconnect(self.pre_delete, sender=sender)
