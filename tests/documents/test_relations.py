"""What a document is to those that it cites is told from its words and shown both ways."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents import reference_lists, references
from documents.citing import note
from documents.mentions import mentions_of
from documents.models import Citation, Document, Repeal, Status, Validity
from documents.publishing import publish, withdraw
from documents.relations import Reader, Relation, relation_of, title_relations
from tests.conftest import MakeDocument

SENTENCES = [
    ("第一条 为了规范，根据《松江区创新券条例》等法律、法规，结合本区实际，制定本办法。", "based"),
    ("依据国务院《湿地保护条例》、《松江区创新券条例》，现就有关事项通知如下：", "based"),
    ("按照《创新券总体方案》（国发〔2023〕15号）精神，结合实际，提出如下意见：", "based"),
    ("根据《松江区创新券条例》的规定,会议决定：", "based"),
    ("为深入贯彻落实《创新券指导意见》精神，加快发展，制定本方案。", "carries"),
    ("为贯彻落实《湿地指导意见》和《创新券指导意见》，推动各镇发展。", "carries"),
    ("为了保障《松江区创新券条例》的实施，制定本细则。", "carries"),
    ("为鼓励投资，促进发展，实施《松江区创新券条例》，制定本细则。", "carries"),
    ("一、对《松江区创新券条例》作如下修改：", "amends"),
    ("现决定将《松江区创新券条例》第三条修改为：", "amends"),
    ("十二、修改《松江区创新券条例》", "amends"),
    ("违反规定的，依照《松江区创新券条例》的规定处罚。", ""),
    ("各镇应当根据《松江区创新券条例》，制定本辖区的实施方案。", ""),
    ("根据《松江区创新券条例》认定的企业，实现就业如下目标。", ""),
    ("根据《松江区创新券条例》处理。现就其他事项通知如下：", ""),
    ("第一条修改为：“根据《松江区创新券条例》，制定本办法。”", ""),
    ("参照《松江区创新券条例》，制定本办法。", ""),
    ("认真贯彻落实《松江区创新券条例》，效果明显。", ""),
    ("去年对《松江区创新券条例》作了修改。", ""),
    ("为贯彻落实区委要求,对《松江区创新券条例》的政策予以延续。", ""),
    ("该做法被认为贯彻了《松江区创新券条例》。", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), SENTENCES)
def test_the_words_around_a_name_tell_what_it_is(text: str, kind: str) -> None:
    found = {relation_of(text, mention) for mention in mentions_of(text) if "创新" in mention.key}

    assert found == {Relation(kind)}


def test_a_title_and_its_number_are_told_alike() -> None:
    text = "根据《创新券总体方案》（国发〔2023〕15号）和《湿地保护条例》，制定本办法。"

    assert [relation_of(text, mention) for mention in mentions_of(text)] == [Relation.BASED] * 3


TITLES = [
    ("《松江区创新券条例》政策解读", "explains"),
    ("一图读懂《松江区创新券条例》", "explains"),
    ("关于《松江区创新券条例》的起草说明", "explains"),
    ("关于修改《松江区创新券条例》的决定", "amends"),
    ("关于修改《湿地保护条例》、《松江区创新券条例》的决定", "amends"),
    ("《松江区创新券条例》修正案", "amends"),
    ("关于印发《松江区创新券条例》的通知", "issues"),
    ("关于转发市科委《松江区创新券条例》的通知", "forwards"),
    ("关于适用《松江区创新券条例》若干问题的解释", "applies"),
    ("松江区实施《松江区创新券条例》办法", "carries"),
    ("关于贯彻落实《松江区创新券条例》的实施意见", "carries"),
    ("关于印发新修订《松江区创新券条例》的通知", ""),
    ("关于停止执行《松江区创新券条例》的通知", ""),
    ("关于暂时调整适用《松江区创新券条例》有关规定的决定", ""),
]


@pytest.mark.parametrize(("title", "kind"), TITLES)
def test_a_title_tells_what_the_document_is(title: str, kind: str) -> None:
    found = {its for key, its in title_relations(title).items() if "创新" in key}

    assert found == {Relation(kind)}


def test_an_explanation_does_not_take_over_what_the_explained_rests_on() -> None:
    text = "根据《湿地保护条例》，制定本办法。"
    (mention,) = mentions_of(text)

    assert Reader("《松江区创新券条例》解读").relation(text, mention) == Relation.MENTIONS
    assert Reader("松江区创新券办法").relation(text, mention) == Relation.BASED


@pytest.fixture
def statute(make_document: MakeDocument) -> Document:
    """What others rest on."""
    return make_document("松江区创新券条例", "第一条 甲。", indexed=False)


BASED_ON_IT = "为了规范管理，根据《松江区创新券条例》，制定本办法。"


def made(make_document: MakeDocument, title: str, *texts: str) -> Document:
    sections = [(2, f"{n}、", "事项", text) for n, text in enumerate(texts, 1)]
    return make_document(title, sections, indexed=False)


def listed(client: Client, document: Document, heading: str) -> list[str]:
    """The headings and links of one list of a document's page, in order."""
    page = client.get(document.get_absolute_url()).content.decode()
    found = re.search(rf'<h2 id="{heading}">.*?</section>', page, re.S)
    pattern = r'<h3>(.*?)</h3>|<a (?:class="soft small" )?href="([^"]+)">'
    return [a or b for a, b in re.findall(pattern, found.group() if found else "")]


