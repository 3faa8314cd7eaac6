"""Sets one page of a PDF original beside the text that was read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.models import SourceFile
from documents.page_values import DocumentPage


@dataclass(frozen=True, slots=True)
class OriginalPage:
    """Page ``number`` of ``last`` of a PDF; ``marks`` are pages at which a section begins."""

    file: SourceFile
    number: int
    last: int
    marks: frozenset[int]

    @property
    def previous(self) -> int | None:
        """The page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if there is one."""
        return self.number + 1 if self.number < self.last else None

    @property
    def previous_place(self) -> str:
        """Where the text of the page before begins: ``#page-3``, or nothing."""
        return self._place(self.previous)

    @property
    def next_place(self) -> str:
        """Where the text of the page after begins."""
        return self._place(self.next)

    def _place(self, number: int | None) -> str:
        before = [mark for mark in self.marks if number is not None and mark <= number]
        return f"#page-{max(before)}" if before else ""


def original_page(
    typed: str, files: Sequence[SourceFile], page: DocumentPage
) -> OriginalPage | None:
    """The page that an address asks for; ``None`` without a PDF or without a number.

    A number beyond the last page gives the last: links outlive the files they were made for.
    """
    file = next((file for file in files if file.format == "pdf"), None)
    if file is None or not (typed.isascii() and typed.isdigit()):
        return None
    # Extracted text has a form feed between pages; a scan that was never read has none.
    marks = frozenset(s.page for part in page.parts for s in part.sections if s.page)
    last = max(file.text.count("\f") + 1, *marks, 1)
    return OriginalPage(file, min(max(int(typed[:6]), 1), last), last, marks)
