"""Says where a marked passage stands in the present text, and how sure that is.

A mark keeps the wording of its passage and the wording around it, as the text quote selector of
the W3C Web Annotation Data Model does (exact, prefix, suffix), besides anchor and fingerprint.
Equal wording is found by fingerprint; changed wording by its pairs of characters (Dice's
coefficient over bigrams) weighed with what stands around it. Knows neither models nor pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from documents.bigrams import held, likeness, pairs
from documents.landing_values import Context, Landing, Mark, Passage, State
from documents.text.characters import skeleton

AROUND = 40
"""Characters of wording kept on either side of a passage."""
KEPT = 4000
"""Characters of a passage that are kept and compared."""

ALIKE = 0.8
"""Likeness from which changed wording counts as the same passage wherever it stands."""
BETWEEN_NEIGHBOURS = 0.7
"""Likeness of the wording before and after from which a place counts as the old one."""
AT_HOME = 0.65
"""Likeness of all surroundings from which one of several equal wordings is the one marked."""
AT_HOME_ELSEWHERE = 0.85
"""The same for a place with another anchor; parallel lists look much alike."""
HELD_WHOLE = 0.7
"""Share of a passage's wording that a longer section must hold to have taken it in."""
CLEARLY = 0.1
"""By how much the best place must lead the second."""
TELLING = 12
"""Characters from which wording alone tells a passage; shorter ones need their neighbours."""
RUN_TOGETHER = 8
"""Characters from which a passage is recognised inside a longer section."""
WORTH_A_LOOK = 6
"""Places looked at closely for a passage whose wording has changed."""


