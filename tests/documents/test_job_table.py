"""What a job's row says at each turn of its life: to its worker, and to the person who waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from documents import jobs, tasks
from documents.jobs import AT_ONCE, BULK, Continue, File, JobFailed, LeaseLost, Outcome, Task
from documents.models import Batch, Document, Job, JobFile, JobPart, JobState, WorkerBeat

pytestmark = pytest.mark.django_db

FILES = [File("a" * 64, "甲.pdf", 10), File("b" * 64, "乙.pdf", 20)]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of job with three steps, one with none."""
    kinds = {
        "trial": tasks.Kind(lambda task: Continue(), ("收到", "做", "完成")),
        "bare": tasks.Kind(lambda task: Continue(), ()),
    }
    monkeypatch.setattr(tasks, "_kinds", kinds)


def taken(job: Job) -> Task:
    """The job as its next worker holds it, whether or not it is due."""
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    task = jobs.take("w")
    assert task is not None
    assert task.job_id == job.pk
    return task


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def in_seconds(job: Job) -> float:
    return (fresh(job).due_at - timezone.now()).total_seconds()


def test_a_worker_gets_all_that_was_queued() -> None:
    user, batch = User.objects.create_user("editor"), Batch.objects.create()
    job = jobs.enqueue("trial", {"a": 1}, FILES, user=user, batch=batch, priority=BULK)
    JobFile.objects.create(job=job, sha256="c" * 64, name="found.png", size=1, found=True)

    assert (job.state, job.step, job.priority) == (JobState.QUEUED, "收到", BULK)
    task = jobs.take("w", timedelta(seconds=40))
    assert task == Task(
        job.pk, "trial", {"a": 1}, tuple(FILES), 1, "w", user, batch, timedelta(seconds=40)
    )
    row = fresh(job)
    assert row.leased_until is not None
    assert 30 < (row.leased_until - timezone.now()).total_seconds() <= 40
    assert (row.state, row.leased_by, row.attempts) == (JobState.RUNNING, "w", 1)


def test_a_job_without_steps_shows_none() -> None:
    job = jobs.enqueue("bare", {})
    assert job.step == ""
    jobs.settle(taken(job), Outcome)

    assert (fresh(job).state, fresh(job).step) == (JobState.DONE, "")


def test_urgent_ones_go_first_then_those_due_first_then_those_queued_first() -> None:
    bulk, second, third, first = (
        jobs.enqueue("trial", {}, priority=each) for each in (BULK, AT_ONCE, AT_ONCE, AT_ONCE)
    )
    now = timezone.now()
    Job.objects.update(due_at=now - timedelta(seconds=5))
    Job.objects.filter(pk=first.pk).update(due_at=now - timedelta(seconds=9))

    order = [task.job_id for _ in range(4) if (task := jobs.take("w"))]
    assert order == [first.pk, second.pk, third.pk, bulk.pk]
    assert jobs.take("w") is None


def test_what_came_of_it_is_on_its_row(make_document: Callable[..., Document]) -> None:
    document = make_document(indexed=False)
    job = jobs.enqueue("trial", {})
    other = JobPart.objects.create(job=jobs.enqueue("trial", {}), number=1, data="another's")
    task = taken(job)
    task.keep(1, "part")
    jobs.settle(task, lambda: Outcome(document, "没有直接发布"))

    row = fresh(job)
    assert (row.state, row.step, row.document, row.reason, row.retryable, row.leased_by) == (
        JobState.DONE, "完成", document, "没有直接发布", False, "",
    )  # fmt: skip
    assert row.leased_until is None
    assert list(JobPart.objects.all()) == [other]


def test_a_part_done_counts_as_no_attempt_and_others_go_between() -> None:
    job = jobs.enqueue("trial", {}, priority=AT_ONCE)
    task = taken(job)
    task.keep(1, "part")
    held = fresh(job)
    jobs.settle(task, Continue())

    row = fresh(job)
    assert (row.state, row.attempts, row.priority) == (JobState.QUEUED, 0, BULK)
    assert held.due_at < row.due_at <= timezone.now(), "it goes behind those due before"
    assert task.kept() == {1: "part"}


