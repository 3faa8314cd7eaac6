"""Examples of the search language, each with the number of documents it finds here and now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.timezone import localdate

from documents import catalogue
from documents.models import Document, Issuer
from documents.named import Named
from search_indexes.advanced import years_before
from search_indexes.query import parse_query
from search_indexes.query_sets import (
    Scope,
    SearchUnavailable,
    of_days,
    one_index,
    ordered,
    run,
    withdrawn_since,
)
from search_indexes.request import SearchRequest, as_parameters, titled
from search_indexes.synonyms import expanded


@dataclass(frozen=True, slots=True)
class Example(Named):
    """A query as typed or a filter as named, what it finds in words, and how many documents.

    ``parameters`` are those of its address; ``count`` is ``None`` while the index cannot answer,
    and for a number, which leads straight to its document.
    """

    typed: str
    says: str
    parameters: list[tuple[str, str]]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group(Named):
    """Examples of one kind under its heading."""

    label: str
    examples: tuple[Example, ...]


TYPED = (
    (
        "词语",
        (
            (
                ("高新技术企业 补贴", "企业 服务"),
                "用空格隔开：两个词都在同一节里，节的标题、文件标题、发文机关和文号也算",
            ),
            (("芯", "企"), "一个字也可以"),
            (("創新", "企業"), "繁体和简体、全角和半角、大写和小写互相找得到"),
            (("人才 -补贴", "企业 -补贴"), "减号：不要含这个词的章节"),
            (("区块链 OR 人工智能", "企业 OR 机构"), "OR、或、| 都行：有一个就可以"),
            (("(高新技术 OR 专精特新) 补贴", "(企业 OR 机构) 服务"), "括号：先合在一起"),
        ),
    ),
    (
        "原样的字句",
        (
            (("“科技创新”", "“企业”"), "引号：一字不差，标点、空格不算"),
            (("“补贴 企业”~10", "“企业 服务”~10"), "相近：两三个词，前后不论，中间最多隔 10 个字"),
            (("科技*企业", "企业*服务"), "星号：中间可以有几个字，最多 8 个"),
        ),
    ),
    (
        "只在一处找",
        (
            (("标题:规划", "标题:办法"), "文件的标题和又称"),
            (("标题:(规划 OR 计划)", "标题:(办法 OR 通知)"), "括号里的都在标题里找"),
        ),
    ),
)
"""Headings, and under each the queries that show a rule, of which the first that finds anything
is shown, with what the rule does."""

Count = Callable[[SearchRequest], int | None]


def examples() -> tuple[Group, ...]:
    """The groups in their order; queries that hang on what is held use what is held."""
    try:
        with one_index():
            scope = Scope(withdrawn_since())
            return tuple(_groups(lambda request: _count(request, scope)))
    except SearchUnavailable:
        return tuple(_groups(lambda request: None))


def _count(request: SearchRequest, scope: Scope) -> int:
    asked = replace(request, query=expanded(request.query))
    return run(ordered(asked, replace(scope, dated=of_days(asked))), 0, 1).count


def _groups(count: Count) -> Iterator[Group]:
    for label, rules in TYPED:
        made = [_first(queries, says, count) for queries, says in rules]
        if label == "只在一处找":
            made += _of_record(count)
        yield Group(label, tuple(made))
    yield Group("筛选", tuple(_filters(count, localdate())))


def _first(queries: tuple[str, ...], says: str, count: Count) -> Example:
    made: list[Example] = []
    for typed in queries:
        made.append(_example(typed, says, SearchRequest(parse_query(typed)), count))
        if made[-1].count:
            return made[-1]
    return made[0]


def _example(typed: str, says: str, request: SearchRequest, count: Count) -> Example:
    return Example(typed, says, as_parameters(request), count(request))


def _of_record(count: Count) -> Iterator[Example]:
    issuer = Issuer.objects.filter(documents__in=Document.objects.published()).first()
    if issuer:
        typed = f"发文机关:{issuer.name}"
        yield _example(
            typed, "发文机关的全称、简称或其中的字", SearchRequest(parse_query(typed)), count
        )
    numbered = Document.objects.published().exclude(ref_year=None).newest().first()
    if numbered:
        typed = f"文号:{numbered.ref_year}"
        yield _example(typed, "文号里的字", SearchRequest(parse_query(typed)), count)
        query = parse_query(numbered.ref_no)
        says = "只输文号：直接打开这份文件，括号和空格怎么写都行；没写全时列出相近的"
        yield Example(numbered.ref_no, says, as_parameters(SearchRequest(query)))


def _filters(count: Count, today: date) -> Iterator[Example]:
    words = parse_query("规划")
    yield _example(
        "规划（只在标题里找）",
        "检索框下面选“标题”：所有的词都只在标题里找",
        SearchRequest(titled(words), titles=True),
        count,
    )
    for name, held, form, says in (
        (
            "district",
            catalogue.districts(),
            "{}",
            "筛选栏里可以选几个；同一栏的任选其一，不同栏的都要符合",
        ),
        ("year", catalogue.years(), "{}年", "成文日期的年份"),
    ):
        if held:
            asked = SearchRequest(parse_query(""), {name: (held[0].value,)})
            yield _example(form.format(held[0].value), says, asked, count)
    yield _example(
        "近一年",
        "成文日期从哪天到哪天，两头都算",
        SearchRequest(parse_query(""), since=years_before(today, 1)),
        count,
    )