def told_apart(client: Client, document: Document, heading: str) -> list[str]:
    """The rows of one list of a document's page as a reader sees them."""
    page = client.get(document.get_absolute_url()).content.decode()
    found = re.search(rf'<h2 id="{heading}">.*?</section>', page, re.S)
    rows = re.findall(r"<li>(.*?)</li>", found.group() if found else "", re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", row).split()) for row in rows]


@pytest.mark.django_db
def test_those_that_cite_a_document_are_listed_by_what_they_are_to_it(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    plain = made(make_document, "甲区计划", "按照《松江区创新券条例》执行。")
    change = made(make_document, "关于修改《松江区创新券条例》的决定", "对第一条作出修改。")
    rules = made(make_document, "甲区办法", "见《松江区创新券条例》。", BASED_ON_IT)
    told = made(make_document, "《松江区创新券条例》解读", "《松江区创新券条例》有一条。")

    assert listed(client, statute, "cited-by") == [
        "据此制定", f"{rules.get_absolute_url()}#p2",
        "解读本文件", f"{told.get_absolute_url()}#p0",  # the title
        "修改本文件", f"{change.get_absolute_url()}#p0",
        "提及本文件", f"{plain.get_absolute_url()}#p1",
    ]  # fmt: skip


@pytest.mark.django_db
def test_mere_mentions_stand_without_a_heading_of_their_own(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    plain = made(make_document, "甲区计划", "按照《松江区创新券条例》执行。")

    assert listed(client, statute, "cited-by") == [f"{plain.get_absolute_url()}#p1"]
    assert listed(client, plain, "related") == []


@pytest.mark.django_db
def test_a_document_names_what_it_rests_on_carries_out_and_explains(
    client: Client,
    make_document: MakeDocument,
    statute: Document,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    opinion = make_document("湿地指导意见", "甲。", ref=("国发", 2023, 15), indexed=False)
    make_document("两份同名办法", "甲。", indexed=False)
    make_document("两份同名办法", "乙。", indexed=False)
    rules = made(
        make_document, "甲区办法", "无关。", BASED_ON_IT,
        "为贯彻落实《湿地指导意见》（国发〔2023〕15号），根据《两份同名办法》，制定本办法。",
        "根据《没有收录的条例》，制定本办法。",
    )  # fmt: skip
    told = made(make_document, "《松江区创新券条例》解读", "一共一条。")

    with django_assert_num_queries(5):
        found = listed(client, rules, "related")
    assert found == [
        "依据", statute.get_absolute_url(), "#p2", "贯彻", opinion.get_absolute_url(), "#p3",
    ]  # fmt: skip
    assert listed(client, told, "related") == ["解读", statute.get_absolute_url()]


@pytest.mark.django_db
def test_drafts_and_what_was_withdrawn_are_named_on_neither_side(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    rules = made(make_document, "甲区办法", BASED_ON_IT)
    Document.objects.filter(pk=statute.pk).update(status=Status.DRAFT)
    assert listed(client, rules, "related") == []

    publish(statute)
    assert listed(client, rules, "related")[:2] == ["依据", statute.get_absolute_url()]
    assert listed(client, statute, "cited-by")[0] == "据此制定"
    withdraw(rules)
    assert listed(client, statute, "cited-by") == []
    publish(rules)
    withdraw(statute)
    assert listed(client, rules, "related") == []


@pytest.mark.django_db
def test_documents_of_one_title_are_told_apart_by_number_date_and_state(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    for year, validity in ((2016, Validity.REPEALED), (2024, Validity.IN_FORCE)):
        rules = make_document(
            "甲区办法", BASED_ON_IT, ref=("甲发", year, 7), written=date(year, 5, 6), indexed=False
        )
        Document.objects.filter(pk=rules.pk).update(validity=validity)
    ahead = made(make_document, "甲区细则", BASED_ON_IT)
    Document.objects.filter(pk=ahead.pk).update(effective_date=date(9999, 1, 1))

    rows = told_apart(client, statute, "cited-by")
    assert rows == [
        "甲区办法 甲发〔2024〕7号，2024年5月6日", "甲区办法 甲发〔2016〕7号，2016年5月6日 已废止",
        "甲区细则 尚未施行",
    ]  # fmt: skip
    Document.objects.filter(pk=statute.pk).update(written_date=date(2015, 1, 2))
    assert told_apart(client, ahead, "related") == ["松江区创新券条例 2015年1月2日 见文中"]


@pytest.mark.django_db
def test_another_name_than_its_own_is_said_beside_who_cites_by_it(
    client: Client, make_document: MakeDocument
) -> None:
    notice = make_document(
        "关于印发《松江区创新券办法》的通知", "甲。", ref=("松科委", 2024, 7), indexed=False
    )
    for n, name in enumerate(("《松江区创新券办法》", "松科委〔2024〕7号")):
        made(make_document, f"计划{n}", f"按照{name}执行。")

    assert sorted(told_apart(client, notice, "cited-by")) == [
        "计划0 引作“松江区创新券办法”", "计划1",
    ]  # fmt: skip


@pytest.mark.django_db
def test_when_more_cite_than_are_listed_the_way_to_all_is_offered(
    client: Client,
    make_document: MakeDocument,
    statute: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n in range(3):
        made(make_document, f"甲区计划{n}", "按照《松江区创新券条例》第一条执行。")
    whole = client.get(statute.get_absolute_url()).content.decode()
    assert "只列出一部分" not in whole

    monkeypatch.setattr(reference_lists, "MOST_LISTED", 2)
    monkeypatch.setattr(references, "MOST_LISTED", 2)
    make_document("再一份", "无关。")  # what is kept of the page is made anew
    page = client.get(statute.get_absolute_url()).content.decode()
    assert len(listed(client, statute, "cited-by")) == 2
    assert f'href="/search/?q=%22{quote(statute.title)}%22"' in page
    (way,) = re.findall(r'href="(/search/[^"]+)"\s+rel="nofollow">检索写有', page)
    assert "甲区计划0" in client.get(way).content.decode()


@pytest.mark.django_db
def test_what_a_document_repeals_is_told_by_its_repeals(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    rules = made(make_document, "甲区办法", "无关。", "《松江区创新券条例》同时废止。")
    (mention,) = mentions_of("《松江区创新券条例》")
    Repeal.objects.create(document=rules, order=0, title=mention.printed, key=mention.key)
    note([rules.pk])

    assert Citation.objects.get(document=rules).kind == Relation.REPEALS
    assert listed(client, statute, "cited-by") == ["废止本文件", f"{rules.get_absolute_url()}#p2"]
