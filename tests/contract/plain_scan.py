"""The oracle of exact search: a plain substring scan over the bare characters of what is kept."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from documents.models import Document, Section
from search_indexes.analysis import fold


@dataclass(frozen=True)
class Scanned:
    """Bare characters: of every section by its key with its document, of every record."""

    sections: dict[int, tuple[int, str]]
    records: dict[int, tuple[str, ...]]

    @classmethod
    def published(cls) -> Scanned:
        """What the database says now."""
        sections = Section.objects.filter(document__in=Document.objects.published())
        rows = sections.values_list("pk", "document_id", "number", "heading", "text")
        documents = Document.objects.published().prefetch_related("issuers__names")
        return cls(
            {pk: (key, bare(number + heading + text)) for pk, key, number, heading, text in rows},
            {document.pk: tuple(map(bare, _record(document))) for document in documents},
        )

    def holding(self, string: str) -> tuple[int, set[int]]:
        """How many sections hold *string*, and which documents."""
        found = [document for document, text in self.sections.values() if string in text]
        return len(found), set(found)

    def stating(self, string: str) -> set[int]:
        """The documents whose record holds *string*."""
        return {key for key, texts in self.records.items() if any(string in t for t in texts)}


class Laid:
    """Texts laid end to end, so that one scan finds all that hold a string."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        pairs = list(texts)
        self._owners = [owner for owner, _ in pairs]
        self._text = "".join(f"\n{text}" for _, text in pairs)
        self._starts = list(accumulate((len(text) + 1 for _, text in pairs), initial=0))

    def owners(self, string: str) -> Iterator[int]:
        """The owner of each text that holds *string*, once a text."""
        place = self._text.find(string)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            yield self._owners[number]
            place = self._text.find(string, self._starts[number + 1])


def bare(text: str) -> str:
    """Written apart from the engine's own rule: letters, digits and signs of meaning only."""
    return "".join(
        character
        for character in fold(text)
        if unicodedata.category(character)[0] in "LNS" and character not in "~|`^"
    )


def _record(document: Document) -> list[str]:
    issuers = document.issuers.all()
    names = [issuer.name for issuer in issuers]
    names += [also.name for issuer in issuers for also in issuer.names.all()]
    return [document.title, document.ref_no, *names]
