"""Following: what is new since the last look, feeds of everything, mail that stops by one click."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from documents.models import Document
from portal import alerts, following, news
from portal.models import AlertAddress, Follow, Kind, Rate
from search_indexes.models import SynonymGroup
from search_indexes.query_sets import SearchUnavailable
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</title><script>alert(1)</script>]]>&\"'"


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def confirmed(reader: User, settings: Settings) -> AlertAddress:
    settings.PORTAL_URL = "https://policy.example.org"
    return AlertAddress.objects.create(
        user=reader, email="reader@example.org", confirmed_at=timezone.now()
    )


def page_of(browser: Client) -> str:
    answer = browser.get("/following/")
    assert answer.status_code == 200
    return answer.content.decode()


def entries(client: Client, address: str) -> list[str | None]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    root: Any = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def make_one_of_each(make_document: MakeDocument) -> Document:
    return make_document(
        "旧文件", "科技创新工作。", issuers=["区科委"], district="青浦区", themes=["科技"]
    )


def follow_all(user: User, document: Document) -> list[Follow]:
    theme = document.sections.get(anchor="p1").themes.get()
    issuer = document.issuers.get()
    return [
        following.add(user, Kind.SEARCH, "q=科技创新"),
        following.add(user, Kind.DISTRICT, str(document.district_id)),
        following.add(user, Kind.ISSUER, str(issuer.pk)),
        following.add(user, Kind.THEME, str(theme.pk)),
        following.add(user, Kind.DOCUMENT, str(document.pk)),
    ]


def test_what_is_new_since_the_last_look_is_listed_for_every_kind(
    desk: Client, reader: User, make_document: MakeDocument
) -> None:
    old = make_one_of_each(make_document)
    follow_all(reader, old)
    assert page_of(desk).count("没有新的变化") == 5

    make_document(
        "新文件", "推进科技创新。", issuers=["区科委"], district="青浦区", themes=["科技"]
    )
    make_document("无关", "绿化养护。", district="普陀区")
    Document.objects.filter(pk=old.pk).update(version_hash="changed")
    page = page_of(desk)
    assert page.count('class="row-title" href="/documents/d2/"') == 4
    assert "这份文件有变动" in page
    assert "无关" not in page
    again = page_of(desk)
    assert again.count('class="row-title" href="/documents/d2/"') == 4, "looking changes nothing"

    desk.post("/following/seen/")
    assert page_of(desk).count("没有新的变化") == 5


def test_a_search_that_cannot_be_asked_says_so(
    desk: Client, reader: User, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document()
    following.add(reader, Kind.SEARCH, "q=科技")
    make_document("新", "科技。")

    def fail(*_: object) -> None:
        raise SearchUnavailable("The index is being rebuilt.")

    monkeypatch.setattr(news, "matching", fail)
    assert "检索暂时不可用" in page_of(desk)
    assert desk.get("/feeds/search/?q=科技").status_code == 503


def test_one_search_is_followed_once_however_it_is_written(desk: Client) -> None:
    for value in ("q=创新&district=青浦区&page=3", "?district=青浦区&q=创新&sort=newest"):
        desk.post("/following/add/", {"kind": "search", "value": value})
    desk.post("/following/add/", {"kind": "search", "words": "a&district=b"})

    assert Follow.objects.count() == 2
    assert "“a&amp;district=b”" in page_of(desk)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("search", ""),
        ("search", "sort=nonsense&q=x"),
        ("district", "没有的区"),
        ("district", "9" * 30),
        ("document", "旧文件"),
        ("theme", "\0"),
        ("user", "1"),
        ("", ""),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_sentence(
    desk: Client, kind: str, value: str
) -> None:
    answer = desk.post("/following/add/", {"kind": kind, "value": value}, follow=True)

    assert answer.status_code == 200
    assert 'class="message error"' in answer.content.decode()
    assert not Follow.objects.exists()


def test_there_is_a_feed_of_every_search_place_body_theme_and_document(
    client: Client, make_document: MakeDocument, withdraw: Any
) -> None:
    document = make_one_of_each(make_document)
    make_document("别处的创新", "科技创新。", district="普陀区")
    hidden = make_document("撤下的", "科技创新。", district="青浦区", issuers=["区科委"])
    withdraw(hidden)

    assert entries(client, "/feeds/search/?q=科技创新") == ["别处的创新", "旧文件"]
    assert entries(client, "/feeds/search/?q=科技创新&district=青浦区") == ["旧文件"]
    assert entries(client, "/feeds/district/青浦区/") == ["旧文件"]
    assert entries(client, "/feeds/issuer/区科委/") == ["旧文件"]
    assert entries(client, "/feeds/theme/科技/") == ["旧文件"]
    assert entries(client, f"/feeds/documents/{document.slug}/") == ["旧文件"]
    assert entries(client, "/feeds/search/?q=不存在的鑫淼") == []
    assert client.get(f"/feeds/documents/{hidden.slug}/").status_code == 404
    assert client.get("/feeds/nonsense/x/").status_code == 404
    assert client.get("/feeds/search/?sort=nonsense").status_code == 400


def test_feeds_stay_well_formed_whatever_the_text(
    client: Client, make_document: MakeDocument
) -> None:
    make_document(HOSTILE, f"科技{HOSTILE}", issuers=[HOSTILE])

    assert entries(client, "/feeds/search/?q=科技") == [HOSTILE]
    assert entries(client, "/feeds/documents/d1/") == [HOSTILE]
    client.get("/feeds/search/", {"q": HOSTILE + "\x0b\x01"})
    entries(client, "/feeds/search/?q=%0B%01%EF%BF%BE科技")


def test_a_changed_document_is_a_new_entry_of_its_feed(
    client: Client, make_document: MakeDocument
) -> None:
    document = make_document()
    before = client.get("/feeds/documents/d1/").content.decode()
    Document.objects.filter(pk=document.pk).update(version_hash="other")
    after = client.get("/feeds/documents/d1/").content.decode()

    ids = [re.findall("<entry>.*?<id>(.*?)</id>", text, re.DOTALL) for text in (before, after)]
    assert ids[0] != ids[1]


def test_news_is_mailed_once_at_the_chosen_rate(
    reader: User, confirmed: AlertAddress, make_document: MakeDocument
) -> None:
    old = make_one_of_each(make_document)
    search, district, *_ = follow_all(reader, old)
    following.set_rate(search, Rate.INSTANT, "写报告")
    following.set_rate(district, Rate.WEEKLY, "")
    make_document("新文件\nBcc: x@example.org", "科技创新。", district="青浦区")

    call_command("send_alerts")
    call_command("send_alerts")
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert sent.to == ["reader@example.org"]
    assert "https://policy.example.org/documents/d2/" in sent.body
    assert "（写报告）" in sent.body
    assert "【青浦区】" not in sent.body, "weekly is not due yet"
    assert "\nBcc" not in sent.body
    assert "\n" not in sent.subject
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    report = alerts.send_due(timezone.now() + timedelta(days=7))
    assert (report.mails, report.follows) == (1, 1)
    assert "【青浦区】" in mail.outbox[1].body


def test_a_mail_that_failed_is_sent_by_the_next_run(
    reader: User,
    confirmed: AlertAddress,
    make_document: MakeDocument,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follow = following.add(reader, Kind.SEARCH, "q=科技")
    following.set_rate(follow, Rate.INSTANT, "")
    make_document("新", "科技。")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError, match="tried again"):
        call_command("send_alerts")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("send_alerts")

    assert len(mail.outbox) == 1


def test_nothing_is_mailed_to_an_address_nobody_confirmed(
    desk: Client, reader: User, make_document: MakeDocument
) -> None:
    follow = following.add(reader, Kind.SEARCH, "q=科技")
    following.set_rate(follow, Rate.INSTANT, "")
    make_document("新", "科技。")
    desk.post("/following/address/", {"email": "me@example.org"})
    assert [m.subject for m in mail.outbox] == ["请确认接收提醒的邮箱"]
    call_command("send_alerts")
    assert len(mail.outbox) == 1

    again = desk.post("/following/address/", {"email": "victim@example.org"}, follow=True)
    assert "刚刚发过" in again.content.decode()
    found = re.search(r"https?://[^/]+(/following/address/\S+)", str(mail.outbox[0].body))
    assert found
    link = found[1]
    stranger = Client()
    assert "确认邮箱" in stranger.get(link).content.decode()
    assert not AlertAddress.objects.filter(confirmed_at__isnull=False).exists()
    stranger.post(link)
    call_command("send_alerts")
    assert len(mail.outbox) == 2
    assert stranger.get(f"{link}x").status_code == 404


def test_one_click_stops_the_mail_without_signing_in(
    reader: User, confirmed: AlertAddress, make_document: MakeDocument
) -> None:
    first = following.add(reader, Kind.SEARCH, "q=科技")
    second = following.add(reader, Kind.SEARCH, "q=创新")
    other = following.add(User.objects.create_user("other"), Kind.SEARCH, "q=科技")
    for follow in (first, second, other):
        following.set_rate(follow, Rate.INSTANT, "")
    make_document("新", "科技创新。")
    call_command("send_alerts")
    message = mail.outbox[0]
    one = re.findall(r"https://policy.example.org(/following/stop/\S+)", str(message.body))[0]
    every = (
        message.extra_headers["List-Unsubscribe"]
        .strip("<>")
        .removeprefix("https://policy.example.org")
    )

    browser = Client(enforce_csrf_checks=True)
    assert browser.get(one).status_code == 200
    assert Follow.objects.filter(rate=Rate.OFF).count() == 0
    assert browser.post(one, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Follow.objects.filter(rate=Rate.OFF).count() == 1
    browser.post(every, {"List-Unsubscribe": "One-Click"})
    assert set(Follow.objects.filter(rate=Rate.OFF)) == {first, second}
    another = every.replace(f"/{reader.pk}.", f"/{other.user_id}.")
    assert another != every
    assert browser.post(another).status_code == 404


CHANGES = [
    ("/following/{pk}/edit/", {"rate": "daily", "note": "x"}),
    ("/following/{pk}/remove/", {}),
    ("/following/seen/", {}),
    ("/following/address/", {"email": "x@example.org"}),
    ("/following/add/", {"kind": "search", "value": "q=x"}),
]


@pytest.mark.parametrize(("address", "values"), CHANGES)
def test_follows_are_nobody_elses_business(address: str, values: dict[str, str]) -> None:
    owner, other = User.objects.create_user("owner"), User.objects.create_user("other")
    follow = following.add(owner, Kind.SEARCH, "q=秘密")
    where = address.format(pk=follow.pk)
    before = list(Follow.objects.filter(user=owner).values())
    browser = Client()
    assert browser.post(where, values)["Location"].startswith("/accounts/login/")
    browser.force_login(other)
    answer = browser.post(where, {**values, "user": owner.pk})
    assert answer.status_code == (404 if "{pk}" in address else 302)
    assert list(Follow.objects.filter(user=owner).values()) == before
    assert not AlertAddress.objects.filter(user=owner).exists()
    assert "秘密" not in page_of(browser)

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.get(where).status_code == 405
    assert strict.post(where, values).status_code == 403
    assert list(Follow.objects.filter(user=owner).values()) == before


def test_hostile_text_stays_text(desk: Client, reader: User, make_document: MakeDocument) -> None:
    document = make_document(HOSTILE, "科技。", issuers=[HOSTILE], district=HOSTILE)
    follows = [
        following.add(reader, Kind.DOCUMENT, str(document.pk)),
        following.add(reader, Kind.DISTRICT, str(document.district_id)),
    ]
    desk.post("/following/add/", {"kind": "search", "words": HOSTILE})
    desk.post(f"/following/{follows[0].pk}/edit/", {"rate": "off", "note": HOSTILE})

    assert "<script>alert" not in page_of(desk)


def test_a_followed_search_finds_what_the_search_page_finds(
    desk: Client, reader: User, client: Client, make_document: MakeDocument
) -> None:
    SynonymGroup.objects.create(terms="补贴\n资助")
    following.add(reader, Kind.SEARCH, "q=补贴")
    following.add(reader, Kind.SEARCH, "q=补贴&literal=1")
    following.add(reader, Kind.SEARCH, "q=补贴&from=2024-01-01&to=2024-12-31")
    make_document("资助办法", "给予资助。", written=date(2023, 5, 6))
    make_document("补贴办法", "给予补贴。", written=date(2024, 5, 6))
    make_document("没有日期", "给予补贴。")

    answer = desk.get("/following/")
    found = {
        item.follow.value: [each.title for each in item.documents]
        for item in answer.context["items"]
    }
    assert list(found.values()) == [  # the latest follow first
        ["补贴办法"], ["没有日期", "补贴办法"], ["没有日期", "补贴办法", "资助办法"]
    ]  # fmt: skip
    assert entries(client, "/feeds/search/?q=补贴") == ["没有日期", "补贴办法", "资助办法"]


def test_only_what_the_page_showed_counts_as_seen(
    desk: Client, reader: User, make_document: MakeDocument
) -> None:
    district = make_one_of_each(make_document).district
    following.add(reader, Kind.DISTRICT, str(district.pk if district else 0))
    make_document("看到的", "文。", district="青浦区", indexed=False)
    shown = re.search(r'name="until" value="([^"]+)"', page_of(desk))
    make_document("后来的", "文。", district="青浦区", indexed=False)
    assert shown

    desk.post("/following/seen/", {"until": shown[1]})
    page = page_of(desk)
    assert "后来的" in page
    assert "看到的" not in page
    for until in ("", "昨天", "2024-13-45T99:00", "2999-01-01T00:00:00+08:00"):
        desk.post("/following/seen/", {"until": until})
    assert "后来的" not in page_of(desk)


def test_a_search_followed_twice_at_once_is_followed_once(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = following.add(reader, Kind.SEARCH, "q=科技")
    # The other window's follow was not there when this one looked.
    monkeypatch.setattr(QuerySet, "first", lambda rows: None)

    assert following.add(reader, Kind.SEARCH, "q=科技") == first


def test_the_page_asks_a_fixed_amount_however_much_is_followed_and_new(
    desk: Client,
    reader: User,
    make_document: MakeDocument,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    places, themes = ["青浦区", "普陀区", "嘉定区", "闵行区"], ["科技", "人才", "土地", "环保"]
    old = [
        make_document(
            f"旧{n}", "科技。", issuers=[place], district=place, themes=[theme], indexed=False
        )
        for n, (place, theme) in enumerate(zip(places, themes, strict=True))
    ]
    for document in old:
        for follow in follow_all(reader, document):
            Follow.objects.filter(pk=follow.pk).update(seen_version="before")
        following.add(reader, Kind.SEARCH, f"q=科技&district={document.district}")
    for n in range(12):
        place, theme = places[n % 4], themes[n % 4]
        make_document(
            f"新{n}", [(2, "一、", "甲", "科技创新。"), (2, "二、", "乙", "科技。")],
            issuers=[place], district=place, themes=[theme], indexed=n == 11,
        )  # fmt: skip

    with django_assert_max_num_queries(26):
        page = page_of(desk)
    news = {n: page.count(f'class="row-title" href="/documents/d{n}/"') for n in range(1, 17)}
    # Once for place, body, theme, the place's search, and the search they share.
    assert news == dict.fromkeys(range(1, 5), 0) | dict.fromkeys(range(5, 17), 5)
    assert page.count("这份文件有变动") == 4
    with django_assert_max_num_queries(20):
        desk.post("/following/seen/")