class PresentText:
    """The sections of one document as they are now, ready to be asked for marks."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        self._wordings = [skeleton(p.heading + "\n" + p.text)[:KEPT] for p in passages]
        self._headings = [skeleton(p.heading) for p in passages]
        self._paths = [skeleton(p.path) for p in passages]
        self._twins: dict[str, list[int]] = defaultdict(list)
        self._places: dict[str, int] = {}
        for place, passage in enumerate(passages):
            self._twins[passage.fingerprint].append(place)
            self._places[passage.anchor] = place
        self._postings: dict[str, list[tuple[int, int]]] | None = None
        self._sizes = [max(len(wording) - 1, 0) for wording in self._wordings]

    def mark(self, anchor: str) -> Mark:
        """The mark of the section at *anchor*; raises KeyError when there is none."""
        place = self._places[anchor]
        passage = self._passages[place]
        twins = self._twins[passage.fingerprint]
        context = Context(
            self._before(place), self._after(place), self._paths[place], len(twins) == 1, len(twins)
        )
        mark = Mark(
            anchor=anchor,
            fingerprint=passage.fingerprint,
            wording=f"{passage.heading}\n{passage.text}"[:KEPT],
            context=context,
        )
        if len(twins) == 1:
            return mark
        rival = max(self._surroundings(mark, twin) for twin in twins if twin != place)
        return replace(mark, context=replace(context, rival=round(rival, 4)))

    def land(self, mark: Mark) -> Landing:
        """Where the passage of *mark* stands now."""
        same = self._twins.get(mark.fingerprint, [])
        if not same:
            return self._changed(mark)
        if len(same) == 1 and mark.context.alone and self._tells(mark, same[0]):
            return self._untouched(mark, same[0], 1.0)
        return self._among_twins(mark, same)

    def _untouched(self, mark: Mark, place: int, confidence: float) -> Landing:
        anchor = self._passages[place].anchor
        state = State.EXACT if anchor == mark.anchor else State.MOVED
        return Landing(state, anchor, confidence)

    def _tells(self, mark: Mark, place: int) -> bool:
        if len(self._wordings[place]) >= TELLING:
            return True
        if not mark.context.before and not mark.context.after:
            return self._passages[place].anchor == mark.anchor
        return max(self._neighbours(mark, place)) >= BETWEEN_NEIGHBOURS

    def _among_twins(self, mark: Mark, same: list[int]) -> Landing:
        """Equal wording in several places, or in one of several: the neighbours decide.

        A place must fit clearly better than the twins did when the passage was marked: one of
        them may be all that is left. Where twins have gone, all around must be as it was.
        """
        ranked = sorted(((self._surroundings(mark, place), place) for place in same), reverse=True)
        best, place = ranked[0]
        second = max(ranked[1][0] if len(ranked) > 1 else 0.0, mark.context.rival)
        sides = self._neighbours(mark, place)
        at_anchor = self._passages[place].anchor == mark.anchor
        either = at_anchor or mark.context.alone
        beside = (max if either else min)(sides) >= BETWEEN_NEIGHBOURS
        if len(same) < mark.context.twins:
            beside = min(sides) == 1.0
        needed = AT_HOME if at_anchor else AT_HOME_ELSEWHERE
        told = best >= needed and best - second >= CLEARLY and not self._among_equals(mark, place)
        if beside and told:
            return self._untouched(mark, place, round(min(1.0, 0.9 + best / 10), 2))
        anchors = tuple(self._passages[place].anchor for place in same)
        return Landing(State.AMBIGUOUS, None, 0.0, anchors)

    def _among_equals(self, mark: Mark, place: int) -> bool:
        """Whether a twin stood beside the passage or stands beside *place*: which is which?"""
        own = skeleton(mark.wording)
        sides = (
            (mark.context.before, mark.context.after),
            (self._before(place), self._after(place)),
        )
        return mark.context.twins > 1 and any(
            before.endswith(own[-AROUND:]) or after.startswith(own[:AROUND])
            for before, after in sides
        )

    def _changed(self, mark: Mark) -> Landing:
        wording = skeleton(mark.wording)
        found = sorted(self._candidates(mark, wording), key=lambda c: c.score, reverse=True)
        fitting = [candidate for candidate in found if candidate.fits]
        if not fitting:
            return Landing(State.GONE, None, 0.0)
        best = fitting[0]
        rivals = [c for c in fitting[1:] if best.score - c.score < CLEARLY / 2]
        if rivals:
            anchors = tuple(self._passages[c.place].anchor for c in (best, *rivals))
            return Landing(State.AMBIGUOUS, None, 0.0, anchors)
        anchor = self._passages[best.place].anchor
        in_place = best.between or anchor == mark.anchor
        return Landing(State.CHANGED if in_place else State.SIMILAR, anchor, best.confidence)

    def _candidates(self, mark: Mark, wording: str) -> list[_Candidate]:
        shared = self._shared(wording)
        most = max(len(wording) - 1, 1)
        like = {
            place: 2 * count / (most + max(self._sizes[place], 1))
            for place, count in shared.items()
        }
        places = set(sorted(like, key=lambda p: -like[p])[:WORTH_A_LOOK])
        places |= set(sorted(shared, key=lambda p: -shared[p])[:WORTH_A_LOOK])
        if mark.anchor in self._places:
            places.add(self._places[mark.anchor])
        heading = skeleton(mark.wording.partition("\n")[0])
        found = []
        for place in places:
            before, after = self._neighbours(mark, place)
            headed = likeness(heading, self._headings[place]) if heading else 0.0
            # Pairs shared by chance add up over a long section; runs of four do not.
            taken_in = 0.0
            if len(wording) >= RUN_TOGETHER and self._sizes[place] > most:
                taken_in = held(wording, self._wordings[place])
            words = max(like.get(place, 0.0), 0.9 * headed)
            same = self._passages[place].anchor == mark.anchor
            found.append(_Candidate(place, words, taken_in, before, after, same))
        return found

    def _shared(self, wording: str) -> dict[int, int]:
        if self._postings is None:
            self._postings = defaultdict(list)
            for place, text in enumerate(self._wordings):
                for pair, count in pairs(text).items():
                    self._postings[pair].append((place, count))
        shared: dict[int, int] = defaultdict(int)
        for pair, count in pairs(wording).items():
            for place, there in self._postings.get(pair, ()):
                shared[place] += min(count, there)
        return shared

    def _surroundings(self, mark: Mark, place: int) -> float:
        before, after = self._neighbours(mark, place)
        path = likeness(mark.context.path, self._paths[place])
        return 0.3 * before + 0.3 * after + 0.4 * path

    def _neighbours(self, mark: Mark, place: int) -> tuple[float, float]:
        return (
            likeness(mark.context.before, self._before(place)),
            likeness(mark.context.after, self._after(place)),
        )

    def _before(self, place: int) -> str:
        text = ""
        while place > 0 and len(text) < AROUND:
            place -= 1
            text = self._wordings[place][-AROUND:] + text
        return text[-AROUND:]

    def _after(self, place: int) -> str:
        text = ""
        while place + 1 < len(self._wordings) and len(text) < AROUND:
            place += 1
            text += self._wordings[place][:AROUND]
        return text[:AROUND]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place for a passage whose wording has changed; all figures are between 0 and 1."""

    place: int
    like: float
    taken_in: float
    before: float
    after: float
    same_anchor: bool

    @property
    def between(self) -> bool:
        """Whether the old neighbours stand on both sides."""
        return min(self.before, self.after) >= BETWEEN_NEIGHBOURS

    @property
    def score(self) -> float:
        return max(self.like, 0.9 * self.taken_in) + 0.25 * (self.before + self.after)

    @property
    def fits(self) -> bool:
        if self.like >= ALIKE or self.taken_in >= HELD_WHOLE:
            return True
        beside = max(self.before, self.after) >= BETWEEN_NEIGHBOURS
        if beside and self.like >= 0.5:
            return True
        return self.between and (self.same_anchor or self.like >= 0.2)

    @property
    def confidence(self) -> float:
        """Half from the wording, half from the neighbours; never certain."""
        words = max(self.like, 0.9 * self.taken_in)
        return round(min(0.99, 0.55 * words + 0.225 * (self.before + self.after)), 2)
