"""Differences between two versions of a text: marks within a passage, changes by section."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from documents import minhash
from documents.text.characters import fingerprint, skeleton
from documents.text.values import Section

MarkKind = Literal["same", "removed", "added"]
ChangeKind = Literal["same", "moved", "changed", "added", "removed"]

_WORDS: dict[ChangeKind, str] = {
    "same": "未变",
    "moved": "移位",
    "changed": "改动",
    "added": "新增",
    "removed": "删去",
}

ALIKE = 0.8
"""Similarity of shingles above which a section elsewhere is the same section, reworded."""

RELATED = 0.3
"""Similarity that is enough where number and place are the same too."""

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")
_LETTER_BY_LETTER = 1_000_000  # cells of the comparison of two passages by characters
_SHORTEST_GRAMS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that stayed, went or came."""

    kind: MarkKind
    text: str


def marks(old: str, new: str) -> tuple[Mark, ...]:
    """How *old* became *new*: sentence by sentence, changed sentences by character.

    The stretches that are not "added" spell *old*, those that are not "removed" spell *new*.
    """
    left, right = _SENTENCE.findall(old), _SENTENCE.findall(new)
    found: list[Mark] = []
    for tag, i, j, m, n in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        before, after = "".join(left[i:j]), "".join(right[m:n])
        if tag == "equal":
            found.append(Mark("same", before))
        elif len(before) * len(after) > _LETTER_BY_LETTER or _too_different(before, after):
            found += [Mark("removed", before), Mark("added", after)]
        else:
            found += _by_character(before, after)
    return _joined(found)


def _too_different(before: str, after: str) -> bool:
    """Whether marks letter by letter would be confetti."""
    return SequenceMatcher(None, before, after, autojunk=False).ratio() < 0.3


def _by_character(before: str, after: str) -> list[Mark]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Mark] = []
    for tag, i, j, m, n in matcher.get_opcodes():
        if tag == "equal":
            found.append(Mark("same", before[i:j]))
        else:
            found += [Mark("removed", before[i:j]), Mark("added", after[m:n])]
    return found


