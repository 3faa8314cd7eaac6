"""The facet of validity says what readers are told on the page, on every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from documents.models import Document, Validity
from documents.standing import STATES, label_on, labelled, standing_of
from search_indexes.facets import NOT_GIVEN
from search_indexes.finder import find
from search_indexes.models import IndexChange
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.results import SearchPage
from search_indexes.sync import catch_up, turn_of_day
from tests.conftest import MakeDocument

pytestmark = pytest.mark.usefixtures("index")

TODAY = date(2025, 6, 15)
DAYS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))


@pytest.fixture(autouse=True)
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the day; it begins as TODAY."""

    def on(day: date) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))
        monkeypatch.setattr(timezone, "now", lambda: noon)

    on(TODAY)
    return on


def _states(document: Document, **fields: object) -> None:
    Document.objects.filter(pk=document.pk).update(**fields)
    IndexChange.objects.create(document=document.pk)
    catch_up()


def _asked(**selected: tuple[str, ...]) -> SearchPage:
    return find(SearchRequest(parse_query("创新"), selected))


def _counts(page: SearchPage) -> dict[str, int]:
    values = next(facet.values for facet in page.facets if facet.name == "validity")
    return {each.value: each.count for each in values}


@pytest.mark.django_db
def test_the_label_is_that_of_the_page_and_the_database_finds_by_it() -> None:
    every = list(product(("", *Validity.values), DAYS, DAYS))
    for number, (validity, begins, ends) in enumerate(every):
        Document.objects.create(
            public_id=f"d{number}",
            slug=f"d{number}",
            title="甲",
            validity=validity,
            effective_date=begins,
            expiry_date=ends,
        )
    labels: dict[str, set[int]] = {}
    for document in Document.objects.all():
        standing = standing_of(document, TODAY)
        dates = document.effective_date, document.expiry_date
        label = label_on(TODAY, document.validity, *dates)
        assert label == (standing.label if standing else "")
        labels.setdefault(label, set()).add(document.pk)
    assert labels.keys() == {"", *STATES}
    for label, keys in labels.items():
        found = labelled(Document.objects.all(), [label], TODAY)
        assert set(found.values_list("pk", flat=True)) == keys, label
    assert labelled(Document.objects.all(), STATES, TODAY).count() == len(every) - len(labels[""])


def test_documents_are_counted_and_found_by_what_is_said_of_them(
    make_document: MakeDocument,
) -> None:
    _states(make_document("甲", "创新。", public_id="a"), validity="repealed")
    _states(make_document("乙", "创新。", public_id="b"), expiry_date=TODAY - timedelta(days=1))
    make_document("丙", "创新。", public_id="c")
    page = _asked()
    assert _counts(page) == {"已废止": 1, "有效期已过": 1, NOT_GIVEN: 1}
    assert [hit.id for hit in _asked(validity=("已废止",)).documents] == ["a"]
    assert [hit.id for hit in _asked(validity=(NOT_GIVEN,)).documents] == ["c"]


def test_a_period_that_ends_overnight_is_noticed_although_nobody_changed_the_document(
    make_document: MakeDocument,
    on: Callable[[date], None],
) -> None:
    begins, ends = TODAY - timedelta(days=9), TODAY
    _states(make_document("甲", "创新。"), effective_date=begins, expiry_date=ends)
    make_document("乙", "创新。")
    assert _counts(_asked()) == {"现行有效": 1, NOT_GIVEN: 1}
    assert turn_of_day() == 0
    on(TODAY + timedelta(days=1))
    assert turn_of_day() == 1
    catch_up()
    assert _counts(_asked()) == {"有效期已过": 1, NOT_GIVEN: 1}
    assert turn_of_day() == 0
