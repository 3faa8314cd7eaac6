"""Every passage can be addressed, cited and reached by its number; hits can be walked through."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from documents.addresses import pk_of_short, short_of
from documents.models import Document, FormerSlug, Status
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def measures(make_document: MakeDocument) -> Document:
    """A document whose words occur in known places."""
    return make_document(
        "创新券管理办法",
        [
            (2, "一、", "总则", "创新券用于研发。\n本办法自发布之日起施行。"),
            (3, "（一）", "用途", "购买检测服务。"),
            (2, "二、", "申领", "申领创新券的企业应当有研发活动。"),
            (3, "（一）", "条件", "规模\t标准\n小型\t创新券五万元"),
        ],
        issuers=["上海市松江区科学技术委员会"],
        ref=("松科委", 2024, 7),
    )


def read(client: Client, document: Document, **parameters: str) -> str:
    return client.get(document.get_absolute_url(), parameters).content.decode()


def test_hits_are_numbered_in_reading_order_through_title_text_and_tables(
    client: Client, measures: Document
) -> None:
    page = read(client, measures, q="创新券")

    assert re.findall(r'<mark id="h(\d+)"', page) == ["1", "2", "3", "4"]
    assert "共 4 处" in page
    assert '<td><mark id="h4">创新券</mark>五万元</td>' in page


def test_one_character_is_enough(client: Client, measures: Document) -> None:
    assert "共 2 处" in read(client, measures, q="研")


def test_a_term_that_stands_as_typed_is_not_marked_in_pieces(
    client: Client, measures: Document
) -> None:
    assert len(re.findall("<mark", read(client, measures, q="检测服务"))) == 1
    # 研发 and 服务 stand here only apart.
    assert len(re.findall("<mark", read(client, measures, q="研发服务"))) == 3


@pytest.mark.parametrize(
    ("hit", "said", "around"),
    [
        ("", "共 4 处", (4, 1)),
        ("1", "第 1 / 4 处", (4, 2)),
        ("4", "第 4 / 4 处", (3, 1)),
        ("5", "共 4 处", (4, 1)),
        ("0", "共 4 处", (4, 1)),
        ("-1", "共 4 处", (4, 1)),
        ("x", "共 4 处", (4, 1)),
        ("²", "共 4 处", (4, 1)),
        ("9" * 5000, "共 4 处", (4, 1)),
    ],
)
def test_the_hit_before_and_after_are_plain_links(
    client: Client, measures: Document, hit: str, said: str, around: tuple[int, int]
) -> None:
    page = read(client, measures, q="创新券", hit=hit)
    links = re.findall(r"hit=(\d+)#h(\d+)", page)

    assert said in page
    assert links == [(str(number), str(number)) for number in around]


def test_sections_with_hits_are_listed_with_their_numbers(
    client: Client, measures: Document
) -> None:
    hits = read(client, measures, q="创新券").split("data-hits")[1].split("</nav>")[0]

    listed = re.findall(r'data-hit="(\d+)">([^<]+)<span class="count">.*?(\d+) 处', hits)
    assert listed == [("1", "标题", "1"), ("2", "一、总则", "1"), ("3", "二、申领", "1"),
                      ("4", "（一）条件", "1")]  # fmt: skip


def test_words_that_are_not_there_are_said_to_be_missing(
    client: Client, measures: Document
) -> None:
    page = read(client, measures, q="<b>鑫淼")

    assert "正文里没有“&lt;b&gt;鑫淼”" in page
    assert "data-step" not in page


def test_every_paragraph_has_an_address_of_its_own(client: Client, measures: Document) -> None:
    page = read(client, measures)

    for anchor in ("p1-t1", "p1-t2", "p2-t1", "p4-t1", "p4-t2"):
        assert page.count(f'id="{anchor}"') == 1
    passage = client.get(f"{measures.get_absolute_url()}cite/p1/").content.decode()
    assert passage.count(f'href="{measures.get_absolute_url()}cite/p1-t2/"') == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_passage_is_cited_in_every_form(client: Client, measures: Document) -> None:
    page = client.get(f"{measures.get_absolute_url()}cite/p2/").content.decode()
    forms = re.findall(r"<textarea[^>]* readonly[^>]*>(.*?)</textarea>", page, re.S)

    assert len(forms) == 7
    assert (
        forms[0] == "上海市松江区科学技术委员会《创新券管理办法》（松科委〔2024〕7号），一、（一）"
    )
    assert forms[3].startswith("（一）用途\n购买检测服务。\n——上海市松江区")
    assert forms[4] == "http://testserver/documents/d1/#p2"
    assert forms[5] == f"http://testserver/d/{short_of(measures.pk)}/p2/"


def test_a_copied_citation_says_later_whether_it_still_holds(
    client: Client, measures: Document
) -> None:
    """The page of a passage and the tools of the document page carry the same fingerprint."""
    page = client.get(f"{measures.get_absolute_url()}cite/p2/").content.decode()
    checked = unescape(re.findall(r"<textarea[^>]* readonly[^>]*>(.*?)</textarea>", page, re.S)[6])
    citation, address = checked.split("\n")
    text = read(client, measures)
    verify = unescape(re.findall(r'data-verify="([^"]+)"', text)[0])
    mark = re.findall(r'id="p2" data-path="一、（一）" data-mark="(\w+)"', text)[0]

    assert citation.endswith("（松科委〔2024〕7号），一、（一）")
    assert address == f"http://testserver{verify}&a=p2&f={mark}"
    assert "verdict-same" in client.get(address).content.decode()
    measures.sections.filter(anchor="p2").update(fingerprint="0" * 64)
    assert "verdict-changed" in client.get(address).content.decode()


def test_a_passage_is_kept_and_compared_from_its_own_page(
    client: Client, measures: Document
) -> None:
    page = client.get(f"{measures.get_absolute_url()}cite/p2/").content.decode()

    assert f'action="{measures.get_absolute_url()}bookmarks/"' in page
    assert re.search(r'name="anchor"\s+value="p2"', page)
    assert f"?a={measures.slug}:p2" in page
    client.post(f"{measures.get_absolute_url()}bookmarks/", {"anchor": "p2"})
    assert "已收藏" in client.get(f"{measures.get_absolute_url()}cite/p2/").content.decode()


def test_a_passage_that_is_gone_leads_to_where_its_links_land(
    client: Client, measures: Document
) -> None:
    measures.former_anchors.create(anchor="p8", now_at="p3", fingerprint="f" * 64)
    address = f"{measures.get_absolute_url()}cite/"
    check = f"/verify/?d={measures.slug}&a=p8&f={'f' * 12}"

    assert client.get(f"{address}p8/")["Location"] == f"{address}p3/"
    assert f'href="{measures.get_absolute_url()}#p3"' in client.get(check).content.decode()


def test_an_anchor_with_a_full_stop_is_an_anchor(client: Client, measures: Document) -> None:
    measures.sections.filter(anchor="p2").update(anchor="a26.1")

    assert client.get(f"{measures.get_absolute_url()}cite/a26.1/").status_code == 200
    moved = client.get(f"/d/{short_of(measures.pk)}/a26.1/")
    assert moved["Location"] == f"{measures.get_absolute_url()}#a26.1"


def test_a_paragraph_is_cited_with_its_number(client: Client, measures: Document) -> None:
    page = client.get(f"{measures.get_absolute_url()}cite/p1-t2/").content.decode()

    assert "一、总则，第2段" in page
    assert "本办法自发布之日起施行。\n——" in page


@pytest.mark.parametrize("anchor", ["p9", "p1-t3", "p1-t0", "x-t1", "p1-t99999999"])
def test_what_is_not_there_cannot_be_cited(client: Client, measures: Document, anchor: str) -> None:
    assert client.get(f"{measures.get_absolute_url()}cite/{anchor}/").status_code == 404


def test_the_short_address_leads_to_the_passage(client: Client, measures: Document) -> None:
    answer = client.get(f"/d/{short_of(measures.pk)}/p1-t2/")

    assert answer.status_code == 302
    assert answer["Location"] == f"{measures.get_absolute_url()}#p1-t2"


def test_the_short_address_follows_a_document_to_its_new_address(
    client: Client, measures: Document
) -> None:
    address = f"/d/{short_of(measures.pk)}/p1/"
    Document.objects.filter(pk=measures.pk).update(slug="skw-2024-7")

    assert client.get(address)["Location"] == "/documents/skw-2024-7/#p1"


@pytest.mark.parametrize("pk", [1, 30, 31, 961, 123456, 2**62])
def test_short_keys_come_back_as_what_they_were(pk: int) -> None:
    assert pk_of_short(short_of(pk)) == pk
    assert pk_of_short(short_of(pk).upper()) == pk


@pytest.mark.parametrize("key", ["0", "-", "zzzzzzzzzzzzzzzzzzzzzz", "i1"])
def test_a_short_address_that_stands_for_nothing_says_so(client: Client, key: str) -> None:
    assert client.get(f"/d/{key}/").status_code == 404


def test_a_number_leads_to_its_section(client: Client, measures: Document) -> None:
    answer = client.get(f"{measures.get_absolute_url()}go/", {"to": "二（一）"})

    assert answer.status_code == 302
    assert answer["Location"] == f"{measures.get_absolute_url()}#p4"


def test_a_number_that_fits_twice_gives_a_choice(client: Client, measures: Document) -> None:
    answer = client.get(f"{measures.get_absolute_url()}go/", {"to": "（一）"})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "#p2" in page
    assert "#p4" in page


def test_a_number_that_is_not_there_says_so(client: Client, measures: Document) -> None:
    answer = client.get(f"{measures.get_absolute_url()}go/", {"to": "九（一）<i>"})

    assert answer.status_code == 404
    assert "没有编号或标题是“九（一）&lt;i&gt;”的章节" in answer.content.decode()


@pytest.mark.parametrize("way", ["cite/p1/", "go/?to=一"])
def test_nothing_of_a_draft_is_given_away(client: Client, measures: Document, way: str) -> None:
    Document.objects.filter(pk=measures.pk).update(status=Status.DRAFT)

    assert client.get(f"{measures.get_absolute_url()}{way}").status_code == 404
    assert client.get(f"/d/{short_of(measures.pk)}/p1/").status_code == 404


def test_former_addresses_keep_their_passages(client: Client, measures: Document) -> None:
    FormerSlug.objects.create(slug="before", document=measures)

    assert client.get("/documents/before/cite/p2/")["Location"] == "/documents/d1/cite/p2/"