def test_each_attempt_that_goes_wrong_waits_longer_and_the_third_is_the_last() -> None:
    job = jobs.enqueue("trial", {})
    jobs.postpone(taken(job), "暂时不行。")
    assert 3 < in_seconds(job) <= 5
    assert (fresh(job).state, fresh(job).reason) == (JobState.QUEUED, "暂时不行。")
    second = taken(job)
    assert fresh(job).reason == "", "it is under way again"
    jobs.postpone(second, "暂时不行。")
    assert 28 < in_seconds(job) <= 30
    jobs.postpone(taken(job), "暂时不行。")

    row = fresh(job)
    assert (row.state, row.retryable) == (JobState.FAILED, True)
    assert row.reason == "暂时不行。已试过 3 次。"


@pytest.mark.parametrize("retryable", [True, False])
def test_parts_stay_only_where_somebody_may_try_again(
    make_document: Callable[..., Document], retryable: bool
) -> None:
    twin = make_document(indexed=False)
    job = jobs.enqueue("trial", {})
    other = jobs.enqueue("trial", {})
    JobPart.objects.create(job=other, number=1, data="another's")
    task = taken(job)
    task.keep(1, "part")
    jobs.fail(task, JobFailed("已在库中。", twin=twin, retryable=retryable))

    row = fresh(job)
    assert (row.state, row.reason, row.twin, row.retryable) == (
        JobState.FAILED, "已在库中。", twin, retryable,
    )  # fmt: skip
    assert JobPart.objects.filter(job=job).exists() == retryable
    assert JobPart.objects.filter(job=other).exists()


def test_a_failed_job_begins_anew_and_no_other_does(
    make_document: Callable[..., Document],
) -> None:
    job = jobs.enqueue("trial", {})
    assert not jobs.retry(job), "it has not failed"
    twin = make_document(indexed=False)
    jobs.fail(taken(job), JobFailed("读不出。", twin=twin, retryable=True))
    long_ago = timezone.now() - timedelta(days=1)
    Job.objects.filter(pk=job.pk).update(updated_at=long_ago, due_at=long_ago)

    assert jobs.retry(job)
    row = fresh(job)
    assert (row.state, row.attempts, row.reason, row.twin, row.retryable) == (
        JobState.QUEUED, 0, "", None, False,
    )  # fmt: skip
    assert row.updated_at > long_ago
    assert row.due_at > long_ago
    assert not jobs.retry(job), "it waits already"
    jobs.fail(taken(job), JobFailed("读不出。"))
    assert not jobs.retry(job), "a verdict is final"


def test_a_job_given_back_was_never_taken() -> None:
    job = jobs.enqueue("trial", {})
    jobs.postpone(taken(job), "暂时不行。")
    task = taken(job)
    held = fresh(job)
    jobs.give_back(task)

    row = fresh(job)
    assert (row.state, row.attempts, row.leased_by) == (JobState.QUEUED, 1, "")
    assert row.due_at <= timezone.now()
    assert row.due_at > held.due_at, "it goes behind those that were due before"


def test_whoever_lost_a_job_changes_nothing_of_it() -> None:
    job = jobs.enqueue("trial", {})
    lost = taken(job)
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    held = jobs.take("other")
    assert held is not None
    before = Job.objects.values().get(pk=job.pk)
    changes: list[Callable[[], object]] = [
        lambda: lost.step("做"),
        lost.renew,
        lambda: lost.keep(1, "x"),
        lambda: jobs.settle(lost, Outcome),
        lambda: jobs.settle(lost, Continue()),
        lambda: jobs.fail(lost, JobFailed("x")),
        lambda: jobs.postpone(lost, "x"),
        lambda: jobs.give_back(lost),
    ]
    for change in changes:
        with pytest.raises(LeaseLost, match="no longer held by w"):
            change()
    assert Job.objects.values().get(pk=job.pk) == before
    assert not JobPart.objects.exists()


