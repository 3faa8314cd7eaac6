"""Citations lead to the one published document that fits, and are listed there."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents.mentions import articles_after, mentions_of, own_articles
from documents.models import Citation, Document, Status
from documents.publishing import publish, withdraw
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

MENTIONS = [
    ("《高企认定管理办法》（国科发火〔2016〕32号）", ["高企认定管理办法", "国科发火〔2016〕32号"]),
    ("根据国发[2023]第 15 号文件", ["国发[2023]第 15 号"]),
    ("转发《关于印发〈创新券管理办法〉的通知》", ["关于印发〈创新券管理办法〉的通知"]),
    ("《关于印发《创新券管理办法》的通知》", ["关于印发《创新券管理办法》的通知"]),
    ("《关于国发〔2023〕15号文的实施意见》", ["关于国发〔2023〕15号文的实施意见"]),
    ("落实《2025年工作要点》《实施方案》", []),
    ("凭《医疗机构执业许可证》《用人申请书》办理", []),
    ("没有引文，只有2025年1号", []),
    ("《未完", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed"), MENTIONS)
def test_titles_and_numbers_are_found_as_printed(text: str, printed: list[str]) -> None:
    found = mentions_of(text)

    assert [mention.printed for mention in found] == printed
    assert [text[m.start : m.end] for m in found] == printed


def test_every_spelling_of_a_number_has_one_key() -> None:
    spellings = (
        "国发〔2023〕15号",
        "国发[2023]15号",
        "国发（2023）第15号",
        "按照国发〔2023〕15 号",
    )

    assert len({mentions_of(text)[0].key for text in spellings}) == 1


@pytest.fixture
def rules(make_document: MakeDocument) -> Document:
    """A document for others to cite."""
    return make_document(
        "上海市松江区科学技术委员会关于印发《松江区创新券管理办法》的通知",
        [(1, "", "松江区创新券管理办法", ""), (2, "一、", "总则", "见《松江区创新券管理办法》。")],
        issuers=["上海市松江区科学技术委员会"],
        ref=("松科委", 2024, 7),
        indexed=False,
    )


def cited(client: Client, document: Document) -> list[tuple[str, str]]:
    page = client.get(document.get_absolute_url()).content.decode()
    return re.findall(r'<a class="cited" href="([^"]+)"[^>]*>(.*?)</a>', page)


def citing(make_document: MakeDocument, *texts: str) -> Document:
    sections = [(2, f"{n}、", "落实", text) for n, text in enumerate(texts, 1)]
    return make_document("甲区落实计划", sections, indexed=False)


def test_a_citation_leads_to_the_document_that_fits(
    client: Client, make_document: MakeDocument, rules: Document
) -> None:
    plan = citing(
        make_document,
        "按照《松江区创新券管理办法》（松科委[2024]第7号）执行。",
        "见《关于印发〈松江区创新券管理办法〉的通知》。",
    )

    assert cited(client, plan) == [
        ("/documents/d1/#p1", "松江区创新券管理办法"),
        ("/documents/d1/", "松科委[2024]第7号"),
        ("/documents/d1/", "关于印发〈松江区创新券管理办法〉的通知"),
    ]


def test_a_document_leads_to_its_own_part(client: Client, rules: Document) -> None:
    publish(rules)
    assert cited(client, rules) == [("#p1", "松江区创新券管理办法")]


def test_a_name_that_two_documents_bear_leads_nowhere(
    client: Client, make_document: MakeDocument, rules: Document
) -> None:
    plan = citing(make_document, "按照《松江区创新券管理办法》执行。")
    make_document("松江区创新券管理办法", "另一份。", indexed=False)

    assert cited(client, plan) == []


def test_a_draft_and_what_was_withdrawn_are_never_led_to(
    client: Client, make_document: MakeDocument, rules: Document
) -> None:
    plan = citing(make_document, "按照松科委〔2024〕7号执行。")
    Document.objects.filter(pk=rules.pk).update(status=Status.DRAFT)
    assert cited(client, plan) == []

    publish(rules)
    assert cited(client, plan) == [("/documents/d1/", "松科委〔2024〕7号")]
    withdraw(rules)
    assert cited(client, plan) == []


def test_a_document_lists_those_that_cite_it(
    client: Client, make_document: MakeDocument, rules: Document
) -> None:
    plan = citing(make_document, "无关。", "按照《松江区创新券管理办法》执行。")
    page = client.get(rules.get_absolute_url()).content.decode()
    listed = page.split("引用本文件的文件")[1]

    assert f'<a href="{plan.get_absolute_url()}#p2">甲区落实计划</a>' in listed
    withdraw(plan)
    assert "引用本文件的文件" not in client.get(rules.get_absolute_url()).content.decode()


ARTICLES = [
    ("《甲办法》第三条", ["第三条"]),
    ("《甲办法》（国发〔2023〕15号）第十二条之一", ["第十二条之一"]),
    ("《甲办法》第三条、第五条第二款和第 七 条的规定，第十一条", ["第三条", "第五条", "第七条"]),
    ("《甲办法》的第20条", ["第20条"]),
    ("《甲办法》规定的办法。第三条另有规定", []),
    ("《甲办法》三次修改", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "numbers"), ARTICLES)
def test_the_articles_after_a_name_are_its_own(text: str, numbers: list[str]) -> None:
    (name, *_) = mentions_of(text.replace("甲办法", "创新券兑付"))
    found = articles_after(text.replace("甲办法", "创新券兑付"), name.end)

    assert [each.number for each in found] == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("依照本办法第三条、第四条处理；本条例第九条除外。", ["第三条", "第四条", "第九条"]),
        ("修改为：“依照本法第二十条的规定”。", []),
        ("修改为“甲”，并依照本决定第二条施行。", ["第二条"]),
        ("依照第三条处理。", []),
    ],
)
def test_a_document_names_its_own_articles(text: str, numbers: list[str]) -> None:
    assert [each.number for each in own_articles(text)] == numbers


@pytest.fixture
def statute(make_document: MakeDocument) -> Document:
    """A document in articles, two of which bear one number."""
    sections = [
        (2, "第一条", "", "为了推进创新，制定本条例。"),
        (2, "第二条", "", "违反本条例第一条的，依照本条例第九条处理。"),
        (2, "第三条", "", "甲。"),
        (2, "第三条", "", "乙。"),
    ]
    return make_document("上海市松江区创新促进条例", sections, indexed=False)


def test_a_citation_of_an_article_leads_to_that_article(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    plan = citing(make_document, "按照《上海市松江区创新促进条例》第二条、第三条、第九条执行。")

    assert cited(client, plan) == [
        ("/documents/d1/", "上海市松江区创新促进条例"),
        ("/documents/d1/#p2", "第二条"),  # 第三条 is there twice, 第九条 is not there
    ]


def test_a_document_leads_to_its_own_articles(client: Client, statute: Document) -> None:
    assert cited(client, statute) == [("#p1", "第一条")]


def test_an_article_lists_the_documents_that_cite_it(
    client: Client, make_document: MakeDocument, statute: Document
) -> None:
    first = citing(make_document, "无关。", "《上海市松江区创新促进条例》第二条规定。")
    citing(make_document, "《上海市松江区创新促进条例》第一条、第二条规定。")
    citing(make_document, "《上海市松江区创新促进条例》第三条规定。")
    listed = client.get(statute.get_absolute_url()).content.decode().split("引用到条")[1]
    listed = listed.split("</section>")[0]

    places = re.findall(r'<a href="(#p\d)">(第.条)</a>.*?<summary>(\d) 份', listed, re.S)
    assert places == [("#p1", "第一条", "1"), ("#p2", "第二条", "2")]
    assert f'href="{first.get_absolute_url()}#p2"' in listed
    withdraw(first)
    after = client.get(statute.get_absolute_url()).content.decode()
    assert first.get_absolute_url() not in after


def test_who_cites_no_article_is_not_listed_under_one_without_a_number(
    client: Client, make_document: MakeDocument
) -> None:
    # Its one section without a number is the part that bears the title.
    rules = make_document("松江区创新券办法", [(2, "第一条", "", "甲。")], indexed=False)
    citing(make_document, "按照《松江区创新券办法》执行。")
    page = client.get(rules.get_absolute_url()).content.decode()

    assert "引用本文件的文件" in page
    assert "引用到条" not in page


def test_a_hit_inside_a_citation_is_marked_inside_the_link(
    client: Client, make_document: MakeDocument, rules: Document
) -> None:
    plan = citing(make_document, "按照松科委〔2024〕7号执行。")
    page = client.get(plan.get_absolute_url(), {"q": "松科委"}).content.decode()

    assert re.search(r'<a class="cited"[^>]*><mark id="h1">松科委</mark>〔2024〕7号</a>', page)


def test_editors_see_what_is_cited_most_and_not_held(
    desk: Client, client: Client, make_document: MakeDocument, rules: Document
) -> None:
    for number in range(3):
        make_document(
            f"计划{number}号",
            f"按照国发〔2023〕15号{'和《科学技术进步法》' * (number // 2)}和松科委〔2024〕7号。",
            indexed=False,
        )
    page = desk.get("/desk/missing/").content.decode()

    assert page.index("国发〔2023〕15号") < page.index("科学技术进步法")
    assert "松科委" not in page
    assert re.search(r'国发〔2023〕15号</a>\s*</td>\s*<td class="number">3</td>', page)


def test_readers_do_not_see_the_editors_list(client: Client) -> None:
    assert client.get("/desk/missing/").status_code == 302


def test_the_command_finds_everything_anew(make_document: MakeDocument, rules: Document) -> None:
    citing(make_document, "按照松科委〔2024〕7号执行。")
    Citation.objects.all().delete()
    said = StringIO()
    call_command("link_references", stdout=said, stderr=StringIO())

    assert "2 published documents" in said.getvalue()
    assert Citation.objects.filter(key="n:松科委〔2024〕7号").exists()


def test_a_page_full_of_citations_takes_no_more_queries(
    client: Client,
    make_document: MakeDocument,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for serial in range(30):
        make_document(f"第{serial}号文件", "x", ref=("国发", 2023, serial + 1), indexed=False)
    plan = citing(make_document, *(f"按照国发〔2023〕{serial + 1}号执行。" for serial in range(30)))

    # Without themes, nothing is looked for that is like it.
    with django_assert_num_queries(5):
        found = cited(client, plan)
    assert len(found) == 30


DEEPER = [
    ("《甲办法》第十二条第二款", (2, 0, "第十二条第二款")),
    ("《甲办法》第十二条第二款第（三）项规定", (2, 3, "第十二条第二款第（三）项")),
    ("《甲办法》第十二条第(三)项", (0, 3, "第十二条第(三)项")),
    ("《甲办法》第十二条第三项", (0, 3, "第十二条第三项")),
    ("《甲办法》第 12 条第 1 款", (1, 0, "第 12 条第 1 款")),
    ("《甲办法》第十二条第十一项目", (0, 0, "")),
    ("《甲办法》第十二条项目", (0, 0, "")),
    ("《甲办法》第十二条的第二款", (0, 0, "")),
]


@pytest.mark.parametrize(("text", "meant"), DEEPER)
def test_paragraph_and_item_of_an_article_are_read(text: str, meant: tuple[int, int, str]) -> None:
    article = articles_after(text, text.index("》"))[0]

    printed = text[article.start : article.deep_end]
    assert (article.paragraph, article.item, printed) == meant


def test_paragraphs_and_items_lead_to_their_very_place_where_one_fits(
    client: Client,
    make_document: MakeDocument,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    statute = make_document(
        "上海市松江区创新促进条例",
        [
            (2, "第一条", "", "为了推进创新，制定本条例。\n本条例适用于本区。"),
            (2, "第二条", "", "有下列情形之一的，给予补贴："),
            (3, "（一）", "", "首次认定的；"),
            (3, "（二）", "", "重新认定的。"),
            (2, "第三条", "", "下列各项一并执行："),
            (3, "（一）", "", "甲；"),
            (3, "（一）", "", "乙。"),
            (2, "第四条", "", "按照下列标准补贴："),
            (3, "（一）", "", "十万元。"),
            (3, "", "", "前款补贴不重复享受。"),
        ],
        indexed=False,
    )
    name = "按照《上海市松江区创新促进条例》"
    texts = [
        f"{name}{rest}执行。"
        for rest in (
            "第一条第二款", "第一条第三款", "第二条第（二）项", "第二条第一款第二项",
            "第二条第三项", "第三条第一项", "第一条第二款、第二条第一项", "第四条第二款",
        )
    ]  # fmt: skip
    plan = citing(make_document, *texts)
    page = statute.get_absolute_url()
    anchors = list(statute.sections.order_by("order").values_list("anchor", flat=True))
    first, second, item_one, item_two, third = anchors[1:6]

    with django_assert_max_num_queries(30):
        links = cited(client, plan)
    assert [link for link in links if link[1].startswith("第")] == [
        (f"{page}#{first}-t2", "第一条第二款"),
        (f"{page}#{first}", "第一条"),  # it has no third paragraph
        (f"{page}#{item_two}", "第二条第（二）项"),
        (f"{page}#{item_two}", "第二条第一款第二项"),
        (f"{page}#{second}", "第二条"),
        (f"{page}#{third}", "第三条"),  # it has two items of that number
        (f"{page}#{first}-t2", "第一条第二款"),
        (f"{page}#{item_one}", "第二条第一项"),
        (f"{page}#{anchors[-1]}", "第四条第二款"),  # behind the items
    ]
