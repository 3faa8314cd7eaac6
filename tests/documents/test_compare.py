"""Two sections side by side: what they share and what only one of them says."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from documents.comparison import Comparison, Share, compare
from documents.models import Document, SectionTheme, Status, Theme
from tests.conftest import MakeDocument

LEFT = "对首次认定的高新技术企业给予五万元补贴。鼓励开展国际合作。"
RIGHT = "支持开展科普活动。对首次认定的高新技术企业给予十万元补贴；符合条件的可以叠加。"


def stretches(comparison: Comparison, share: Share) -> tuple[list[str], list[str]]:
    """The texts of one kind on the left and on the right."""
    left, right = (
        [each.text for paragraph in side for each in paragraph if each.share is share]
        for side in (comparison.left, comparison.right)
    )
    return left, right


def test_sentences_that_answer_each_other_show_what_differs() -> None:
    result = compare(LEFT, RIGHT)

    own_left, own_right = stretches(result, Share.OWN)
    assert own_left == ["五", "。"]
    assert own_right == ["十", "；"]
    assert "对首次认定的高新技术企业给予" in stretches(result, Share.SHARED)[0]
    assert "鼓励开展国际合作。" in stretches(result, Share.PLAIN)[0]


def test_the_same_text_is_wholly_shared_and_another_not_at_all() -> None:
    assert compare(LEFT, LEFT).shared == 1
    assert compare("甲乙丙丁戊己。", "子丑寅卯辰巳！").shared == 0
    assert compare("", "").shared == 0


def test_a_long_phrase_in_another_sentence_is_marked_as_shared() -> None:
    result = compare(
        "一二三四五六七八九十甲乙丙丁长三角生态绿色一体化。",
        "长三角生态绿色一体化示范区子丑寅卯辰巳午未申酉戌亥。",
    )

    assert stretches(result, Share.SHARED) == (["长三角生态绿色一体化"], ["长三角生态绿色一体化"])


@given(
    st.text(alphabet="甲乙丙。；\n ", max_size=60), st.text(alphabet="甲乙丙。；\n ", max_size=60)
)
def test_no_character_is_lost(left: str, right: str) -> None:
    result = compare(left, right)
    for side, text in ((result.left, left), (result.right, right)):
        joined = "\n".join("".join(each.text for each in paragraph) for paragraph in side)
        assert joined.replace("\n", "") == text.replace("\n", "")


@pytest.fixture
def three(make_document: MakeDocument) -> tuple[Document, Document, Document]:
    """A district's plan, another district's of the same year, and its own of the same year."""

    def plan(place: str, text: str) -> Document:
        return make_document(
            f"{place}计划", [(2, "一、", "培育企业", text), (3, "（一）", "补贴", "给予补贴。")],
            district=place, written=date(2025, 1, 16), themes=["高新技术企业"], indexed=False,
        )  # fmt: skip

    made = plan("青浦区", LEFT), plan("嘉定区", RIGHT), plan("青浦区", "同区同年。")
    SectionTheme.objects.update(terms=["高新技术企业"])
    return made


@pytest.mark.django_db
def test_the_comparison_has_an_address(
    client: Client, three: tuple[Document, Document, Document]
) -> None:
    answer = client.get("/compare/", {"a": "d1:p1", "b": "d2:p1"})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "<del>五</del>" in page
    assert "<ins>十</ins>" in page
    assert "（一）补贴" in page, "what lies below the section belongs to it"
    assert "?a=d2%3Ap1&amp;b=d1%3Ap1" in page


@pytest.mark.django_db
def test_sections_of_other_districts_or_years_are_offered(
    client: Client, three: tuple[Document, Document, Document]
) -> None:
    for page in (
        client.get("/compare/", {"a": "d1:p1"}).content.decode(),
        client.get(three[0].get_absolute_url()).content.decode().split('id="likes"')[1],
    ):
        assert re.findall(r"\?a=([^&]+)&amp;b=([^\"&]+)\"", page) == [("d1%3Ap1", "d2%3Ap1")]


@pytest.mark.django_db
def test_a_section_of_no_theme_says_that_there_is_nothing_like_it(
    client: Client, three: tuple[Document, Document, Document]
) -> None:
    Theme.objects.create(name="别的", slug="else")
    assert "还没有同主题的章节" in client.get("/compare/", {"a": "d1:p2"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("a", "b", "status"),
    [
        ("", "", 400),
        ("d1:p1", "d9:p1", 404),
        ("d1:p9", "d2:p1", 404),
        ("d1", "d2:p1", 404),
        (":::", "", 404),
        ("d1:p1", "d1:p2", 200),
        ("x" * 5000, "", 404),
    ],
)
def test_odd_addresses_are_answered_plainly(
    client: Client, three: tuple[Document, Document, Document], a: str, b: str, status: int
) -> None:
    assert client.get("/compare/", {"a": a, "b": b}).status_code == status


@pytest.mark.django_db
def test_a_draft_cannot_be_compared_or_offered(
    client: Client, three: tuple[Document, Document, Document]
) -> None:
    Document.objects.filter(pk=three[1].pk).update(status=Status.DRAFT)

    assert client.get("/compare/", {"a": "d1:p1", "b": "d2:p1"}).status_code == 404
    assert "d2" not in client.get("/compare/", {"a": "d1:p1"}).content.decode()
