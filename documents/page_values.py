"""What a document's page is made of, as values that its templates ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from documents.citations import FINGERPRINT_LENGTH
from documents.models import DocumentElement
from documents.named import Named
from documents.text.values import SectionKind

CHAPTERS = ("编", "章", "节")
"""How numbers end that have no sign behind them: 第一章 总则."""


@dataclass(frozen=True, slots=True)
class RecordValue(Named):
    """One value of the record; ``facet`` names the search filter that lists its like.

    ``url`` leads to another document, ``note`` is said beside the value in small letters.
    """

    text: str
    facet: str | None = None
    url: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow(Named):
    """One element of the record with its values; none means that it is not stated.

    ``wide`` says that it takes the whole width, because its values run long. ``rest`` are values
    that are shown when asked for.
    """

    label: str
    values: tuple[RecordValue, ...]
    wide: bool = False
    rest: tuple[RecordValue, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionView(Named):
    """A section as it is set.

    ``rank`` is the HTML heading rank, ``None`` for a section whose number and heading run into
    its first paragraph; ``hidden`` says that the heading only repeats the page's title.
    ``depth`` counts from 1 for a part. ``page`` is given where a new source page begins.
    ``former`` are anchors of sections that are gone, whose links land here. ``path`` is
    how citations name it; that and ``fingerprint`` are empty in versions that were replaced.
    """

    anchor: str
    kind: str
    depth: int
    rank: int | None
    number: str
    heading: str
    paragraphs: tuple[str, ...]
    page: int | None
    bookmark: int | None
    hidden: bool = False
    former: tuple[str, ...] = ()
    ending: str = ""
    path: str = ""
    fingerprint: str = ""

    @property
    def classes(self) -> str:
        """What style sheets know it by; one string, since a long text has a thousand sections."""
        headed = " headed" if self.rank and not self.hidden else ""
        chapter = " chapter" if self.number.endswith(CHAPTERS) else ""
        return f"section kind-{self.kind} depth-{self.depth}{headed}{chapter}"

    @property
    def tag(self) -> str:
        """The HTML element of its heading."""
        return f"h{self.rank}"

    @property
    def mark(self) -> str:
        """As much of its fingerprint as a citation carries."""
        return self.fingerprint[:FINGERPRINT_LENGTH]

    @property
    def level(self) -> int:
        """Its depth, under the name that stored sections give it."""
        return self.depth

    @property
    def label(self) -> str:
        """Number and heading as printed, without the sign between heading and text."""
        apart = "\u3000" if self.heading and self.number.endswith(CHAPTERS) else ""
        return f"{self.number}{apart}{self.heading}"

    @property
    def runs_in(self) -> bool:
        """Whether number and heading stand at the beginning of the first paragraph."""
        return self.rank is None and bool(self.label)

    @property
    def joint(self) -> str:
        """What stands between a run-in heading and its text: the sign printed there.

        An article (第一条) is set off by a space, as is a heading whose sign is not known: of
        sections written by hand, or read before signs were kept.
        """
        if self.heading and self.ending:
            return self.ending
        if not any(self.paragraphs) or (self.kind == SectionKind.ITEM and not self.heading):
            return ""
        return "。" if self.kind == SectionKind.ITEM else "\u3000"

    @property
    def called(self) -> str:
        """What links and buttons call it, also when it has neither number nor heading."""
        return self.label or (self.paragraphs[0][:24] if self.paragraphs else "本节")

    @property
    def plain(self) -> bool:
        """Whether it is nothing but a heading and paragraphs, as most of a long text is."""
        odd = self.former or self.bookmark or self.page or self.hidden
        return not odd and not any("\t" in text for text in self.paragraphs)

    @property
    def blocks(self) -> tuple[BlockView, ...]:
        """Its paragraphs, with the rows of a table (cells apart by tabs) put together."""
        numbered = enumerate(self.paragraphs, start=1)
        rows = [Row(number, tuple(text.split("\t"))) for number, text in numbered]
        groups = groupby(rows, key=lambda row: len(row.cells) > 1)
        return tuple(
            block
            for is_table, group in groups
            for block in ([BlockView(tuple(group), True)] if is_table else map(_alone, group))
        )


@dataclass(frozen=True, slots=True)
class Row(Named):
    """A paragraph under its number in the section, from 1; the cells of a table's row."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return self.cells[0]

    @property
    def key(self) -> str:
        """Its number in figures, for the row's address."""
        return str(self.number)

    @property
    def first(self) -> bool:
        """Whether the section begins with it."""
        return self.number == 1


@dataclass(frozen=True, slots=True)
class BlockView(Named):
    """One paragraph, or the rows of a table."""

    rows: tuple[Row, ...]
    is_table: bool = False


def _alone(row: Row) -> BlockView:
    return BlockView((row,))


@dataclass(frozen=True, slots=True)
class PartView(Named):
    """A part: what stands above its title, between title and text, its sections, its end."""

    head: tuple[DocumentElement, ...]
    opening: tuple[DocumentElement, ...]
    sections: tuple[SectionView, ...]
    closing: tuple[DocumentElement, ...]


@dataclass(frozen=True, slots=True)
class NoteRef(Named):
    """A mark that stands before character ``at`` of a text and leads to note ``number``."""

    at: int
    number: int
    mark: str
    id: str


@dataclass(frozen=True, slots=True)
class NoteView(Named):
    """A note, from 1, with the ids of its marks on the page."""

    number: int
    mark: str
    text: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWords(Named):
    """Words a reader marked, under the key of the bookmark (or their number in the browser).

    ``lines`` is where they stand in the section at ``anchor``: paragraph (0 is the heading), first
    character, the one behind the last; none when they are not certain to stand anywhere.
    ``start`` is their place in the section's wording, ``kept_at`` the anchor they were marked at.
    """

    key: int
    kept_at: str
    anchor: str
    words: str
    note: str
    heading: str
    start: int = 0
    lines: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WordsSpan(Named):
    """Characters ``start`` to ``end`` of one text belong to a reader's words under ``key``.

    ``last`` says that the words end here, where the way to their note stands.
    """

    start: int
    end: int
    key: int
    last: bool


@dataclass(frozen=True, slots=True)
class DocumentPage(Named):
    """Everything the page of one document shows besides the document's own fields.

    ``marks`` are those of notes by the text they stand in: see ``documents.places.Place``;
    ``own`` are words the reader marked, in the same way, and ``words`` those words with notes.
    """

    record: tuple[RecordRow, ...]
    parts: tuple[PartView, ...]
    outline: tuple[SectionView, ...]
    footnotes: tuple[NoteView, ...]
    first_anchor: str | None
    marks: Mapping[tuple[str, int], tuple[NoteRef, ...]] = field(default_factory=dict)
    words: tuple[OwnWords, ...] = ()
    own: Mapping[tuple[str, int], tuple[WordsSpan, ...]] = field(default_factory=dict)
