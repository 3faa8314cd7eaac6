"""The kinds of haystack field the engine understands."""

from __future__ import annotations

from typing import Any

from haystack.fields import SearchField


class _Given(SearchField):  # type: ignore[misc]  # haystack is untyped
    """A field whose value the index's own ``prepare_…`` method gives."""

    field_type = "string"

    def convert(self, value: Any) -> Any:
        return value


class Words(_Given):
    """Words already cut, scored by BM25F; ``boost`` weighs the field against the others."""


class Characters(_Given):
    """The bare characters of a section, compared exactly; lines apart are never one string."""


class DocumentKey(_Given):
    """The number of the document a section belongs to."""


class DocumentCard(_Given):
    """A `Card` on the first section of a document, nothing on the others."""


class Shown(_Given):
    """JSON-like values given back with a hit."""
