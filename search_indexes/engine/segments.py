"""What the engine asks of a segment of the index, whichever codec wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from search_indexes.engine.arrays import NONE, Array, Floats, Ints
from search_indexes.engine.chains import Chain, Held
from search_indexes.engine.documents import Documents
from search_indexes.engine.memory import Memory
from search_indexes.engine.values import Card


@dataclass(frozen=True, slots=True)
class Postings:
    """The sections a word occurs in, ascending, and how often it does."""

    numbers: Ints
    counts: Floats


NO_POSTINGS = Postings(NONE, np.empty(0, np.float32))


class Segment(Protocol):
    """Sections written in one commit; nothing of it changes, and threads may share it.

    Sections are numbered from 0 and documents (rows) too; what was deleted since is still here.
    """

    name: str
    size: int
    documents: Documents

    def postings(self, field: str, word: bytes) -> Postings:
        """Where *word* occurs; nothing when it does not."""

    def frequency(self, field: str, word: bytes) -> int:
        """How many sections *word* occurs in."""

    def lengths(self, field: str) -> Array:
        """How many words each section has in *field*."""

    def total_length(self, field: str) -> int:
        """How many words all sections have in *field*."""

    def holding(self, place: str, characters: str) -> Ints:
        """What holds exactly *characters*: sections for OWN, documents' rows for a field."""

    def held(self, place: str, chain: Chain, allowed: int | None) -> Held:
        """The same for a chain, which may look at *allowed* places (`None`: all there are)."""

    def being(self, place: str, characters: str) -> Ints:
        """Rows of the documents of whose field a line is *characters* and nothing more."""

    def card(self, row: int) -> Card | None:
        """What the document in *row* says of itself."""

    def shown(self, number: int, memory: Memory) -> dict[str, Any]:
        """The stored values of a section; *memory* may keep what was unpacked for them."""

    def section_keys(self) -> Ints:
        """The sections' own numbers (haystack's django_id)."""