def _joined(pieces: Sequence[Mark]) -> tuple[Mark, ...]:
    made: list[Mark] = []
    for piece in pieces:
        if not piece.text:
            continue
        if made and made[-1].kind == piece.kind:
            made[-1] = Mark(piece.kind, made[-1].text + piece.text)
        else:
            made.append(piece)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section of either version; a removed one has no ``new``, an added one no ``old``.

    ``heading`` and ``text`` carry the marks; ``moved`` says that it stands elsewhere now, which
    it may besides being changed.
    """

    kind: ChangeKind
    old: Section | None
    new: Section | None
    heading: tuple[Mark, ...]
    text: tuple[Mark, ...]
    moved: bool = False

    @property
    def word(self) -> str:
        """What happened to the section, for people."""
        word = _WORDS[self.kind]
        return f"{word}并移位" if self.moved and self.kind == "changed" else word

    @property
    def depth(self) -> int:
        """The level at which it stands, or stood."""
        section = self.new or self.old
        return section.level if section else 1

    @property
    def label(self) -> str:
        """What the section is called, by its newest name."""
        section = self.new or self.old
        if section is None:
            return ""
        return f"{section.number or ''}{section.heading or ''}" or section.text[:24]


def paired(old: Sequence[Section], new: Sequence[Section]) -> dict[str, str]:
    """For each new section that was there before: its anchor → the old section's anchor.

    Anchors follow the text: first sections with the same wording at the same path, then with the
    same wording anywhere, then those at the same path whose wording is related or whose number
    and heading are the same, then those elsewhere alike by more than 0.8, or related and under the
    same heading. Each pairs once.
    """
    pairs: dict[str, str] = {}
    free = {section.anchor: section for section in old}
    open_ = {section.anchor: section for section in new}

    def pair(now: str, before: str) -> None:
        pairs[now] = before
        del open_[now], free[before]

    for anchor in [a for a in open_ if a in free and _same(open_[a], free[a])]:
        pair(anchor, anchor)
    _pair_by_wording(open_, free, pair)
    for anchor in [a for a in open_ if a in free and _related(open_[a], free[a])]:
        pair(anchor, anchor)
    for _, now, before in _alike(open_, free):
        if now in open_ and before in free:
            pair(now, before)
    return pairs


def _pair_by_wording(
    open_: Mapping[str, Section], free: Mapping[str, Section], pair: Callable[[str, str], None]
) -> None:
    waiting: dict[str, list[str]] = {}
    for anchor, section in free.items():
        waiting.setdefault(_wording(section), []).append(anchor)
    empty = fingerprint("")
    for anchor, section in list(open_.items()):
        same = waiting.get(_wording(section))
        if same and _wording(section) != empty:
            pair(anchor, same.pop(0))


def _wording(section: Section) -> str:
    return fingerprint(f"{section.heading or ''}\n{section.text}")


def _same(left: Section, right: Section) -> bool:
    return _wording(left) == _wording(right)


def _related(left: Section, right: Section) -> bool:
    if left.level == right.level == 1:
        return True
    called = bool(left.heading) and (left.number, left.heading) == (right.number, right.heading)
    return called or _similarity(left, right) >= RELATED


def _similarity(left: Section, right: Section) -> float:
    return _ratio(_grams(left), _grams(right))


def _ratio(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _grams(section: Section) -> frozenset[str]:
    text = skeleton(f"{section.heading or ''}{section.text}")
    size = minhash.GRAM if len(text) > _SHORTEST_GRAMS else 2
    return frozenset(text[i : i + size] for i in range(max(len(text) - size + 1, 1)) if text)


def _alike(
    open_: Mapping[str, Section], free: Mapping[str, Section]
) -> list[tuple[float, str, str]]:
    """Pairs of sections still unpaired that are the same section reworded, most alike first.

    Under one heading the wording need only be related: a short section changes much by a word.
    """
    news = [(section, _grams(section)) for section in open_.values()]
    olds = [(section, _grams(section)) for section in free.values()]
    found = []
    for now, a in news:
        for before, b in olds:
            titled = bool(now.heading) and now.heading == before.heading
            least = RELATED if titled else ALIKE
            if min(len(a), len(b)) > least * max(len(a), len(b)):  # else they cannot be alike
                degree = _ratio(a, b)
                if degree > least:
                    found.append((degree, now.anchor, before.anchor))
    return sorted(found, key=lambda row: -row[0])


def by_section(
    old: Sequence[Section], new: Sequence[Section], pairs: Mapping[str, str]
) -> tuple[SectionChange, ...]:
    """Every section of both versions in the order of the new one, removed ones where they stood."""
    before = {section.anchor: section for section in old}
    stayed = _in_order([pairs[s.anchor] for s in new if s.anchor in pairs], [s.anchor for s in old])
    gone_after: dict[str | None, list[Section]] = {}
    last: str | None = None
    held = set(pairs.values())
    for section in old:
        if section.anchor in held:
            last = section.anchor
        else:
            gone_after.setdefault(last, []).append(section)
    changes = [_removed(section) for section in gone_after.get(None, [])]
    for section in new:
        origin = before.get(pairs.get(section.anchor, ""))
        changes.append(
            _change(origin, section, moved=origin is not None and origin.anchor not in stayed)
        )
        if origin is not None:
            changes += [_removed(gone) for gone in gone_after.get(origin.anchor, [])]
    return tuple(changes)


def _in_order(now: list[str], before: list[str]) -> set[str]:
    """Those of the surviving anchors that kept their place among one another."""
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    return {
        anchor
        for block in matcher.get_matching_blocks()
        for anchor in now[block.b : block.b + block.size]
    }


def _removed(section: Section) -> SectionChange:
    label = f"{section.number or ''}{section.heading or ''}"
    return SectionChange("removed", section, None, marks(label, ""), marks(section.text, ""))


def _change(old: Section | None, new: Section, *, moved: bool) -> SectionChange:
    label = f"{new.number or ''}{new.heading or ''}"
    if old is None:
        return SectionChange("added", None, new, marks("", label), marks("", new.text))
    heading = marks(f"{old.number or ''}{old.heading or ''}", label)
    text = marks(old.text, new.text)
    changed = any(mark.kind != "same" for mark in heading + text)
    kind: ChangeKind = "changed" if changed else "moved" if moved else "same"
    return SectionChange(kind, old, new, heading, text, moved)


def renamed(sections: Sequence[Section], anchors: Sequence[str]) -> tuple[Section, ...]:
    """The same sections under other anchors, parents too."""
    names = {s.anchor: anchor for s, anchor in zip(sections, anchors, strict=True)}
    return tuple(
        replace(s, anchor=names[s.anchor], parent=names[s.parent] if s.parent else None)
        for s in sections
    )
