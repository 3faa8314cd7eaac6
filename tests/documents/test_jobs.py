"""A job is written with its cause, done once, tried again, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from documents import jobs, tasks
from documents.jobs import Continue, Finish, JobFailed, LeaseLost, Outcome, Task, TryLater
from documents.models import District, Job, JobPart, JobState
from documents.work import Interrupted, Pulse, work_once

pytestmark = pytest.mark.django_db

Register = Callable[[Callable[[Task], Finish | Continue]], None]


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Lets a test say what jobs of kind `trial` do."""
    monkeypatch.setattr(tasks, "_kinds", dict(tasks._kinds))

    def register(handler: Callable[[Task], Finish | Continue]) -> None:
        jobs.handles("trial", ("收到", "做", "完成"))(handler)

    yield register


def add_place(task: Task) -> Finish:
    """A job with an effect that can be counted."""
    name = task.payload["name"]

    def finish() -> Outcome:
        District.objects.create(name=name)
        return Outcome()

    return finish


def let_time_pass(job: Job, seconds: float) -> None:
    """Moves the job's clocks back, as if *seconds* had gone by."""
    job.refresh_from_db()
    past = timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(
        due_at=job.due_at - past, leased_until=job.leased_until and job.leased_until - past
    )


def test_a_job_is_done_and_its_effect_is_there(trial: Register) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})

    assert work_once("w") == job
    job.refresh_from_db()
    assert (job.state, job.step, job.attempts) == (JobState.DONE, "完成", 1)
    assert District.objects.filter(name="甲区").count() == 1
    assert work_once("w") is None


def test_a_job_vanishes_with_the_transaction_that_caused_it(trial: Register) -> None:
    trial(add_place)
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("trial", {"name": "甲区"})
        raise RuntimeError("the cause did not happen after all")

    assert not Job.objects.exists()


def test_a_job_of_a_kind_nobody_handles_is_not_written() -> None:
    with pytest.raises(jobs.UnknownKind, match=r"jobs\.handles"):
        jobs.enqueue("unheard-of", {})


def test_a_job_held_by_one_worker_is_not_given_to_another(trial: Register) -> None:
    trial(add_place)
    jobs.enqueue("trial", {"name": "甲区"})

    assert jobs.take("one") is not None
    assert jobs.take("two") is None


def test_what_somebody_waits_for_goes_before_what_came_in_bulk(trial: Register) -> None:
    trial(add_place)
    bulk = jobs.enqueue("trial", {"name": "甲区"}, priority=jobs.BULK)
    waited_for = jobs.enqueue("trial", {"name": "乙区"})

    assert work_once("w") == waited_for
    assert work_once("w") == bulk


def test_a_silent_workers_job_is_taken_over_after_the_lease_and_done_once(trial: Register) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    silent = jobs.take("silent")
    assert silent is not None
    let_time_pass(job, jobs.LEASE.total_seconds() - 5)
    assert jobs.take("next") is None, "the lease has not run out yet"
    let_time_pass(job, 10)

    assert work_once("next") == job
    with pytest.raises(LeaseLost):
        jobs.settle(silent, add_place(silent))
    assert District.objects.filter(name="甲区").count() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_progress_renews_the_lease(trial: Register) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    task = jobs.take("w")
    assert task is not None
    let_time_pass(job, 50)
    task.step("做", 3, 9)
    let_time_pass(job, 50)

    assert jobs.take("other") is None
    job.refresh_from_db()
    assert (job.step, job.done, job.total) == ("做", 3, 9)


def test_a_worker_that_lost_its_job_learns_it_when_it_reports(trial: Register) -> None:
    def slow(task: Task) -> Finish:
        Job.objects.filter(pk=task.job_id).update(leased_by="another", attempts=2)
        task.step("做")
        raise AssertionError("not reached")

    trial(slow)
    jobs.enqueue("trial", {})
    job = work_once("w")

    assert job is not None
    assert (job.state, job.leased_by) == (JobState.RUNNING, "another")


def test_a_failing_effect_leaves_nothing_and_is_tried_again_later(trial: Register) -> None:
    def half_done(task: Task) -> Finish:
        def finish() -> Outcome:
            District.objects.create(name="半个区")
            raise OSError("disk full")

        return finish

    trial(half_done)
    job = jobs.enqueue("trial", {})
    work_once("w")

    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert not District.objects.filter(name="半个区").exists()
    assert work_once("w") is None, "it waits before the next attempt"
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        let_time_pass(job, 60)
        work_once("w")
    job.refresh_from_db()
    assert (job.state, job.retryable) == (JobState.FAILED, True)
    assert "已试过 3 次" in job.reason


def test_a_passing_trouble_is_waited_out(trial: Register) -> None:
    def second_time_lucky(task: Task) -> Finish:
        if task.attempt == 1:
            raise TryLater("服务器忙。")
        return Outcome

    trial(second_time_lucky)
    job = jobs.enqueue("trial", {})
    work_once("w")
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.QUEUED, "服务器忙。")
    let_time_pass(job, 60)

    work_once("w")
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.DONE, "")


