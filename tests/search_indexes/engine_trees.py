"""Random query trees over a small vocabulary, and what stock Whoosh finds with them."""

from __future__ import annotations

from hypothesis import strategies as st
from whoosh import query
from whoosh.searching import Searcher

WORDS = ["创新", "企业", "人才", "科技", "发展", "无此词"]
FIELDS = ["text", "headings", "context"]


def terms() -> st.SearchStrategy[query.Query]:
    """One word in one field, weighed."""
    return st.builds(
        query.Term,
        st.sampled_from(FIELDS),
        st.sampled_from(WORDS),
        boost=st.sampled_from([0.5, 1.0, 2.0]),
    )


def foreign() -> st.SearchStrategy[query.Query]:
    """Nodes the executor does not know and leaves to Whoosh's matchers."""
    return st.one_of(
        st.builds(query.Prefix, st.just("text"), st.sampled_from(["创", "企", "无"])),
        st.builds(query.Wildcard, st.just("text"), st.sampled_from(["?新", "人*"])),
        st.builds(lambda a, b: query.DisjunctionMax([a, b]), terms(), terms()),
    )


def trees() -> st.SearchStrategy[query.Query]:
    """And, Or, Not and AndMaybe of words and of foreign nodes."""
    return st.recursive(st.one_of(terms(), terms(), foreign()), _joined, max_leaves=6)


def _joined(children: st.SearchStrategy[query.Query]) -> st.SearchStrategy[query.Query]:
    several = st.lists(children, min_size=2, max_size=3)
    return st.one_of(
        several.map(query.Or),
        several.map(query.And),
        st.builds(lambda a, b: query.And([a, query.Not(b)]), children, children),
        st.builds(query.AndMaybe, children, children),
    )


def found_by_whoosh(searcher: Searcher, tree: query.Query) -> dict[int, float]:
    """Scores by section number.

    Only exclusion and preference are worked out here: Whoosh's Not adds 1 to the score, its
    AndNot lets the first section of a segment through when what is excluded begins before it, and
    its AndMaybe inside an And forgets what a prefix adds once its matcher was skipped.
    """
    if not _worked_out(tree):
        return {hit.docnum: hit.score for hit in searcher.search(tree, limit=None)}
    if isinstance(tree, query.AndMaybe):
        liked = found_by_whoosh(searcher, tree.b)
        found = found_by_whoosh(searcher, tree.a)
        return {number: score + liked.get(number, 0.0) for number, score in found.items()}
    wanted = [part for part in tree.subqueries if not isinstance(part, query.Not)]
    parts = [found_by_whoosh(searcher, part) for part in wanted]
    join = set.union if isinstance(tree, query.Or) else set.intersection
    numbers = join(*(set(part) for part in parts))
    for part in tree.subqueries:
        if isinstance(part, query.Not):
            numbers -= found_by_whoosh(searcher, part.query).keys()
    return {number: sum(part.get(number, 0.0) for part in parts) for number in numbers}


def _worked_out(tree: query.Query) -> bool:
    parts = tree.subqueries if isinstance(tree, query.And | query.Or) else ()
    return isinstance(tree, query.Not | query.AndMaybe) or any(map(_worked_out, parts))
