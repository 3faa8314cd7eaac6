"""What is kept of a marked passage, and what is said of where it is now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a passage. Only the first two say that the wording is untouched."""

    EXACT = "exact"
    """Same wording at the same anchor."""
    MOVED = "moved"
    """Same wording at another anchor."""
    CHANGED = "changed"
    """Other wording between the old neighbours or at the old anchor."""
    SIMILAR = "similar"
    """Like wording somewhere else."""
    AMBIGUOUS = "ambiguous"
    """Several places fit and nothing tells them apart."""
    GONE = "gone"
    """No place fits."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of the present text, in reading order; ``path`` is what stands above it:
    the headings of its parents, or how their text begins."""

    anchor: str
    fingerprint: str
    heading: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What told a passage from others when it was marked: folded wording without punctuation.

    ``alone`` says that no other section of the document had the same wording, ``twins`` how many
    had it, the passage among them, and ``rival`` how well the best of the others would have fitted
    the passage's own surroundings, from 0 to 1.
    """

    before: str = ""
    after: str = ""
    path: str = ""
    alone: bool = True
    twins: int = 1
    rival: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage as it was marked; ``wording`` is heading and text, at most KEPT characters."""

    anchor: str
    fingerprint: str
    wording: str
    context: Context


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a passage is now. ``anchor`` is None for AMBIGUOUS and GONE.

    ``confidence`` is between 0 and 1; ``others`` are the anchors that fit when several do.
    """

    state: State
    anchor: str | None
    confidence: float
    others: tuple[str, ...] = ()

    @property
    def untouched(self) -> bool:
        """Whether the passage says what it said."""
        return self.state in (State.EXACT, State.MOVED)