def test_a_verdict_is_final_and_says_why(trial: Register) -> None:
    def refuse(task: Task) -> Finish:
        task.keep(1, "第1页")
        raise JobFailed("文件设有密码。")

    trial(refuse)
    job = jobs.enqueue("trial", {})
    work_once("w")

    job.refresh_from_db()
    assert (job.state, job.reason, job.attempts) == (JobState.FAILED, "文件设有密码。", 1)
    assert not jobs.retry(job)
    assert not JobPart.objects.exists()


def test_a_failed_job_is_tried_again_by_hand(trial: Register) -> None:
    working: list[int] = []

    def first_not(task: Task) -> Finish:
        if not working:
            raise JobFailed("缺少程序。", retryable=True)
        return Outcome

    trial(first_not)
    job = jobs.enqueue("trial", {})
    work_once("w")
    working.append(1)

    assert jobs.retry(job)
    assert not jobs.retry(job), "a second click changes nothing"
    work_once("w")
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.DONE, "")


def test_a_job_that_ends_its_worker_each_time_is_given_up(trial: Register) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.take("doomed") is not None
        let_time_pass(job, 100)

    assert jobs.take("next") is None
    job.refresh_from_db()
    assert (job.state, job.retryable) == (JobState.FAILED, True)
    assert "中断了 3 次" in job.reason


def test_a_job_of_many_parts_does_each_once_and_lets_others_go_between(trial: Register) -> None:
    read: list[int] = []

    def page_by_page(task: Task) -> Finish | Continue:
        kept = task.kept()
        page = len(kept) + 1
        read.append(page)
        task.keep(page, f"第{page}页")
        task.step("做", page, 3)
        if page < 3:
            return Continue()

        def finish() -> Outcome:
            District.objects.create(name="".join(task.kept().values()))
            return Outcome()

        return finish

    trial(page_by_page)
    scan = jobs.enqueue("trial", {})
    work_once("w")
    short = jobs.enqueue("trial", {})
    assert work_once("w") == short, "a scan's next page waits for what somebody uploaded since"
    short.delete()
    read.clear()
    interrupted = jobs.take("killed")  # takes page 2 and is never heard of again
    assert interrupted is not None
    let_time_pass(scan, 100)
    work_once("w")
    work_once("w")

    scan.refresh_from_db()
    assert scan.state == JobState.DONE
    assert read == [2, 3]
    assert District.objects.filter(name="第1页第2页第3页").exists()
    assert not JobPart.objects.exists()


def test_a_worker_told_to_end_gives_its_job_back(trial: Register) -> None:
    def interrupted(task: Task) -> Finish:
        raise Interrupted

    trial(interrupted)
    job = jobs.enqueue("trial", {})
    with pytest.raises(Interrupted):
        work_once("w")

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert jobs.take("next") is not None


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_clock_set_back_strands_no_job(trial: Register, state: JobState) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    if state == JobState.RUNNING:
        assert jobs.take("before") is not None
    let_time_pass(job, -5 * 3600)  # written five hours ahead of what the clock says now

    assert work_once("w") == job


def test_a_worker_is_heard_of_while_it_runs_only() -> None:
    assert not jobs.worker_alive()
    jobs.beat("w")
    assert jobs.worker_alive()
    assert not jobs.worker_alive(timezone.now() + 2 * jobs.ALIVE), "one that was killed"
    jobs.sign_off("w")
    assert not jobs.worker_alive()


def test_a_lease_is_kept_while_a_long_step_reports_nothing(trial: Register) -> None:
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    task = jobs.take("w")
    assert task is not None
    pulse = Pulse("w")
    with pulse.over(task):
        let_time_pass(job, 50)
        pulse._beat()
        let_time_pass(job, 50)
        assert jobs.take("other") is None
    let_time_pass(job, 50)
    pulse._beat()
    assert jobs.take("other") is not None


def test_a_handler_that_hangs_loses_its_job(
    trial: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.work.LONGEST", timedelta(seconds=12))
    trial(add_place)
    job = jobs.enqueue("trial", {"name": "甲区"})
    task = jobs.take("w")
    assert task is not None
    pulse = Pulse("w", every=5)
    with pulse.over(task):
        for _ in range(20):
            let_time_pass(job, 5)
            pulse._beat()

    assert jobs.take("other") is not None


def test_nobody_waits_for_a_job_that_others_come_before(
    trial: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web process has few threads; one that waits for a busy worker serves no reader."""
    trial(add_place)
    slept: list[float] = []
    monkeypatch.setattr("documents.jobs.time.sleep", slept.append)
    # Time passes with each nap alone, so that the test itself waits for nothing.
    monkeypatch.setattr("documents.jobs.time.monotonic", lambda: sum(slept))
    jobs.beat("w")
    first = jobs.enqueue("trial", {"name": "甲区"})
    second = jobs.enqueue("trial", {"name": "乙区"})
    jobs.enqueue("trial", {"name": "丙区"}, priority=jobs.BULK)

    assert jobs.wait(second, 1.0).is_open
    assert slept == []
    assert jobs.wait(first, 1.0).is_open
    assert 0.9 < sum(slept) < 1.2