def test_a_job_whose_workers_all_died_is_buried_and_the_next_one_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    deadly, harmless = jobs.enqueue("trial", {}), jobs.enqueue("trial", {})
    now = timezone.now()
    Job.objects.filter(pk=deadly.pk).update(
        state=JobState.RUNNING, attempts=3, leased_by="dead",
        leased_until=now - timedelta(seconds=1), due_at=now - timedelta(seconds=9),
    )  # fmt: skip
    task = jobs.take("w")

    assert task is not None
    assert task.job_id == harmless.pk
    row = fresh(deadly)
    assert (row.state, row.leased_by, row.leased_until, row.retryable) == (
        JobState.FAILED, "", None, True,
    )  # fmt: skip
    assert row.reason.startswith("读取进程中断了 3 次，没有再试。")
    assert f"job {deadly.pk} (trial) ended its worker 3 times and is given up" in caplog.text


def test_progress_is_seen_as_it_is_reported() -> None:
    job = jobs.enqueue("trial", {})
    taken(job).step("做", 2, 7)

    assert (fresh(job).step, fresh(job).done, fresh(job).total) == ("做", 2, 7)


def test_waiting_ends_with_the_job_the_time_or_the_worker() -> None:
    job = jobs.enqueue("trial", {})
    began = time.monotonic()
    assert jobs.wait(job, 60).is_open, "no worker is there to wait for"
    jobs.beat("w")
    assert jobs.wait(job, 0.15).is_open, "the time is over"
    jobs.settle(taken(job), Outcome)
    job.refresh_from_db()
    assert not jobs.wait(job, 60).is_open
    assert time.monotonic() - began < 50


def test_waiting_sees_what_another_process_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs.enqueue("trial", {})
    jobs.beat("w")
    monkeypatch.setattr(
        time, "sleep", lambda seconds: Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    )

    assert jobs.wait(job, 60).state == JobState.DONE


def test_a_worker_that_was_killed_is_forgotten_after_a_day() -> None:
    for name, hours in (("yesterday", 25), ("today", 23)):
        jobs.beat(name)
        seen = timezone.now() - timedelta(hours=hours)
        WorkerBeat.objects.filter(name=name).update(seen_at=seen)
    assert not jobs.worker_alive()
    jobs.beat("w")
    jobs.beat("w")

    assert set(WorkerBeat.objects.values_list("name", flat=True)) == {"w", "today"}
    assert jobs.worker_alive()
    jobs.sign_off("today")
    assert jobs.worker_alive()
    assert not jobs.worker_alive(timezone.now() + jobs.ALIVE + timedelta(seconds=1))


def test_a_job_somebody_else_took_in_between_is_taken_by_nobody_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs.enqueue("trial", {})
    looks = iter([Job.objects.all(), Job.objects.none()])
    monkeypatch.setattr(jobs, "_ready", lambda: next(looks))

    assert jobs.take("late") is None
    assert next(looks, None) is None, "it looked twice"
    assert Job.objects.get().state == JobState.QUEUED


def test_what_is_done_to_one_job_touches_no_other() -> None:
    one, other = jobs.enqueue("trial", {}), jobs.enqueue("trial", {})
    held, beside = taken(one), taken(other)
    beside.keep(1, "the other's")
    held.step("做", 1, 2)
    assert held.kept() == {}
    assert (fresh(other).step, fresh(other).done) == ("收到", 0)
    for task in (held, beside):
        jobs.fail(task, JobFailed("读不出。", retryable=True))

    assert jobs.retry(one)
    assert (fresh(one).state, fresh(other).state) == (JobState.QUEUED, JobState.FAILED)


def test_nobody_waits_behind_what_is_done_or_came_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.settle(taken(jobs.enqueue("trial", {})), Outcome)
    jobs.enqueue("trial", {}, priority=BULK)
    job = jobs.enqueue("trial", {})
    jobs.beat("w")
    monkeypatch.setattr(
        time, "sleep", lambda seconds: Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    )

    assert jobs.wait(job, 60).state == JobState.DONE
