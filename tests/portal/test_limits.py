"""Whoever asks too often waits, and nobody else does."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from portal import client as caller
from portal import limits
from portal.rates import SLOTS, Counter, Rate, WrongRate
from tests.conftest import MakeDocument
from tests.promises import Tried

ROOT = Path(__file__).resolve().parent.parent.parent
CLOSE = Rate(3, 60.0, 1)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counter(tmp_path: Path, clock: Clock) -> Counter:
    return Counter(tmp_path / "limits", clock)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("30/min+10", Rate(30, 60, 10)), ("5/h", Rate(5, 3600)), (" 2/s ", Rate(2, 1)), ("0", None)],
)
def test_a_rate_is_read_as_people_write_it(text: str, rate: Rate | None) -> None:
    assert Rate.read(text) == rate


@pytest.mark.parametrize("text", ["", "30", "30/week", "0/min", "-1/min", "30/min+", "１/min"])
def test_what_is_no_rate_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(WrongRate, match="30/min"):
        Rate.read(text)


def test_the_rate_and_its_burst_may_come_at_once_and_then_one_by_one(
    counter: Counter, clock: Clock
) -> None:
    assert [counter.take("a", CLOSE) for _ in range(4)] == [0, 0, 0, 0]
    assert counter.take("a", CLOSE) == pytest.approx(20, abs=0.01)
    clock.now += 19
    assert counter.take("a", CLOSE) == pytest.approx(1, abs=0.01)
    clock.now += 1
    assert counter.take("a", CLOSE) == 0
    assert counter.take("a", CLOSE) > 0


def test_asking_while_refused_does_not_lengthen_the_wait(counter: Counter, clock: Clock) -> None:
    waits = [counter.take("a", CLOSE) for _ in range(50)][4:]

    assert max(waits) - min(waits) < 0.01


def test_over_an_hour_no_more_pass_than_the_rate_says(counter: Counter, clock: Clock) -> None:
    passed = 0
    for _ in range(36_000):
        clock.now += 0.1
        passed += counter.take("a", CLOSE) == 0

    assert 180 <= passed <= 184


def test_one_does_not_pay_for_another(counter: Counter) -> None:
    for _ in range(10):
        counter.take("a", CLOSE)

    assert counter.take("b", CLOSE) == 0


@pytest.mark.parametrize("today", [1_000_000.0, 2_147_483_600.0, 4_102_444_800.0])
def test_a_clock_set_back_or_far_ahead_locks_nobody_out(
    counter: Counter, clock: Clock, today: float
) -> None:
    """Also on the day in 2038 on which 31 bits of seconds end, and in 2100."""
    clock.now = today + 1e9
    for _ in range(10):
        counter.take("a", CLOSE)
    clock.now -= 1e9
    wait = counter.take("a", CLOSE)
    clock.now += 81

    assert wait <= 81
    assert counter.take("a", CLOSE) == 0


def test_the_file_stays_small_and_names_nobody(tmp_path: Path, clock: Clock) -> None:
    counter = Counter(tmp_path / "limits", clock)
    size = (tmp_path / "limits").stat().st_size
    for number in range(3 * SLOTS):
        counter.take(f"192.0.2.{number}", CLOSE)

    assert (tmp_path / "limits").stat().st_size == size < 1 << 20
    assert b"192.0.2" not in (tmp_path / "limits").read_bytes()
    assert (tmp_path / "limits").stat().st_mode & 0o077 == 0


def test_a_cut_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "limits").write_bytes(b"x" * 100)

    assert Counter(tmp_path / "limits").take("a", CLOSE) == 0


HAMMER = """
import sys
from pathlib import Path
from portal.rates import Counter, Rate
counter = Counter(Path(sys.argv[1]), clock=lambda: 1e6)
print(sum(counter.take("a", Rate(100, 3600.0)) == 0 for _ in range(20_000)))
"""


def test_processes_that_count_at_once_let_no_one_through_twice(
    tmp_path: Path, tried: Tried
) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HAMMER, str(tmp_path / "limits")],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]
    tried(60_000, "requests counted by 3 processes")

    assert sum(counts) == 100


# The address.


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "found"),
    [
        ([], "192.0.2.9", "", "192.0.2.9"),
        ([], "192.0.2.9", "198.51.100.1", "192.0.2.9"),
        (["127.0.0.1"], "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "192.0.2.9", "198.51.100.1", "192.0.2.9"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "6.6.6.6, nonsense", "127.0.0.1"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "6.6.6.6, 192.0.2.1, 10.1.2.3", "192.0.2.1"),
        (["::1"], "::1", "2001:db8::7", "2001:db8::7"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "", "198.51.100.1", None),
    ],
)  # fmt: skip
def test_the_callers_address_is_what_the_nearest_trusted_proxy_saw(
    settings: Settings, trusted: list[str], remote: str, forwarded: str, found: str | None
) -> None:
    settings.TRUSTED_PROXIES = tuple(map(ipaddress.ip_network, trusted))
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert caller.address_of(request) == found


def test_one_subscriber_has_one_address_however_many_it_holds(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ()
    homes = {
        caller.household_of(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{n}"))
        for n in range(5)
    }
    assert homes == {"2001:db8:1:2::/64"}


# The pages.


def statuses(client: Client, path: str, times: int, address: str) -> list[int]:
    headers = {"X-Forwarded-For": address}
    return [client.get(path, headers=headers).status_code for _ in range(times)]


@pytest.fixture
def library(counted: None, make_document: MakeDocument) -> None:
    make_document(public_id="a")


PLACES = {
    "search": ("/search/?q=%E5%88%9B%E6%96%B0", 40),
    "api": ("/api/v1/search?q=%E5%88%9B%E6%96%B0", 60),
    "api-document": ("/api/v1/documents/a", 60),
    "feeds": ("/feeds/", 30),
    "feed-search": ("/feeds/search/?q=%E5%88%9B%E6%96%B0", 30),
    "suggest": ("/api/v1/suggest?q=%E5%88%9B", 240),
}


@pytest.mark.parametrize("name", PLACES)
def test_by_default_this_much_passes_and_the_next_waits(
    client: Client, library: None, name: str
) -> None:
    path, most = PLACES[name]
    answers = statuses(client, path, most, "192.0.2.1")
    refused = client.get(path, headers={"X-Forwarded-For": "192.0.2.1"})

    assert set(answers) == {200}
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "请求过于频繁" in refused.content.decode()
    if path.startswith("/api/"):
        assert refused["Content-Type"] == "application/problem+json"
    assert statuses(client, path, 1, "192.0.2.2") == [200]


def test_a_made_up_chain_of_addresses_gains_nothing(client: Client, library: None) -> None:
    path, most = PLACES["search"]
    seen = [
        client.get(path, headers={"X-Forwarded-For": f"6.6.6.{n}, 192.0.2.1"}).status_code
        for n in range(most + 5)
    ]
    assert seen == [200] * most + [429] * 5


def test_readers_with_an_account_search_without_a_limit(client: Client, library: None) -> None:
    client.force_login(User.objects.create_user("reader"))

    assert set(statuses(client, PLACES["search"][0], 45, "192.0.2.1")) == {200}


def test_an_account_exports_five_times_an_hour_wherever_it_is(
    client: Client, library: None
) -> None:
    client.force_login(User.objects.create_user("reader"))
    seen = [statuses(client, "/bookmarks/export/csv/", 1, f"192.0.2.{n}")[0] for n in range(7)]
    other = Client()
    other.force_login(User.objects.create_user("other"))

    assert seen[5:] == [429, 429]
    assert 429 not in seen[:5]
    assert 429 not in statuses(other, "/bookmarks/export/csv/", 1, "192.0.2.1")


def test_five_accounts_an_hour_and_the_form_may_still_be_looked_at(
    client: Client, library: None
) -> None:
    def sign_up(number: int) -> int:
        data = {"username": f"n{number}", "password1": "long enough 1", "password2": "other"}
        headers = {"X-Forwarded-For": "192.0.2.1"}
        return client.post("/accounts/signup/", data, headers=headers).status_code

    assert [sign_up(n) for n in range(7)] == [200] * 5 + [429] * 2
    assert statuses(client, "/accounts/signup/", 1, "192.0.2.1") == [200]


def test_the_owner_of_the_machine_is_not_limited_until_a_proxy_stands_in_front(
    client: Client, make_document: MakeDocument, settings: Settings, tmp_path: Path
) -> None:
    make_document(public_id="a")
    settings.PORTAL_DATA = tmp_path
    path, most = PLACES["search"]

    assert {client.get(path).status_code for _ in range(most + 5)} == {200}
    assert not (tmp_path / "limits").exists()


def test_where_counting_is_impossible_readers_are_let_in(
    client: Client, library: None, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def full(self: Counter, key: str, rate: Rate) -> float:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Counter, "take", full)

    assert statuses(client, PLACES["search"][0], 1, "192.0.2.1") == [200]
    assert "No space left" in caplog.text


def test_a_search_writes_nothing_to_the_database_to_be_counted(
    client: Client, library: None
) -> None:
    statuses(client, PLACES["search"][0], 1, "192.0.2.1")
    with CaptureQueriesContext(connection) as queries:
        statuses(client, PLACES["search"][0], 2, "192.0.2.1")

    written = [q["sql"] for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert written == []


def test_every_limit_belongs_to_an_address_and_a_setting(settings: Settings) -> None:
    assert set(limits.LIMITED.values()) == set(settings.LIMITS)
