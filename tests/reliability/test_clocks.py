"""Whatever the clock does, a job is done once and soon, and what is published is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from documents import jobs, tasks
from documents.jobs import Continue, Finish, Outcome, Task
from documents.models import District, Document, Job, JobState
from documents.publishing import publish
from documents.work import work_once
from tests.conftest import MakeDocument
from tests.promises import Tried

LEASE = timedelta(seconds=10)
MOMENTS = {
    "an ordinary day": datetime(2026, 11, 21, 12, tzinfo=UTC),
    "summer time begins": datetime(2026, 3, 29, 0, 59, 55, tzinfo=UTC),
    "summer time ends": datetime(2026, 10, 25, 0, 59, 55, tzinfo=UTC),
    "32 bits of seconds end": datetime(2038, 1, 19, 3, 14, 2, tzinfo=UTC),
    "after 2038": datetime(2051, 6, 1, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 28, 23, 59, 55, tzinfo=UTC),
}


class Clock:
    """What the portal takes for the time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **how_far: float) -> None:
        """Sets the clock forward, or back."""
        self.now += timedelta(**how_far)


@pytest.fixture(params=MOMENTS)
def clock(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Clock:
    """A clock shortly before each moment, in a country that has summer time."""
    settings.TIME_ZONE = "Europe/Berlin"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    clock = Clock(MOMENTS[request.param])
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def job(db: None, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose effect can be counted."""
    monkeypatch.setattr(tasks, "_kinds", dict(tasks._kinds))

    def handle(task: Task) -> Finish | Continue:
        def finish() -> Outcome:
            District.objects.create(name="甲区")
            return Outcome()

        return finish

    jobs.handles("trial", ("做",))(handle)
    return jobs.enqueue("trial", {})


def done_once(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == JobState.DONE and District.objects.filter(name="甲区").count() == 1


def test_a_silent_workers_job_goes_to_another_when_its_lease_ends(
    clock: Clock, job: Job, tried: Tried
) -> None:
    assert jobs.take("silent", LEASE) is not None
    tried(1, "leases that ended")
    clock.go(seconds=8)
    assert work_once("other") is None, "the lease still holds"
    clock.go(seconds=4)

    assert work_once("other") == job
    assert done_once(job)


@pytest.mark.parametrize("hours", [-1, 1, -24 * 365, 24 * 365 * 15])
def test_a_clock_that_jumps_while_a_job_is_held_strands_it_for_an_hour_at_most(
    clock: Clock, job: Job, hours: int, tried: Tried
) -> None:
    assert jobs.take("silent", LEASE) is not None
    clock.go(hours=hours)
    tried(1, "jumps of the clock")
    waited = timedelta()
    while work_once("other") is None:
        clock.go(minutes=5)
        waited += timedelta(minutes=5)
        assert waited <= timedelta(hours=1, minutes=5), "the job is stranded"

    assert done_once(job)


def test_a_lease_in_the_far_future_is_no_lease(clock: Clock, job: Job, tried: Tried) -> None:
    assert jobs.take("silent", timedelta(days=365 * 1000)) is not None
    tried(1, "leases in the far future")

    assert work_once("other") == job
    assert done_once(job)


def test_what_is_published_now_is_in_feed_sitemap_and_search(
    clock: Clock, make_document: MakeDocument, client: Client
) -> None:
    document = make_document("创新券办法", "发放创新券。")
    clock.go(seconds=10)
    document.refresh_from_db()
    publish(document)
    pages = [client.get(path) for path in ("/feeds/", "/sitemap.xml", "/search/?q=创新券", "/")]

    assert [page.status_code for page in pages] == [200] * 4
    assert all("/documents/d1/" in page.content.decode() for page in pages)
    assert Document.objects.get().updated_at == clock.now
    assert clock.now.strftime("%Y-%m-%d") in pages[1].content.decode()
