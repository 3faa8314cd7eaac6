"""What a reader sees on the page of one document."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.template.defaultfilters import filesizeformat
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents import storage
from documents.models import (
    Document,
    DocumentElement,
    DocumentFootnote,
    FormerAnchor,
    FormerSlug,
    Section,
    SectionTheme,
    SourceFile,
    Status,
)
from documents.opened import document_at
from documents.page_rows import rows_of
from documents.publishing import publish
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(make_document: MakeDocument) -> Document:
    """A notice with a plan behind it: two parts, headings, a lead, items, elements, a note."""
    document = make_document(
        "关于印发《工作要点》的通知",
        [
            (1, "", "工作要点", ""),
            (2, "一、", "培育企业", "总的要求。\n第二段。"),
            (3, "（一）", "补贴", "补贴高新技术企业。"),
        ],
        issuers=["上海市青浦区科学技术委员会"],
        ref=("青科委", 2025, 1),
        district="青浦区",
        written=date(2025, 1, 16),
        themes=["高新技术企业"],
        indexed=False,
    )
    parent = document.sections.get(anchor="p2")
    for order, (kind, number, heading, text) in enumerate(
        [("lead", "", "持续深化武装", "系统学习。"), ("item", "一是", "抓培育", "加快培育。")],
        start=10,
    ):
        Section.objects.create(
            document=document, parent=parent, order=order, anchor=f"x{order}", level=3, kind=kind,
            number=number, heading=heading, text=text, page=5, fingerprint="f",
        )  # fmt: skip
    for order, (kind, part, text) in enumerate(
        [
            ("letterhead", 1, "青浦区科学技术委员会文件"),
            ("recipients", 1, "各镇人民政府："),
            ("signature", 1, "青浦区科委"),
            ("imprint", 2, "2025年1月17日印发"),
        ]
    ):
        DocumentElement.objects.create(
            document=document, order=order, part=part, kind=kind, text=text
        )
    DocumentFootnote.objects.create(document=document, order=0, mark="1", text="数据截至年底。")
    return document


def page_of(client: Client, document: Document, query: str = "") -> str:
    answer = client.get(document.get_absolute_url(), {"q": query} if query else None)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_original_is_named_with_its_format_and_size(client: Client, draft: Document) -> None:
    original = draft.files.get()
    [shown] = rows_of(draft.pk).files
    for name in ("pk", "name", "format", "size", "sha256", "document_id"):
        assert getattr(shown, name) == getattr(original, name), name
    publish(draft)
    # Blanks within, as no-break spaces or not, are none of it.
    said = f"{original.name} TXT，{filesizeformat(original.size)}"
    assert " ".join(said.split()) in " ".join(plain(page_of(client, draft)).split())


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup))


def record_of(page: str) -> dict[str, str]:
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.S)
    return {label: plain(value).strip() for label, value in rows}


def test_the_record_has_its_eight_elements_and_says_what_is_not_stated(
    client: Client, plan: Document
) -> None:
    record = record_of(page_of(client, plan))

    assert record["标题"] == "关于印发《工作要点》的通知"
    assert record["发文机关"] == "上海市青浦区科学技术委员会"
    assert record["发文字号"] == "青科委〔2025〕1号"
    assert record["成文日期"] == "2025年1月16日"
    assert record["印发日期"] == "未注明"
    assert record["区"] == "青浦区"
    assert record["主题"] == "高新技术企业"
    assert record["公开属性"] == "未注明"
    assert "主送" not in record


def test_every_section_can_be_addressed_once(client: Client, plan: Document) -> None:
    page = page_of(client, plan)

    for anchor in plan.sections.values_list("anchor", flat=True):
        assert page.count(f'id="{anchor}"') == 1
        assert f'<a class="at" href="cite/{anchor}/"' in page


def test_headings_rank_without_a_gap(client: Client, plan: Document) -> None:
    ranks = [int(rank) for rank in re.findall(r"<h([1-6])", page_of(client, plan))]

    assert ranks[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(ranks))


def test_the_outline_names_headings_and_leaves_leads_and_items_out(
    client: Client, plan: Document
) -> None:
    outline = page_of(client, plan).split('aria-label="目录"')[1].split("</nav>")[0]

    assert '<a href="#p2">一、培育企业</a>' in outline
    assert "（一）补贴" in outline
    assert "持续深化武装" not in outline


def test_leads_and_items_run_into_their_text(client: Client, plan: Document) -> None:
    page = page_of(client, plan)

    assert '<b class="run-in">持续深化武装\u3000</b>系统学习。' in page
    assert '<b class="run-in">一是抓培育。</b>加快培育。' in page
    assert "第 5 页" in page


def test_elements_stand_in_their_places(client: Client, plan: Document) -> None:
    text = plain(page_of(client, plan).split('class="sheet"')[1])
    order = [
        "青浦区科学技术委员会文件",
        "标题",
        "各镇人民政府：",
        "青浦区科委",
        "工作要点",
        "总的要求。",
    ]
    places = [text.index(piece) for piece in order[:4]]
    rest = text[places[-1] :]

    assert places == sorted(places)
    assert rest.index("工作要点") < rest.index("总的要求。") < rest.index("2025年1月17日印发")
    assert rest.index("2025年1月17日印发") < rest.index("数据截至年底。")


def test_the_hits_of_the_query_are_marked(client: Client, plan: Document) -> None:
    assert '补贴<mark id="h1">高新技术企业</mark>。' in page_of(client, plan, "高新技术企业")
    assert "<mark>" not in page_of(client, plan)


def test_nothing_in_the_text_becomes_markup(client: Client, make_document: MakeDocument) -> None:
    document = make_document("<i>题</i>", [(2, "一、", "<b>头</b>", "<script>x</script>")])

    page = page_of(client, document, "<script>")
    assert "<script>x" not in page
    assert "<b>头" not in page
    assert "<i>题" not in page


def test_the_number_of_queries_does_not_grow_with_the_document(
    client: Client,
    make_document: MakeDocument,
    reader: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    sections = [(2, f"{n}、", f"标题{n}", "正文。") for n in range(300)]
    document = make_document("长文件", sections, issuers=["甲", "乙", "丙"], indexed=False)
    client.force_login(reader)

    # Session, user, permissions (2), bookmarks; and the six of every visitor.
    with django_assert_max_num_queries(11):
        page_of(client, document)


def test_the_number_of_a_chapter_stands_apart_from_its_heading(
    client: Client, make_document: MakeDocument
) -> None:
    sections = [(2, "第一章", "总则", ""), (3, "第一条", "", "甲。"), (2, "一、", "其他", "乙。")]
    page = page_of(client, make_document("办法", sections, indexed=False))

    assert '<a href="#p1">第一章\u3000总则</a>' in page
    assert '<a href="#p3">一、其他</a>' in page
    chapters = re.findall(r'class="section [^"]*chapter" id="(\w+)"', page)
    assert chapters == ["p1"]


def test_the_page_has_every_original_as_it_was_kept(make_document: MakeDocument) -> None:
    document = make_document(indexed=False)
    for n, name in enumerate(("旧.txt", "新.pdf"), start=1):
        SourceFile.objects.create(
            document=document, sha256=f"{n}" * 64, name=name, format=name[-3:], size=n * 5000
        )
    kept = {each.pk: each for each in document.files.all()}

    found = rows_of(document.pk).files
    assert [each.name for each in found] == ["新.pdf", "旧.txt"]
    for each in found:
        for column in ("sha256", "name", "format", "size", "document_id"):
            assert getattr(each, column) == getattr(kept[each.pk], column)


def test_a_page_never_rendered_before_takes_six_queries(
    make_document: MakeDocument, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [(2, "第一条", "", "按照《松江区产业园区办法》第二条。")]
    make_document("石化安全条例", made, indexed=False)
    themes, issuers = ["高新技术企业"], ["甲", "乙"]
    make_document("青浦区办法", "企业。", district="青浦区", themes=themes, indexed=False)
    sections = [
        (2, "第一条", "企业", "按《石化安全条例》第一条。"),
        (2, "第二条", "", "见本办法第一条。①"),
    ]
    document = make_document(
        "松江区产业园区办法", sections, issuers=issuers, district="松江区", themes=themes,
        indexed=False,
    )  # fmt: skip
    SectionTheme.objects.update(terms=["企业"])
    FormerAnchor.objects.create(document=document, anchor="p1-9", now_at="p1")
    DocumentFootnote.objects.create(document=document, order=1, mark="①", text="注。")
    SourceFile.objects.create(document=document, sha256="0" * 64, name="甲.txt", size=1)

    # Its row; whether anything changed; sections; the small things; references; sections alike.
    with django_assert_num_queries(6):
        page = page_of(Client(), document)
    for found in ('id="p1-9"', "青浦", "引用到条", 'id="footnotes"', "甲.txt", 'id="likes"'):
        assert found in page, found


def test_a_page_shows_a_district_and_no_district_alike(
    client: Client, make_document: MakeDocument, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    nowhere = make_document("甲办法", "甲。", indexed=False)
    placed = make_document("乙办法", "乙。", district="松江区", indexed=False)

    assert 'district=%E6%9D%BE%E6%B1%9F%E5%8C%BA">松江区</a>' in page_of(client, placed)
    with django_assert_num_queries(2):
        found = [document_at(each.slug) for each in (nowhere, placed)]
        districts = [each and each.district and each.district.name for each in found]
    assert districts == [None, "松江区"]
    assert document_at("nowhere") is None


def test_marking_words_changes_nothing_else_of_a_section(client: Client, plan: Document) -> None:
    """Sections without anything marked are set by a template of their own, for speed."""
    bare = page_of(client, plan).split("data-text")[1].split('class="footnotes"')[0]
    marked = page_of(client, plan, "补贴 学习 培育 总 第").split("data-text")[1]
    marked = re.sub(r"</?mark[^>]*>", "", marked.split('class="footnotes"')[0])

    assert "".join(marked.split()) == "".join(bare.split())


def test_the_tools_of_a_long_text_weigh_little(client: Client, make_document: MakeDocument) -> None:
    sections = [(2, f"{n}、", f"标题{n}", "第一段。\n第二段。\n第三段。") for n in range(300)]
    document = make_document("长文件", sections, indexed=False)
    text = page_of(client, document).split("data-text")[1].split("</article>")[0]

    # A section, its link, its heading with the number, three paragraphs.
    assert text.count("</") <= 300 * 7 + 30
    assert text.count("<button") == 0


def test_a_link_to_a_section_that_is_gone_lands_and_says_so(client: Client, plan: Document) -> None:
    plan.former_anchors.create(anchor="p9", now_at="p2", fingerprint="f" * 64)
    page = page_of(client, plan)

    gone = page.split('id="p9"')
    assert len(gone) == 2
    assert "已不在这份文件里" in gone[1].split("</span>")[0]
    assert gone[0].rpartition("<section")[2].count('id="p2"') == 1


def test_a_draft_is_nowhere_for_readers(client: Client, plan: Document) -> None:
    Document.objects.filter(pk=plan.pk).update(status=Status.DRAFT)

    assert client.get(plan.get_absolute_url()).status_code == 404


def test_a_withdrawn_document_says_so_and_shows_no_text(client: Client, plan: Document) -> None:
    Document.objects.filter(pk=plan.pk).update(status=Status.WITHDRAWN)
    answer = client.get(plan.get_absolute_url())
    page = answer.content.decode()

    assert answer.status_code == 410
    assert "已撤下" in page
    assert plan.title in page
    assert "2025年1月16日" in page
    assert "总的要求" not in page


@pytest.mark.parametrize(("status", "label"), [("draft", "草稿"), ("withdrawn", "已撤下")])
def test_an_editor_sees_what_readers_do_not_and_is_told(
    desk: Client, plan: Document, status: str, label: str
) -> None:
    Document.objects.filter(pk=plan.pk).update(status=status)
    page = page_of(desk, plan)

    assert f"<strong>{label}</strong>：读者看不到这份文件" in page
    assert "总的要求" in page


def test_a_former_address_leads_to_the_present_one(client: Client, plan: Document) -> None:
    FormerSlug.objects.create(slug="old-address", document=plan)
    answer = client.get("/documents/old-address/?q=x")

    assert answer.status_code == 301
    assert answer["Location"] == f"{plan.get_absolute_url()}?q=x"

    Document.objects.filter(pk=plan.pk).update(status=Status.DRAFT)
    assert client.get("/documents/old-address/").status_code == 404


def original(document: Document, name: str, kind: str, data: bytes) -> str:
    kept = storage.keep([data])
    file = SourceFile.objects.create(
        document=document, sha256=kept.sha256, name=name, format=kind, size=kept.size
    )
    return f"{document.get_absolute_url()}files/{file.pk}/"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("通知.txt", "正文".encode(), ("inline", "text/plain; charset=utf-8")),
        ("通知.txt", "正文".encode("gb18030"), ("inline", "text/plain; charset=gb18030")),
        ("通知.pdf", b"%PDF-1.7", ("inline", "application/pdf")),
        ("通知.docx", b"PK", ("attachment", "application/octet-stream")),
        ("通知.md", b"# <script>", ("attachment", "application/octet-stream")),
    ],
)
def test_the_original_comes_as_it_was_and_runs_nothing(
    client: Client, plan: Document, name: str, data: bytes, said: tuple[str, str]
) -> None:
    answer = client.get(original(plan, name, name.rpartition(".")[2], data))

    assert answer.getvalue() == data
    assert answer["Content-Disposition"].startswith(said[0])
    assert answer["Content-Type"] == said[1]
    assert "filename*=utf-8''%E9%80%9A%E7%9F%A5" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script-src" not in answer["Content-Security-Policy"]


def test_the_original_goes_when_the_document_goes(client: Client, plan: Document) -> None:
    address = original(plan, "通知.txt", "txt", b"x")
    for status, code in ((Status.WITHDRAWN, 410), (Status.DRAFT, 404)):
        Document.objects.filter(pk=plan.pk).update(status=status)
        assert client.get(address).status_code == code


def test_an_original_that_is_lost_leaves_a_way_to_the_text(client: Client, plan: Document) -> None:
    address = original(plan, "通知.txt", "txt", b"x")
    storage.path_of(SourceFile.objects.get().sha256).unlink()
    answer = client.get(address)

    assert answer.status_code == 404
    assert plan.get_absolute_url() in answer.content.decode()


@pytest.fixture
def reader() -> User:
    """Somebody with an account and no permissions."""
    return User.objects.create_user("reader")
