"""Of several sections that say the same, a mark on one never lands silently on another."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from documents.bigrams import likeness
from documents.landing_values import Passage, State
from documents.reanchoring import PresentText
from documents.text.characters import fingerprint

# Short headings, whole sentences, and a paragraph longer than what is kept around a passage.
WORDINGS = (
    "保障措施",
    "总体要求",
    "加强组织领导，落实工作责任。",
    "本办法自公布之日起施行，由区科委负责解释。",
    "各部门要高度重视，结合实际制定具体实施方案，明确时间表和路线图，按季度报送进展情况，确保各项任务落到实处。",
    "对首次认定的高新技术企业给予一次性奖励，对重新认定的企业按照研发投入分档支持，具体标准另行制定并向社会公布。",
)
PATHS = ("", "青浦区任务分工", "松江区任务分工")

Told = tuple[int, str, str]
"""A section that can be told from those that say the same: its number, wording, path."""

documents = st.lists(
    st.tuples(st.sampled_from(WORDINGS), st.sampled_from(PATHS)), min_size=2, max_size=9
)


def present(sections: list[Told]) -> PresentText:
    return PresentText(
        [
            Passage(f"p{place}", fingerprint(f"\n{wording}"), "", wording, path)
            for place, (_, wording, path) in enumerate(sections, start=1)
        ]
    )


def lands_rightly(before: list[Told], after: list[Told]) -> None:
    past, now = present(before), present(after)
    for place, (number, _, _) in enumerate(before, start=1):
        landing = now.land(past.mark(f"p{place}"))
        if landing.untouched and landing.anchor:
            there = after[int(landing.anchor[1:]) - 1][0]
            assert there == number or around(past, f"p{place}") == around(now, landing.anchor)


def around(text: PresentText, anchor: str) -> tuple[str, str, str]:
    """All that a mark knows of its surroundings: what is the same there cannot be told apart."""
    context = text.mark(anchor).context
    return context.before, context.after, context.path


@given(rows=documents, gone=st.sets(st.integers(0, 8), max_size=4))
@example(rows=[(WORDINGS[2], "")] * 2 + [(WORDINGS[0], "")], gone={0})
@example(rows=[(w, "") for w in (WORDINGS[4], WORDINGS[0], WORDINGS[5]) * 2], gone={1})
def test_one_of_equals_that_is_removed_is_not_taken_for_another(
    rows: list[tuple[str, str]], gone: set[int]
) -> None:
    before = [(number, *row) for number, row in enumerate(rows)]
    lands_rightly(before, [section for section in before if section[0] not in gone])


def test_equals_that_change_places_are_left_to_the_reader() -> None:
    """With their neighbours between them gone, either may be the one that was marked."""
    first, second = WORDINGS[4], WORDINGS[5]
    before = [(0, first, ""), (1, WORDINGS[0], ""), (2, second, ""), (3, WORDINGS[0], "")]
    after = [before[3], before[2], before[1], before[0]]
    past, now = present(before), present(after)
    assert {now.land(past.mark(anchor)).state for anchor in ("p2", "p4")} == {State.AMBIGUOUS}


def test_unequal_neighbours_still_tell_equals_apart() -> None:
    """The caution does not go so far that nothing lands."""
    rows = [WORDINGS[4], WORDINGS[0], WORDINGS[5], WORDINGS[3], WORDINGS[0], WORDINGS[2]]
    before = [(number, wording, "") for number, wording in enumerate(rows)]
    after = [(9, "新增的一节，写在最前面，说的是别的事情。", ""), *before]
    now, past = present(after), present(before)
    for anchor, moved in (("p2", "p3"), ("p5", "p6")):
        landing = now.land(past.mark(anchor))
        assert (landing.state, landing.anchor) == (State.MOVED, moved)
    assert likeness("", "") == 1.0
