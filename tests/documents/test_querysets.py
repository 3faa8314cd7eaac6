"""Who may see which documents, and what the other questions answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, User
from pytest_django import DjangoAssertNumQueries

from documents.models import Document, Status
from tests.conftest import MakeDocument

ALL = {"draft", "published", "withdrawn"}


@pytest.fixture
def one_of_each(make_document: MakeDocument) -> None:
    """A draft, a published and a withdrawn document, named for their status."""
    for status in sorted(ALL):
        make_document(public_id=status, indexed=False)
        Document.objects.filter(public_id=status).update(status=Status(status))


def seen_by(user: User | AnonymousUser) -> set[str]:
    return {document.public_id for document in Document.objects.visible_to(user)}


@pytest.mark.usefixtures("one_of_each")
def test_only_editors_whose_account_is_open_see_more_than_what_is_published(editor: User) -> None:
    reader = User.objects.create_user("reader")
    closed = User.objects.create_superuser("closed", is_active=False)

    assert seen_by(AnonymousUser()) == seen_by(reader) == seen_by(closed) == {"published"}
    assert seen_by(editor) == seen_by(User.objects.create_superuser("admin")) == ALL


@pytest.mark.usefixtures("one_of_each")
def test_each_question_answers_its_status() -> None:
    assert [document.public_id for document in Document.objects.published()] == ["published"]
    assert [document.public_id for document in Document.objects.drafts()] == ["draft"]


def test_the_newest_come_first_and_undated_ones_last(make_document: MakeDocument) -> None:
    for name, written in (("old", date(2020, 1, 1)), ("none", None), ("new", date(2024, 1, 1))):
        make_document(public_id=name, written=written, indexed=False)
    make_document(public_id="same day", written=date(2020, 1, 1), indexed=False)

    names = [document.public_id for document in Document.objects.newest()]
    assert names == ["new", "same day", "old", "none"]


def test_a_number_is_found_by_all_three_of_its_pieces(make_document: MakeDocument) -> None:
    make_document(public_id="it", ref=("沪府发", 2024, 7), indexed=False)
    for other in (("沪府规", 2024, 7), ("沪府发", 2023, 7), ("沪府发", 2024, 8)):
        make_document(ref=other, indexed=False)

    assert [d.public_id for d in Document.objects.with_reference("沪府发", 2024, 7)] == ["it"]


def test_a_list_takes_three_queries_however_long_it_is(
    make_document: MakeDocument, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        make_document(issuers=(f"第{number}局",), district="青浦区", indexed=False)

    with django_assert_num_queries(3):
        rows = [(d.district, d.issuer_names) for d in Document.objects.for_listing()]
    assert {str(district) for district, _ in rows} == {"青浦区"}
