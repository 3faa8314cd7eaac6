"""What a document says its words mean is found and led to."""

from __future__ import annotations

import pytest
from django.test import Client

from documents.terms import LONGEST, MOST, Term, terms_of
from tests.conftest import MakeDocument

SAID = [
    ("本办法所称创新券，是指用于购买服务的电子凭证。申请人凭券兑付。",
     Term("创新券", "用于购买服务的电子凭证", "a", short=False)),
    ("本条例所称的“大型仪器”是指价值50万元以上的仪器；其他从其规定。",
     Term("大型仪器", "价值50万元以上的仪器", "a", short=False)),
    ("本规定所称企业包括：\n（一）国有企业；", Term("企业", "", "a", short=False)),
    ("上海市青浦区科学技术委员会（以下简称区科委）负责实施。",
     Term("区科委", "上海市青浦区科学技术委员会", "a", short=True)),
    ("现将《青浦区创新券管理办法》(以下简称“《办法》”)印发给你们。",
     Term("办法", "现将《青浦区创新券管理办法》", "a", short=True)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), SAID)
def test_a_defined_word_and_a_short_name_are_found(text: str, term: Term) -> None:
    assert terms_of([("a", text)]) == (term,)


@pytest.mark.parametrize(
    "text", ["所称不明。", "本办法所称，是指甲。", "以下简称不在括号里", "（以下简称）"]
)
def test_what_defines_nothing_gives_nothing(text: str) -> None:
    assert terms_of([("a", text)]) == ()


def test_a_word_is_listed_where_it_is_defined_first_and_cut_when_long() -> None:
    long = f"本办法所称甲乙，是指{'很' * 200}。"
    (term,) = terms_of([("a", long), ("b", "本办法所称甲乙，是指别的。")])

    assert (term.anchor, len(term.meaning), term.meaning[-1]) == ("a", LONGEST, "…")


def test_a_list_has_an_end() -> None:
    texts = [("a", f"本办法所称词{n:03}，是指甲。") for n in range(MOST + 5)]
    assert len(terms_of(texts)) == MOST


@pytest.mark.django_db
def test_the_page_leads_to_each_definition(client: Client, make_document: MakeDocument) -> None:
    sections = [(2, "第一条", "", "甲。"), (2, "第二条", "", "本办法所称<券>，是指凭证。")]
    defined = make_document("创新券管理办法", sections, indexed=False)
    plain = make_document("工作要点", "没有定义。", indexed=False)
    page = client.get(defined.get_absolute_url()).content.decode()

    assert '<a href="#p2">&lt;券&gt;</a>' in page
    assert "用语与简称" not in client.get(plain.get_absolute_url()).content.decode()
